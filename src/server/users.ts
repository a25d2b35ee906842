/**
 * People who may sign in: kept in the registry as `user` records, checked at the cost of one hash whether they exist or
 * not. Not here: sessions (`session.ts`), hashing (`passwords.ts`), counting failures (`attempts.ts`).
 */
import { show } from '../core/show.ts';
import type { Registry } from '../store/registry.ts';
import { createAttempts } from './attempts.ts';
import { createHasher, DUMMY_HASH, type Hasher } from './passwords.ts';
import { changeRecord } from './records.ts';

/** Body of a `user` record; the id is the user's name. */
export interface User {
  /** PHC string, parameters inside. */
  readonly passwordHash: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** The applications of a developer; whoever has none of these runs the hub. */
  readonly developerOf?: readonly string[];
  /** In the order in which they were added. */
  readonly passkeys?: readonly Passkey[];
}

/** A passkey of a user; what to do with it is in `passkeys.ts`. */
export interface Passkey {
  /** Credential id, base64url. */
  readonly id: string;
  /** COSE key, base64url. */
  readonly publicKey: string;
  /** Signatures so far, where the authenticator counts them. */
  readonly counter: number;
  readonly transports: readonly string[];
  /** Its maker keeps copies of it: on other devices of the same person. */
  readonly synced: boolean;
  /** As its owner calls it. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly usedAt?: number;
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
  | { readonly outcome: 'refused'; readonly about: 'name' | 'password' | 'taken' | 'apps'; readonly say: string }
  | { readonly outcome: 'busy'; readonly retryAfterSeconds: number };

/** A person as listed. */
export interface UserView extends Pick<User, 'createdAt' | 'developerOf'> {
  readonly name: string;
}

/** How a change of a user ended: `last` is the only operator, who stays one. */
export type ChangeUser =
  | { readonly outcome: 'done'; readonly sessions: number }
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'refused'; readonly about: 'last' | 'apps'; readonly say: string };

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
  /** With `developerOf`, a developer of these registered applications; otherwise somebody who runs the hub. */
  add(name: string, password: string, developerOf?: readonly string[]): Promise<AddUser>;
  /** Makes somebody a developer of these applications, or with null one who runs the hub. Holds from the next request. */
  setRole(name: string, developerOf: readonly string[] | null): Promise<ChangeUser>;
  /** Takes the record and every session of it away. What the person decided stays; `erase` ends that too. */
  remove(name: string): Promise<ChangeUser>;
  /** Takes an application that is gone off every developer's list: somebody else's may get its id. */
  dropApp(app: string): Promise<void>;
  /** A user of today, or the owner; undefined for who is none (any more). */
  find(name: string): Promise<Viewer | undefined>;
  list(): Promise<readonly UserView[]>;
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

