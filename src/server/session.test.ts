import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createSessions, SESSION_LIMITS, type Sessions } from './session.ts';

const key = createSecretKey(randomBytes(32));

function setUp(options: { readonly secure?: boolean; readonly maxSessions?: number } = {}): {
  sessions: Sessions;
  pass: (ms: number) => void;
} {
  let now = 1_000_000;
  const sessions = createSessions({ clock: () => now, key, secure: false, ...options });
  return { sessions, pass: (ms) => (now += ms) };
}

/** The `Cookie` header a browser would send back. */
const back = (setCookie: string): string => `theme=dark; ${setCookie.split(';')[0]}; x=y`;

describe('sessions', () => {
  it('know who signed in by the cookie, which scripts and other sites do not get', () => {
    const { sessions } = setUp();
    const { setCookie, session } = sessions.open('ada', undefined);
    expect(setCookie).toMatch(/^counterfoil_session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax$/);
    expect(sessions.read(back(setCookie))).toEqual(session);
    expect(JSON.stringify(session)).not.toContain(setCookie.slice(20, 63));
  });

  it('use a __Host- cookie with Secure when the issuer is https', () => {
    const { sessions } = setUp({ secure: true });
    expect(sessions.open('ada', undefined).setCookie).toMatch(/^__Host-counterfoil_session=.*; Secure$/);
    expect(sessions.visit(undefined).setCookie).toMatch(/^__Host-counterfoil_visit=.*; Secure$/);
  });

  it('end after two idle hours, and after twelve hours however busy', () => {
    const { sessions, pass } = setUp();
    const idle = back(sessions.open('ada', undefined).setCookie);
    pass(SESSION_LIMITS.idleMs - 1);
    expect(sessions.read(idle)?.user).toBe('ada');
    pass(SESSION_LIMITS.idleMs);
    expect(sessions.read(idle)).toBeUndefined();
    const busy = back(sessions.open('ada', undefined).setCookie);
    for (let hour = 1; hour < 12; hour++) {
      pass(3_600_000);
      expect(sessions.read(busy)?.user).toBe('ada');
    }
    pass(3_600_000);
    expect(sessions.read(busy)).toBeUndefined();
  });

  it('get a fresh id at every sign-in; the one from before is dead', () => {
    const { sessions } = setUp();
    const before = back(sessions.open('ada', undefined).setCookie);
    const after = back(sessions.open('bob', before).setCookie);
    expect(after).not.toBe(before);
    expect(sessions.read(before)).toBeUndefined();
    expect(sessions.read(after)?.user).toBe('bob');
  });

  it('are bounded: the oldest goes', () => {
    const { sessions } = setUp({ maxSessions: 2 });
    const cookies = ['a', 'b', 'c'].map((user) => back(sessions.open(user, undefined).setCookie));
    expect(cookies.map((c) => sessions.read(c)?.user)).toEqual([undefined, 'b', 'c']);
  });

  it('end by sign-out, or all at once for a user', () => {
    const { sessions } = setUp();
    const one = back(sessions.open('ada', undefined).setCookie);
    const two = back(sessions.open('ada', undefined).setCookie);
    const bob = back(sessions.open('bob', undefined).setCookie);
    expect(sessions.close(one).setCookie).toMatch(/^counterfoil_session=; Path=\/; Max-Age=0/);
    expect(sessions.read(one)).toBeUndefined();
    expect(sessions.closeAll('ada')).toBe(1);
    expect(sessions.read(two)).toBeUndefined();
    expect(sessions.read(bob)?.user).toBe('bob');
  });

  it('believe neither of two cookies with one name', () => {
    const { sessions } = setUp();
    const cookie = back(sessions.open('ada', undefined).setCookie);
    expect(sessions.read(`${cookie}; counterfoil_session=planted`)).toBeUndefined();
  });
});

