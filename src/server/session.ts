/**
 * Who is signed in at this hub's pages: sessions, CSRF tokens and one-time sign-in links.
 *
 * Everything is kept in memory, hashed, and bounded: a restart signs people out, and with several nodes a person must
 * come back to the same one. Not here: passwords (`users.ts`) and the OAuth tokens of apps.
 */
import { createHash, createHmac, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';

/** A person who is signed in. `key` is the hash of the cookie's id; the id itself is nowhere but in the cookie. */
export interface Session {
  readonly key: string;
  readonly user: string;
  /** Milliseconds since the epoch. */
  readonly signedInAt: number;
}

/** Limits, in milliseconds and counts. */
export const SESSION_LIMITS = {
  absoluteMs: 43_200_000,
  idleMs: 7_200_000,
  sessions: 10_000,
  linkMs: 60_000,
  links: 64,
  visitMs: 900_000,
} as const;

/** What a hub's sessions need. */
export interface SessionOptions {
  /** Milliseconds since the epoch; never goes backwards. */
  readonly clock: () => number;
  /** HMAC key for CSRF tokens; at least 256 bits. A new one voids every form that is open. */
  readonly key: KeyObject;
  /** True when the issuer is https: the cookies are `__Host-` ones then, and `Secure`. */
  readonly secure: boolean;
  /** Oldest out beyond this many; `SESSION_LIMITS.sessions` unless told. */
  readonly maxSessions?: number;
}

/** Sessions. Arguments named `cookie` are the request's whole `Cookie` header; `setCookie` is one `Set-Cookie` value. */
export interface Sessions {
  /** Signs `user` in under a fresh id, and ends the session the browser had before. */
  open(user: string, cookie: string | undefined): { readonly session: Session; readonly setCookie: string };
  /** The live session of a request, and marks it as used; `undefined` when there is none or its time is over. */
  read(cookie: string | undefined): Session | undefined;
  /** Signs out; the value takes the cookie away. */
  close(cookie: string | undefined): { readonly setCookie: string };
  /** Ends every session of a user. Returns how many there were. */
  closeAll(user: string): number;
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
  issueLink(user: string): { readonly path: string; readonly until: number };
  /** Uses a link up; `undefined` when it is unknown, used or too old. */
  redeemLink(token: string | undefined): string | undefined;
}

/** Makes the sessions of one hub. */
export function createSessions({ clock, key, secure, maxSessions }: SessionOptions): Sessions {
  const limit = maxSessions ?? SESSION_LIMITS.sessions;
  const prefix = secure ? '__Host-' : '';
  const names = { session: `${prefix}counterfoil_session`, visit: `${prefix}counterfoil_visit` };
  // Insertion order is age: the first entry is the oldest.
  const live = new Map<string, { readonly session: Session; usedAt: number }>();
  const links = new Map<string, { readonly user: string; readonly until: number }>();

  const setCookie = (name: string, value: string, maxAgeMs: number): string =>
    `${name}=${value}; Path=/; Max-Age=${Math.floor(maxAgeMs / 1000)}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  const mac = (...parts: readonly string[]): string =>
    createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');

  const find = (cookie: string | undefined): Session | undefined => {
    const id = cookieOf(cookie, names.session);
    const entry = id === undefined ? undefined : live.get(hashed(id));
    if (!entry) return undefined;
    const now = clock();
    const { session, usedAt } = entry;
    if (now - session.signedInAt >= SESSION_LIMITS.absoluteMs || now - usedAt >= SESSION_LIMITS.idleMs) {
      live.delete(session.key);
      return undefined;
    }
    entry.usedAt = now;
    return session;
  };

  const end = (cookie: string | undefined): void => {
    const id = cookieOf(cookie, names.session);
    if (id !== undefined) live.delete(hashed(id));
  };

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
    open(user, cookie) {
      end(cookie);
      const id = randomBytes(32).toString('base64url');
      const session: Session = { key: hashed(id), user, signedInAt: clock() };
      live.set(session.key, { session, usedAt: session.signedInAt });
      dropOldest(live, limit);
      return { session, setCookie: setCookie(names.session, id, SESSION_LIMITS.absoluteMs) };
    },
    read: find,
    close(cookie) {
      end(cookie);
      return { setCookie: setCookie(names.session, '', 0) };
    },
    closeAll(user) {
      const keys = [...live.values()].filter((e) => e.session.user === user).map((e) => e.session.key);
      for (const k of keys) live.delete(k);
      return keys.length;
    },
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
    issueLink(user) {
      const token = randomBytes(32).toString('base64url');
      const until = clock() + SESSION_LIMITS.linkMs;
      links.set(hashed(token), { user, until });
      dropOldest(links, SESSION_LIMITS.links);
      return { path: `/login/link?token=${token}`, until };
    },
    redeemLink(token) {
      if (token === undefined || !TOKEN.test(token)) return undefined;
      const name = hashed(token);
      const link = links.get(name);
      links.delete(name);
      return link && clock() < link.until ? link.user : undefined;
    },
  };
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

/** Lookup by hash: neither a memory dump nor a timing of the map gives away an id. */
function hashed(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

function equal(expected: string, presented: string | undefined): boolean {
  if (presented === undefined || presented.length !== expected.length) return false;
  const a = Buffer.from(expected);
  const b = Buffer.from(presented);
  return a.length === b.length && timingSafeEqual(a, b);
}

function dropOldest<T>(map: Map<string, T>, limit: number): void {
  for (const name of map.keys()) {
    if (map.size <= limit) return;
    map.delete(name);
  }
}
