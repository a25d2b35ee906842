import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openMemory } from '../store/memory/open.ts';
import { createSessions, SESSION_LIMITS, type Sessions } from './session.ts';

const key = createSecretKey(randomBytes(32));

interface SetUp {
  readonly sessions: Sessions;
  /** Another node on the same database, with the same key. */
  readonly elsewhere: Sessions;
  readonly opened: ReturnType<typeof openMemory>;
  pass(ms: number): void;
}

function setUp(options: { readonly secure?: boolean; readonly maxSessions?: number } = {}): SetUp {
  let now = 1_000_000;
  const clock = (): number => now;
  const opened = openMemory({ clock });
  const node = (): Sessions => createSessions({ ...opened, clock, key, secure: false, ...options });
  return {
    sessions: node(),
    elsewhere: node(),
    opened,
    pass: (ms) => {
      now += ms;
    },
  };
}

/** The `Cookie` header a browser would send back. */
const back = (setCookie: string): string => `theme=dark; ${setCookie.split(';')[0]}; x=y`;

describe('sessions', () => {
  it('know who signed in by the cookie, which scripts and other sites do not get', async () => {
    const { sessions } = setUp();
    const { setCookie, session } = await sessions.open('ada', undefined);
    expect(setCookie).toMatch(/^counterfoil_session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax$/);
    expect(await sessions.read(back(setCookie))).toEqual(session);
    expect(JSON.stringify(session)).not.toContain(setCookie.slice(20, 63));
  });

  it('use a __Host- cookie with Secure when the issuer is https', async () => {
    const { sessions } = setUp({ secure: true });
    expect((await sessions.open('ada', undefined)).setCookie).toMatch(/^__Host-counterfoil_session=.*; Secure$/);
    expect(sessions.visit(undefined).setCookie).toMatch(/^__Host-counterfoil_visit=.*; Secure$/);
  });

  it('end after two idle hours, and after twelve hours however busy', async () => {
    const { sessions, pass } = setUp();
    const idle = back((await sessions.open('ada', undefined)).setCookie);
    pass(SESSION_LIMITS.idleMs - 1);
    expect((await sessions.read(idle))?.user).toBe('ada');
    pass(SESSION_LIMITS.idleMs);
    expect(await sessions.read(idle)).toBeUndefined();
    const busy = back((await sessions.open('ada', undefined)).setCookie);
    for (let hour = 1; hour < 12; hour++) {
      pass(3_600_000);
      expect((await sessions.read(busy))?.user).toBe('ada');
    }
    pass(3_600_000);
    expect(await sessions.read(busy)).toBeUndefined();
  });

  it('get a fresh id at every sign-in; the one from before is dead', async () => {
    const { sessions } = setUp();
    const before = back((await sessions.open('ada', undefined)).setCookie);
    const after = back((await sessions.open('bob', before)).setCookie);
    expect(after).not.toBe(before);
    expect(await sessions.read(before)).toBeUndefined();
    expect((await sessions.read(after))?.user).toBe('bob');
  });

  it('are bounded: the oldest goes', async () => {
    const { sessions, pass } = setUp({ maxSessions: 2 });
    const cookies: string[] = [];
    for (const user of ['a', 'b', 'c']) {
      cookies.push(back((await sessions.open(user, undefined)).setCookie));
      pass(1);
    }
    const users = await Promise.all(cookies.map(async (cookie) => (await sessions.read(cookie))?.user));
    expect(users).toEqual([undefined, 'b', 'c']);
  });

  it('of one person push out nobody else’s, however often they sign in', async () => {
    const { sessions, pass } = setUp({ maxSessions: 200 });
    const ada = back((await sessions.open('ada', undefined)).setCookie);
    let last = '';
    for (let n = 0; n < 500; n++) {
      pass(1);
      last = back((await sessions.open('dev', undefined)).setCookie);
    }
    expect((await sessions.read(ada))?.user).toBe('ada');
    expect((await sessions.read(last))?.user).toBe('dev');
    expect((await sessions.list('dev')).length).toBeLessThan(200);
  });

  it('end by sign-out, or all at once for a user', async () => {
    const { sessions } = setUp();
    const one = back((await sessions.open('ada', undefined)).setCookie);
    const two = back((await sessions.open('ada', undefined)).setCookie);
    const bob = back((await sessions.open('bob', undefined)).setCookie);
    expect((await sessions.close(one)).setCookie).toMatch(/^counterfoil_session=; Path=\/; Max-Age=0/);
    expect(await sessions.read(one)).toBeUndefined();
    expect(await sessions.closeAll('ada')).toBe(1);
    expect(await sessions.read(two)).toBeUndefined();
    expect((await sessions.read(bob))?.user).toBe('bob');
  });

  it('believe neither of two cookies with one name', async () => {
    const { sessions } = setUp();
    const cookie = back((await sessions.open('ada', undefined)).setCookie);
    expect(await sessions.read(`${cookie}; counterfoil_session=planted`)).toBeUndefined();
  });
});