describe('CSRF tokens', () => {
  it('hold for their session and purpose only', () => {
    const { sessions } = setUp();
    const { session: ada } = sessions.open('ada', undefined);
    const { session: bob } = sessions.open('bob', undefined);
    const token = sessions.csrf(ada, 'consent');
    expect(sessions.csrfHolds(ada, 'consent', token)).toBe(true);
    expect(sessions.csrfHolds(ada, 'logout', token)).toBe(false);
    expect(sessions.csrfHolds(bob, 'consent', token)).toBe(false);
    for (const wrong of [undefined, '', 'x', `${token}x`, `é${token.slice(1)}`, token.slice(0, -1)]) {
      expect(sessions.csrfHolds(ada, 'consent', wrong)).toBe(false);
    }
  });

  it('before sign-in need the cookie they came with, for 15 minutes', () => {
    const { sessions, pass } = setUp();
    const { csrf, setCookie } = sessions.visit(undefined);
    const other = sessions.visit(undefined);
    expect(sessions.visitHolds(back(setCookie), csrf)).toBe(true);
    expect(sessions.visitHolds(undefined, csrf)).toBe(false);
    expect(sessions.visitHolds(back(other.setCookie), csrf)).toBe(false);
    pass(SESSION_LIMITS.visitMs);
    expect(sessions.visitHolds(back(setCookie), csrf)).toBe(false);
  });

  it('before sign-in cannot be made by who plants a cookie', () => {
    const { sessions } = setUp();
    const elsewhere = createSessions({ clock: () => 1_000_000, key: createSecretKey(randomBytes(32)), secure: false });
    const planted = elsewhere.visit(undefined);
    expect(sessions.visitHolds(back(planted.setCookie), planted.csrf)).toBe(false);
    const stretched = sessions.visit(undefined).setCookie.replace(/\.\d+\./, '.99999999999999.');
    expect(sessions.visit(back(stretched)).setCookie).not.toContain('99999999999999');
  });

  it('before sign-in are shared by two open pages, and fresh when little time is left', () => {
    const { sessions, pass } = setUp();
    const first = sessions.visit(undefined);
    const second = sessions.visit(back(first.setCookie));
    expect(second.csrf).toBe(first.csrf);
    pass(SESSION_LIMITS.visitMs - 1_000);
    expect(sessions.visit(back(first.setCookie)).csrf).not.toBe(first.csrf);
  });
});

describe('sign-in links', () => {
  const tokenOf = (path: string): string => new URL(path, 'http://x').searchParams.get('token') ?? '';

  it('sign in once', () => {
    const { sessions } = setUp();
    const { path } = sessions.issueLink('ada');
    expect(path).toMatch(/^\/login\/link\?token=[\w-]{43}$/);
    expect(sessions.redeemLink(tokenOf(path))).toBe('ada');
    expect(sessions.redeemLink(tokenOf(path))).toBeUndefined();
  });

  it('are worthless after 60 s', () => {
    const { sessions, pass } = setUp();
    const early = sessions.issueLink('ada');
    pass(SESSION_LIMITS.linkMs - 1);
    expect(sessions.redeemLink(tokenOf(early.path))).toBe('ada');
    const late = sessions.issueLink('ada');
    pass(SESSION_LIMITS.linkMs);
    expect(sessions.redeemLink(tokenOf(late.path))).toBeUndefined();
  });

  it('are bounded: the oldest goes', () => {
    const { sessions } = setUp();
    const first = sessions.issueLink('ada');
    for (let i = 0; i < SESSION_LIMITS.links; i++) sessions.issueLink('bob');
    expect(sessions.redeemLink(tokenOf(first.path))).toBeUndefined();
  });

  it('do not open to anything else', () => {
    const { sessions } = setUp();
    sessions.issueLink('ada');
    for (const wrong of [undefined, '', 'x', 'x'.repeat(43), 'x'.repeat(1_000_000)]) {
      expect(sessions.redeemLink(wrong)).toBeUndefined();
    }
  });
});
