/**
 * The first run: a link that makes the first user of a hub that has none. It is known only as a hash, there is one at a
 * time, it works once, within a day, and never while there is a user. Not here: its page (`console/setup.ts`), and where it
 * is printed (the terminal, by `counterfoil start`).
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Store } from '../store/port.ts';
import type { Registered, Registry } from '../store/registry.ts';
import { changeRecord } from './records.ts';
import { type AddUser, nameFault, OWNER, passwordFault, type Users } from './users.ts';

/** How long a set-up link works. */
export const SETUP_MS = 86_400_000;

/** What it takes. */
export interface FirstRunOptions {
  readonly store: Pick<Store, 'load'>;
  readonly registry: Registry;
  readonly users: Pick<Users, 'add'>;
}

/** How making the first user ended; `gone` when the link does not work (any more). */
export type Claimed = AddUser | { readonly outcome: 'gone' };

/** The first run of a hub. */
export interface FirstRun {
  /** Makes a link, `/setup?token=…`, and ends the one before; undefined when there is a user already. */
  offer(): Promise<{ readonly path: string; readonly until: number } | undefined>;
  /** Does this token open the page at the moment? */
  holds(token: string | undefined): Promise<boolean>;
  /** Makes the first user and ends the link. Of several who try, one wins; a name or password that cannot be costs nothing. */
  claim(token: string | undefined, name: string, password: string): Promise<Claimed>;
}

/** Body of the record; it is the only one of its id. */
interface KeptSetup {
  /** SHA-256 of the token, base64url. */
  readonly hash: string;
  readonly until: number;
  readonly generation: number;
}

const ID = 'setup';
const TOKEN = /^[\w-]{43}$/;

/** The first run of one hub. */
export function createFirstRun({ store, registry, users }: FirstRunOptions): FirstRun {
  const hasUsers = async (): Promise<boolean> => (await registry.list('user')).length > 0;
  const find = async (token: string | undefined): Promise<Registered<KeptSetup> | undefined> => {
    if (token === undefined || !TOKEN.test(token)) return undefined;
    const [kept, { now, generation }] = await Promise.all([registry.get<KeptSetup>('link', ID), store.load({})]);
    if (kept?.body.hash !== hashed(token) || now >= kept.body.until || kept.body.generation !== generation)
      return undefined;
    return (await hasUsers()) ? undefined : kept;
  };
  return {
    async offer() {
      if (await hasUsers()) return undefined;
      const { now, generation } = await store.load({});
      const token = randomBytes(32).toString('base64url');
      const until = now + SETUP_MS;
      await changeRecord<KeptSetup>(registry, 'link', ID, () => ({ hash: hashed(token), until, generation }));
      return { path: `/setup?token=${token}`, until };
    },
    holds: async (token) => (await find(token)) !== undefined,
    async claim(token, name, password) {
      const kept = await find(token);
      if (!kept) return { outcome: 'gone' };
      const fault = faultOf(name, password);
      if (fault) return fault;
      // Whoever takes the record away may go on; it is put back where nobody came to be a user after all.
      if (!(await registry.remove('link', ID))) return { outcome: 'gone' };
      const added = await users.add(name, password);
      if (added.outcome !== 'added') await registry.save<KeptSetup>('link', ID, 0, kept.body);
      return added;
    },
  };
}

function faultOf(name: string, password: string): AddUser | undefined {
  const badName =
    name === OWNER ? 'expected another name: this one is of the links that sign in once' : nameFault(name);
  if (badName !== undefined) return { outcome: 'refused', about: 'name', say: badName };
  const badPassword = passwordFault(name, password);
  return badPassword === undefined ? undefined : { outcome: 'refused', about: 'password', say: badPassword };
}

/** 256 bits: one hash of them is as good as many. */
function hashed(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