describe('sessions of several nodes', () => {
  it('are the same at each: signed in at one, known and signed out at another', async () => {
    const { sessions, elsewhere } = setUp();
    const { session, setCookie } = await sessions.open('ada', undefined);
    const cookie = back(setCookie);
    expect(await elsewhere.read(cookie)).toEqual(session);
    expect(elsewhere.csrfHolds(session, 'consent', sessions.csrf(session, 'consent'))).toBe(true);
    await elsewhere.close(cookie);
    expect(await sessions.read(cookie)).toBeUndefined();
    const again = back((await sessions.open('ada', undefined)).setCookie);
    expect(await elsewhere.closeAll('ada')).toBe(1);
    expect(await sessions.read(again)).toBeUndefined();
  });

  it('share the form before sign-in', () => {
    const { sessions, elsewhere } = setUp();
    const { csrf, setCookie } = sessions.visit(undefined);
    expect(elsewhere.visitHolds(back(setCookie), csrf)).toBe(true);
  });

  it('stay alive by use at any of them', async () => {
    const { sessions, elsewhere, pass } = setUp();
    const cookie = back((await sessions.open('ada', undefined)).setCookie);
    for (const node of [elsewhere, sessions, elsewhere]) {
      pass(SESSION_LIMITS.idleMs - 1);
      expect((await node.read(cookie))?.user).toBe('ada');
    }
  });

  it('cost a page no write, but one a minute', async () => {
    const { sessions, opened, pass } = setUp();
    const { session, setCookie } = await sessions.open('ada', undefined);
    const revs: (number | undefined)[] = [];
    for (let i = 0; i < 7; i++) {
      await sessions.read(back(setCookie));
      revs.push((await opened.registry.get('session', session.key))?.rev);
      pass(SESSION_LIMITS.touchMs / 3);
    }
    expect(revs).toEqual([1, 1, 1, 2, 2, 2, 3]);
  });

  it('do not come back to life when a page is read while they are signed out', async () => {
    const { sessions, elsewhere, pass } = setUp();
    const cookie = back((await sessions.open('ada', undefined)).setCookie);
    pass(SESSION_LIMITS.touchMs);
    await Promise.all([sessions.read(cookie), elsewhere.close(cookie), sessions.read(cookie)]);
    expect(await sessions.read(cookie)).toBeUndefined();
  });

  it('are over when a backup is restored, and so are links: what was signed out does not come back', async () => {
    const { sessions, opened } = setUp();
    const cookie = back((await sessions.open('ada', undefined)).setCookie);
    const { path } = await sessions.issueLink('ada');
    await opened.upkeep.raise();
    expect(await sessions.read(cookie)).toBeUndefined();
    expect(await sessions.redeemLink(new URL(path, 'http://x').searchParams.get('token') ?? '')).toBeUndefined();
    expect(await opened.registry.list('session')).toEqual([]);
  });

  it('leave nothing behind once they are over', async () => {
    const { sessions, opened, pass } = setUp({ maxSessions: 100 });
    for (let i = 0; i < 5; i++) await sessions.open('ada', undefined);
    pass(SESSION_LIMITS.idleMs);
    await sessions.open('bob', undefined);
    expect(await opened.registry.list('session')).toHaveLength(1);
  });
});

