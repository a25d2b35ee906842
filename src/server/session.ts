/**
 * Who is signed in at this hub's pages: sessions, CSRF tokens and one-time sign-in links.
 *
 * Sessions and links are records under the hash of their secret, so every node knows them, a restart signs nobody out,
 * and the database holds nothing to sign in with. CSRF tokens are HMACs with a derived key: no node keeps any.
 * Not here: passwords (`users.ts`) and the OAuth tokens of apps.
 */
import { createHash, createHmac, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Store } from '../store/port.ts';
import type { Registered, Registry } from '../store/registry.ts';
import { tidyRecords } from './records.ts';

/** A person who is signed in. `key` is the hash of the cookie's id; the id itself is nowhere but in the cookie. */
export interface Session {
  readonly key: string;
  readonly user: string;
  /** Milliseconds since the epoch. */
  readonly signedInAt: number;
}

/** One of somebody's sessions, as it is listed for them. Times in milliseconds since the epoch. */
export interface OpenSession {
  /** For `closeOne`: says nothing of the cookie. */
  readonly name: string;
  readonly signedInAt: number;
  /** Exact to `SESSION_LIMITS.touchMs`. */
  readonly usedAt: number;
}

/** Limits, in milliseconds and counts. */
export const SESSION_LIMITS = {
  absoluteMs: 43_200_000,
  idleMs: 7_200_000,
  /** How often use is written down, so that a page costs no write: idle time is exact to this. */
  touchMs: 60_000,
  sessions: 10_000,
  /** Of one person, give or take a hundredth of all: signing in over and over signs nobody else out. */
  each: 100,
  linkMs: 60_000,
  /** Records of the kind `link`: sign-in links, the set-up link, challenges that were answered. */
  links: 1_000,
  visitMs: 900_000,
} as const;

/** What a hub's sessions need. */
export interface SessionOptions {
  /** For its clock, which all nodes share, and its generation: a restored backup signs everybody out. */
  readonly store: Pick<Store, 'load'>;
  readonly registry: Registry;
  /** This node's clock, in milliseconds since the epoch: for what no record is kept of. */
  readonly clock: () => number;
  /** HMAC key for CSRF tokens; at least 256 bits, the same on every node. A new one voids every form that is open. */
  readonly key: KeyObject;
  /** True when the issuer is https: the cookies are `__Host-` ones then, and `Secure`. */
  readonly secure: boolean;
  /** Oldest out beyond this many, give or take a hundredth; `SESSION_LIMITS.sessions` unless told. */
  readonly maxSessions?: number;
}

/** Sessions. Arguments named `cookie` are the request's whole `Cookie` header; `setCookie` is one `Set-Cookie` value. */
export interface Sessions {
  /** Signs `user` in under a fresh id, and ends the session the browser had before. */
  open(user: string, cookie: string | undefined): Promise<{ readonly session: Session; readonly setCookie: string }>;
  /** The live session of a request, and marks it as used; `undefined` when there is none or its time is over. */
  read(cookie: string | undefined): Promise<Session | undefined>;
  /** As `read`, and does not mark it as used: a page that is only left open is no use. */
  peek(cookie: string | undefined): Promise<Session | undefined>;
  /** Signs out, at every node; the value takes the cookie away. */
  close(cookie: string | undefined): Promise<{ readonly setCookie: string }>;
  /** Ends every session of a user, at every node. Returns how many there were. */
  closeAll(user: string): Promise<number>;
  /** The sessions of a user that are not over, the one used last first. */
  list(user: string): Promise<readonly OpenSession[]>;
  /** Ends the session of a user that `list` gave this name; false when none of theirs has it (any more). */
  closeOne(user: string, name: string): Promise<boolean>;
  /** What `list` calls a session. */
  nameOf(session: Session): string;
  /** The CSRF token of one form. `purpose` names the form: `consent`, `logout`. */
  csrf(session: Session, purpose: string): string;
  csrfHolds(session: Session, purpose: string, token: string | undefined): boolean;
  /**
   * CSRF before sign-in: a signed cookie and the token that must come back with it, good for 15 minutes. A cookie with
   * more than a third of that left is kept, so that two open sign-in pages both work.
   */
  visit(cookie: string | undefined): { readonly csrf: string; readonly setCookie: string };
  visitHolds(cookie: string | undefined, token: string | undefined): boolean;
  /** A link that signs `user` in once, within 60 s: `/login/link?token=…`. */
  issueLink(user: string): Promise<{ readonly path: string; readonly until: number }>;
  /** Uses a link up, for all nodes; `undefined` when it is unknown, used or too old. */
  redeemLink(token: string | undefined): Promise<string | undefined>;
}