/** Applications of one developer. */
const APPS_MAX = 100;
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

  const appsFault = async (apps: readonly string[]): Promise<string | undefined> => {
    if (apps.length === 0 || apps.length > APPS_MAX)
      return `expected 1 to ${APPS_MAX} applications, got ${apps.length}`;
    const known = new Set((await registry.list('app')).map(({ id }) => id));
    const unknown = apps.find((app) => !known.has(app));
    return unknown === undefined
      ? undefined
      : `no Trusted Application has the id ${show(unknown.slice(0, 60))}: counterfoil app list`;
  };

  const operators = async (): Promise<readonly string[]> =>
    (await registry.list<User>('user')).filter(({ body }) => body.developerOf === undefined).map(({ id }) => id);

  const isLastOperator = async (name: string): Promise<boolean> => {
    const [one, ...others] = await operators();
    return one === name && others.length === 0;
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
    async add(name, password, developerOf) {
      const badName = name === OWNER ? RESERVED : nameFault(name);
      if (badName !== undefined) return { outcome: 'refused', about: 'name', say: badName };
      const badApps = developerOf && (await appsFault(developerOf));
      if (badApps !== undefined) return { outcome: 'refused', about: 'apps', say: badApps };
      const badPassword = passwordFault(name, password);
      if (badPassword !== undefined) return { outcome: 'refused', about: 'password', say: badPassword };
      if (await registry.get('user', name)) return TAKEN;
      const passwordHash = await hasher.hash(password);
      if (passwordHash === 'busy') return BUSY;
      const user: User = { passwordHash, createdAt: clock(), ...(developerOf && { developerOf: unique(developerOf) }) };
      const saved = await registry.save<User>('user', name, 0, user);
      return saved ? { outcome: 'added', name } : TAKEN;
    },
    async setRole(name, developerOf) {
      const record = await registry.get<User>('user', name);
      if (!record) return { outcome: 'unknown' };
      const badApps = developerOf === null ? undefined : await appsFault(developerOf);
      if (badApps !== undefined) return { outcome: 'refused', about: 'apps', say: badApps };
      if (developerOf && (await isLastOperator(name)))
        return { outcome: 'refused', about: 'last', say: lastSays(name) };
      await changeUser(registry, name, ({ developerOf: _, ...user }) =>
        developerOf === null ? user : { ...user, developerOf: unique(developerOf) },
      );
      if (developerOf && record.body.developerOf === undefined && (await operators()).length === 0) {
        // As with `remove`: of two at once, both saw the other.
        await changeUser(registry, name, ({ developerOf: _, ...user }) => user);
        return { outcome: 'refused', about: 'last', say: lastSays(name) };
      }
      return { outcome: 'done', sessions: 0 };
    },
    async remove(name) {
      const record = await registry.get<User>('user', name);
      if (!record) return { outcome: 'unknown' };
      if (await isLastOperator(name)) return { outcome: 'refused', about: 'last', say: lastSays(name) };
      await registry.remove('user', name);
      if (record.body.developerOf === undefined && (await operators()).length === 0) {
        // Two who remove each other at once both saw the other: whoever sees that nobody is left puts theirs back.
        await registry.save<User>('user', name, 0, record.body);
        return { outcome: 'refused', about: 'last', say: lastSays(name) };
      }
      return { outcome: 'done', sessions: await endSignIns(registry, name) };
    },
    async dropApp(app) {
      for (const { id, body } of await registry.list<User>('user'))
        if (body.developerOf?.includes(app))
          await changeUser(registry, id, (user) => ({
            ...user,
            ...(user.developerOf && { developerOf: user.developerOf.filter((one) => one !== app) }),
          }));
    },
    async find(name) {
      const record = await registry.get<User>('user', name);
      const apps = record?.body.developerOf;
      if (apps !== undefined) return { role: 'developer', user: name, apps };
      return record || name === OWNER ? { role: 'operator', user: name } : undefined;
    },
    async list() {
      const records = await registry.list<User>('user');
      return records.map(({ id, body: { createdAt, developerOf } }) => ({
        name: id,
        createdAt,
        ...(developerOf && { developerOf }),
      }));
    },
  };
}

const RESERVED = `expected another name than ${OWNER}: it is of whoever signs in with a link of the command line`;

function lastSays(name: string): string {
  return `${name} is the only one who runs this hub with a password: add another first, counterfoil user add <name>`;
}

function unique(apps: readonly string[]): readonly string[] {
  return [...new Set(apps)];
}

/** Changes a user who is there; who was removed meanwhile stays removed. */
async function changeUser(registry: Registry, name: string, change: (user: User) => User): Promise<void> {
  await changeRecord<User | undefined>(registry, 'user', name, (user) => user && change(user));
}

/** Ends every session and link of a name, so that whoever gets it next has none of them. Answers how many sessions. */
export async function endSignIns(registry: Registry, name: string): Promise<number> {
  let sessions = 0;
  for (const kind of ['session', 'link'] as const)
    for (const { id, body } of await registry.list<{ readonly user?: string }>(kind))
      if (body.user === name && (await registry.remove(kind, id)) && kind === 'session') sessions += 1;
  return sessions;
}

const TAKEN = { outcome: 'refused', about: 'taken', say: 'expected a new name: a user with this name exists' } as const;