describe('CSRF tokens', () => {
  it('hold for their session and purpose only', async () => {
    const { sessions } = setUp();
    const { session: ada } = await sessions.open('ada', undefined);
    const { session: bob } = await sessions.open('bob', undefined);
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
    const clock = (): number => 1_000_000;
    const stranger = { clock, key: createSecretKey(randomBytes(32)), secure: false };
    const planted = createSessions({ ...openMemory({ clock }), ...stranger }).visit(undefined);
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

  it('sign in once', async () => {
    const { sessions } = setUp();
    const { path } = await sessions.issueLink('ada');
    expect(path).toMatch(/^\/login\/link\?token=[\w-]{43}$/);
    expect(await sessions.redeemLink(tokenOf(path))).toBe('ada');
    expect(await sessions.redeemLink(tokenOf(path))).toBeUndefined();
  });

  it('sign in once also when every node is asked at the same time', async () => {
    const { sessions, elsewhere } = setUp();
    const token = tokenOf((await sessions.issueLink('ada')).path);
    const racers = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? sessions : elsewhere).redeemLink(token));
    expect((await Promise.all(racers)).filter((user) => user === 'ada')).toHaveLength(1);
  });

  it('are worthless after 60 s', async () => {
    const { sessions, pass } = setUp();
    const early = await sessions.issueLink('ada');
    pass(SESSION_LIMITS.linkMs - 1);
    expect(await sessions.redeemLink(tokenOf(early.path))).toBe('ada');
    const late = await sessions.issueLink('ada');
    pass(SESSION_LIMITS.linkMs);
    expect(await sessions.redeemLink(tokenOf(late.path))).toBeUndefined();
  });

  it('are bounded: the oldest goes', async () => {
    const { sessions, opened, pass } = setUp();
    const first = await sessions.issueLink('ada');
    for (let i = 0; i < SESSION_LIMITS.links; i++) {
      pass(1);
      await sessions.issueLink('bob');
    }
    expect(await opened.registry.list('link')).toHaveLength(SESSION_LIMITS.links);
    expect(await sessions.redeemLink(tokenOf(first.path))).toBeUndefined();
  });

  it('do not open to anything else', async () => {
    const { sessions } = setUp();
    await sessions.issueLink('ada');
    for (const wrong of [undefined, '', 'x', 'x'.repeat(43), 'x'.repeat(1_000_000)]) {
      expect(await sessions.redeemLink(wrong)).toBeUndefined();
    }
  });
});

describe('somebody’s own sessions', () => {
  it('are listed by names that say nothing of the cookie, the one used last first; those that are over are not', async () => {
    const { sessions, elsewhere, pass } = setUp();
    const old = await sessions.open('ada', undefined);
    pass(SESSION_LIMITS.idleMs - 1);
    const first = await sessions.open('ada', undefined);
    const second = await elsewhere.open('ada', undefined);
    await sessions.open('bob', undefined);
    pass(SESSION_LIMITS.touchMs);
    await sessions.read(back(first.setCookie));
    const listed = await elsewhere.list('ada');
    expect(listed.map(({ name }) => name)).toEqual([sessions.nameOf(first.session), sessions.nameOf(second.session)]);
    expect(listed.map(({ name }) => name)).not.toContain(sessions.nameOf(old.session));
    for (const { name } of listed) expect(`${first.setCookie}${first.session.key}`).not.toContain(name);
  });

  it('are ended one by one, at every node, by their owner only', async () => {
    const { sessions, elsewhere } = setUp();
    const one = await sessions.open('ada', undefined);
    const other = await sessions.open('ada', undefined);
    const name = sessions.nameOf(one.session);
    expect(await sessions.closeOne('bob', name)).toBe(false);
    expect(await sessions.closeOne('ada', one.session.key)).toBe(false);
    expect(await elsewhere.closeOne('ada', name)).toBe(true);
    expect(await sessions.closeOne('ada', name)).toBe(false);
    expect(await sessions.read(back(one.setCookie))).toBeUndefined();
    expect((await sessions.read(back(other.setCookie)))?.user).toBe('ada');
  });
});