/** Body of a `session` record; its id is the session's key. */
interface KeptSession {
  readonly user: string;
  readonly signedInAt: number;
  readonly usedAt: number;
  readonly generation: number;
}

/** Body of a `link` record; its id is the hash of the token. */
interface KeptLink {
  readonly user: string;
  readonly until: number;
  readonly generation: number;
}

/** Makes the sessions of one node. */
export function createSessions({ store, registry, clock, key, secure, maxSessions }: SessionOptions): Sessions {
  const limit = maxSessions ?? SESSION_LIMITS.sessions;
  const prefix = secure ? '__Host-' : '';
  const names = { session: `${prefix}counterfoil_session`, visit: `${prefix}counterfoil_visit` };
  let opened = 0;

  const setCookie = (name: string, value: string, maxAgeMs: number): string =>
    `${name}=${value}; Path=/; Max-Age=${Math.floor(maxAgeMs / 1000)}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  const mac = (...parts: readonly string[]): string =>
    createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');

  const find = async (cookie: string | undefined, touch: boolean): Promise<Session | undefined> => {
    const id = keyOf(cookieOf(cookie, names.session));
    if (id === undefined) return undefined;
    const [record, moment] = await Promise.all([registry.get<KeptSession>('session', id), store.load({})]);
    if (!record) return undefined;
    const { user, signedInAt, usedAt } = record.body;
    if (isOver(record.body, moment)) {
      await registry.remove('session', id);
      return undefined;
    }
    // Lost to another request that writes the same, or to a sign-out, which must win: either way there is nothing to do.
    if (touch && moment.now - usedAt >= SESSION_LIMITS.touchMs)
      await registry.save<KeptSession>('session', id, record.rev, { ...record.body, usedAt: moment.now });
    return { key: id, user, signedInAt };
  };

  const end = async (cookie: string | undefined): Promise<void> => {
    const id = keyOf(cookieOf(cookie, names.session));
    if (id !== undefined) await registry.remove('session', id);
  };

  const recordsOf = async (user: string): Promise<readonly Registered<KeptSession>[]> =>
    (await registry.list<KeptSession>('session')).filter(({ body }) => body.user === user);

  const nameOf = (id: string): string => mac('name', id).slice(0, 22);

  const freshVisit = (): { value: string; until: number } => {
    const until = clock() + SESSION_LIMITS.visitMs;
    const nonce = randomBytes(16).toString('base64url');
    return { value: `${nonce}.${until}.${mac('visit', nonce, String(until))}`, until };
  };

  const visitOf = (cookie: string | undefined): { value: string; until: number } | undefined => {
    const value = cookieOf(cookie, names.visit);
    const [nonce, until, signature, more] = value?.split('.') ?? [];
    if (value === undefined || nonce === undefined || until === undefined || more !== undefined) return undefined;
    return equal(mac('visit', nonce, until), signature) ? { value, until: Number(until) } : undefined;
  };

  return {
    async open(user, cookie) {
      await end(cookie);
      const moment = await store.load({});
      const { now, generation } = moment;
      const id = randomBytes(32).toString('base64url');
      const session: Session = { key: hashed(id), user, signedInAt: now };
      const kept: KeptSession = { user, signedInAt: now, usedAt: now, generation };
      await registry.save('session', session.key, 0, kept);
      // Looking through all of them at every hundredth of the limit keeps them bounded at next to no cost.
      if (opened++ % Math.ceil(limit / 100) === 0) {
        const counts = new Map<string, number>();
        // Asked of the newest first.
        const over = (body: KeptSession): boolean => {
          if (isOver(body, moment)) return true;
          const count = (counts.get(body.user) ?? 0) + 1;
          counts.set(body.user, count);
          return count > SESSION_LIMITS.each;
        };
        await tidyRecords<KeptSession>(registry, 'session', { over, age: (body) => body.signedInAt, limit });
      }
      return { session, setCookie: setCookie(names.session, id, SESSION_LIMITS.absoluteMs) };
    },
    read: (cookie) => find(cookie, true),
    peek: (cookie) => find(cookie, false),
    async close(cookie) {
      await end(cookie);
      return { setCookie: setCookie(names.session, '', 0) };
    },
    async closeAll(user) {
      const theirs = await recordsOf(user);
      const ended = await Promise.all(theirs.map(({ id }) => registry.remove('session', id)));
      return ended.filter((was) => was).length;
    },
    async list(user) {
      const [theirs, moment] = await Promise.all([recordsOf(user), store.load({})]);
      return theirs
        .filter(({ body }) => !isOver(body, moment))
        .map(({ id, body: { signedInAt, usedAt } }) => ({ name: nameOf(id), signedInAt, usedAt }))
        .sort((a, b) => b.usedAt - a.usedAt || b.signedInAt - a.signedInAt);
    },
    async closeOne(user, name) {
      const one = (await recordsOf(user)).find(({ id }) => nameOf(id) === name);
      return one !== undefined && registry.remove('session', one.id);
    },
    nameOf: ({ key: id }) => nameOf(id),
    csrf: (session, purpose) => mac('csrf', session.key, purpose),
    csrfHolds: (session, purpose, token) => equal(mac('csrf', session.key, purpose), token),
    visit(cookie) {
      const kept = visitOf(cookie);
      const visit = kept && kept.until - clock() > SESSION_LIMITS.visitMs / 3 ? kept : freshVisit();
      const setCookieValue = setCookie(names.visit, visit.value, visit.until - clock());
      return { csrf: mac('csrf-visit', visit.value), setCookie: setCookieValue };
    },
    visitHolds(cookie, token) {
      const visit = visitOf(cookie);
      return visit !== undefined && clock() < visit.until && equal(mac('csrf-visit', visit.value), token);
    },
    async issueLink(user) {
      const token = randomBytes(32).toString('base64url');
      const { now, generation } = await store.load({});
      const until = now + SESSION_LIMITS.linkMs;
      await registry.save<KeptLink>('link', hashed(token), 0, { user, until, generation });
      await tidyRecords<KeptLink>(registry, 'link', {
        over: (body) => body.until <= now,
        age: (body) => body.until,
        limit: SESSION_LIMITS.links,
      });
      return { path: `/login/link?token=${token}`, until };
    },
    async redeemLink(token) {
      const name = keyOf(token);
      if (name === undefined) return undefined;
      const [link, { now, generation }] = await Promise.all([registry.get<KeptLink>('link', name), store.load({})]);
      // Of any number of requests, at any nodes, one takes the record away.
      if (!link || !(await registry.remove('link', name))) return undefined;
      return now < link.body.until && link.body.generation === generation ? link.body.user : undefined;
    },
  };
}

function isOver(
  kept: KeptSession,
  { now, generation }: { readonly now: number; readonly generation: number },
): boolean {
  return (
    kept.generation !== generation ||
    now - kept.signedInAt >= SESSION_LIMITS.absoluteMs ||
    now - kept.usedAt >= SESSION_LIMITS.idleMs
  );
}

/** 256 bits in base64url. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Longest `Cookie` header that is looked into; servers cap headers near 16 KiB anyway. */
const COOKIE_MAX = 16_384;

/** The value of a cookie; of two with one name neither is believed (a sibling host may have planted one). */
function cookieOf(header: string | undefined, name: string): string | undefined {
  if (header === undefined || header.length > COOKIE_MAX) return undefined;
  const values = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? values[0] : undefined;
}

/** The key of what a secret opens: neither the database nor a timing of the lookup gives the secret away. */
function hashed(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** As `hashed`, of a secret that came from outside; what cannot be one of ours is not even looked up. */
function keyOf(secret: string | undefined): string | undefined {
  return secret !== undefined && TOKEN.test(secret) ? hashed(secret) : undefined;
}

function equal(expected: string, presented: string | undefined): boolean {
  if (presented === undefined || presented.length !== expected.length) return false;
  const a = Buffer.from(expected);
  const b = Buffer.from(presented);
  return a.length === b.length && timingSafeEqual(a, b);
}
