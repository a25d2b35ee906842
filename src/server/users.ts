/**
 * People who may sign in: kept in the registry as `user` records, checked at the cost of one hash whether they exist or
 * not. Not here: sessions (`session.ts`), hashing (`passwords.ts`), counting failures (`attempts.ts`).
 */
import type { Registry } from '../store/registry.ts';
import { createAttempts } from './attempts.ts';
import { createHasher, DUMMY_HASH, type Hasher } from './passwords.ts';

/** Body of a `user` record; the id is the user's name. */
export interface User {
  /** PHC string, parameters inside. */
  readonly passwordHash: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** The applications of a developer; whoever has none of these runs the hub. */
  readonly developerOf?: readonly string[];
}

/** Who is looking: whoever runs the hub sees all of it, a developer the refusals of their own applications. */
export type Viewer =
  | { readonly role: 'operator'; readonly user: string }
  | { readonly role: 'developer'; readonly user: string; readonly apps: readonly string[] };

/** Who signs in with a link of the command line on the hub's own machine; no record is kept of them. */
export const OWNER = 'owner';

/** How a sign-in ended. `wrong` is said of an unknown user too. `busy` is a 503, `wait` a 429, with `Retry-After`. */
export type SignIn =
  | { readonly outcome: 'in'; readonly user: string }
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'wait' | 'busy'; readonly retryAfterSeconds: number };

/** How adding a user ended; `say` is for the person who added. */
export type AddUser =
  | { readonly outcome: 'added'; readonly name: string }
  | { readonly outcome: 'refused'; readonly about: 'name' | 'password' | 'taken'; readonly say: string }
  | { readonly outcome: 'busy'; readonly retryAfterSeconds: number };

/** What users need. */
export interface UsersOptions {
  readonly registry: Registry;
  readonly clock: () => number;
  /** The hub's one hasher; made here unless given. */
  readonly hasher?: Hasher;
}

/** The users of a hub. */
export interface Users {
  /** `source` is the address the attempt came from; failures are counted for it, never against the user alone. */
  signIn(ask: { readonly name: string; readonly password: string; readonly source: string }): Promise<SignIn>;
  add(name: string, password: string): Promise<AddUser>;
  /** A user of today, or the owner; undefined for who is none (any more). */
  find(name: string): Promise<Viewer | undefined>;
  list(): Promise<readonly { readonly name: string; readonly createdAt: number }[]>;
}

const NAME = /^[a-z0-9._-]{1,64}$/;

/** Why a name cannot be a user's, or `undefined`. */
export function nameFault(name: string): string | undefined {
  return NAME.test(name)
    ? undefined
    : 'expected 1 to 64 characters of a-z, 0-9, dot, underscore and hyphen, lower case';
}

/** Why a password cannot be taken, or `undefined`. Length is what makes a password strong; nothing else is asked. */
export function passwordFault(name: string, password: string): string | undefined {
  const composed = password.normalize('NFC');
  const length = [...composed].length;
  if (length < 12) return `expected at least 12 characters, got ${length}: three or four random words do well`;
  if (Buffer.byteLength(composed) > PASSWORD_BYTES) return `expected at most ${PASSWORD_BYTES} bytes of UTF-8`;
  return composed.toLowerCase() === name ? 'expected something other than the user name' : undefined;
}

const PASSWORD_BYTES = 256;
const BUSY = { outcome: 'busy', retryAfterSeconds: 2 } as const;

/** The users of one hub. Failures are counted in memory: a restart forgets them. */
export function createUsers({ registry, clock, hasher = createHasher() }: UsersOptions): Users {
  const attempts = createAttempts(clock);

  /** Exactly one verification for every name and password, right or wrong; more only after a right one. */
  const judge = async (name: string, password: string): Promise<boolean | 'busy'> => {
    const record = NAME.test(name) ? await registry.get<User>('user', name) : undefined;
    const tooLong = Buffer.byteLength(password.normalize('NFC')) > PASSWORD_BYTES;
    const against = record && !tooLong ? record.body.passwordHash : DUMMY_HASH;
    const right = await hasher.verify(against, tooLong ? '' : password);
    if (right !== true || !record) return right === 'busy' ? 'busy' : false;
    if (hasher.stale(against)) {
      const fresh = await hasher.hash(password);
      // Busy, or saved by somebody else meanwhile: the next sign-in does it.
      if (fresh !== 'busy')
        await registry.save<User>('user', name, record.rev, { ...record.body, passwordHash: fresh });
    }
    return true;
  };

  return {
    async signIn({ name, password, source }) {
      const user = name.slice(0, 65);
      const attempt = attempts.begin(source, user);
      if ('waitMs' in attempt) return { outcome: 'wait', retryAfterSeconds: Math.ceil(attempt.waitMs / 1000) };
      let failed = false;
      try {
        const right = await judge(user, password);
        if (right === 'busy') return BUSY;
        failed = !right;
        return right ? { outcome: 'in', user } : { outcome: 'wrong' };
      } finally {
        if (failed) attempt.failed();
        else attempt.dropped();
      }
    },
    async add(name, password) {
      const badName = nameFault(name);
      if (badName !== undefined) return { outcome: 'refused', about: 'name', say: badName };
      const badPassword = passwordFault(name, password);
      if (badPassword !== undefined) return { outcome: 'refused', about: 'password', say: badPassword };
      if (await registry.get('user', name)) return TAKEN;
      const passwordHash = await hasher.hash(password);
      if (passwordHash === 'busy') return BUSY;
      const saved = await registry.save<User>('user', name, 0, { passwordHash, createdAt: clock() });
      return saved ? { outcome: 'added', name } : TAKEN;
    },
    async find(name) {
      const record = await registry.get<User>('user', name);
      const apps = record?.body.developerOf;
      if (apps !== undefined) return { role: 'developer', user: name, apps };
      return record || name === OWNER ? { role: 'operator', user: name } : undefined;
    },
    async list() {
      const records = await registry.list<User>('user');
      return records.map((r) => ({ name: r.id, createdAt: r.body.createdAt }));
    },
  };
}

const TAKEN = { outcome: 'refused', about: 'taken', say: 'expected a new name: a user with this name exists' } as const;
