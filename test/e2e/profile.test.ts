/** One's own account, without JavaScript: the password, the sessions, and who has neither. */
// proves: C24
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { heldClock, TestHub } from '../support/hub.ts';
import { formsOf, PASSWORD, type Page, signedIn, signIn, type Visitor, visitor } from '../support/visitor.ts';
import { APP, hubWithPeople, SESSION } from './people.ts';

let t: TestHub;
let clock: ReturnType<typeof heldClock>;

beforeAll(async () => {
  ({ t, clock } = await hubWithPeople());
});
afterAll(() => t.close());
afterEach(() => {
  clock.move(60_000);
  expect(t.faults).toEqual([]);
});

const CHANGE = '/profile/password#password';
const NEXT = 'four quite other words';
const isIn = async (who: Visitor): Promise<boolean> => (await who.get('/profile')).html.includes('Your account');
const change = async (who: Visitor, current: string, next: string, again = next): Promise<Page> =>
  who.submit(await who.get('/profile'), CHANGE, { current, next, again });

describe('the password', () => {
  it('is changed by who knows it: every other session ends, this browser goes on under a fresh one, and the old one is dead', async () => {
    const [one, other] = [await signedIn(t.url), await signedIn(t.url)];
    const before = one.cookies.get(SESSION) ?? '';
    const changed = await change(one, PASSWORD, NEXT);
    expect([changed.status, changed.location]).toEqual([303, '/profile?done=password#password']);
    expect([await isIn(one), await isIn(other)]).toEqual([true, false]);
    expect(one.cookies.get(SESSION)).not.toBe(before);
    const copy = visitor(t.url);
    copy.cookies.set(SESSION, before);
    expect(await isIn(copy)).toBe(false);
    const late = visitor(t.url);
    expect((await late.submit(await late.get('/login'), '/login', { name: 'ada', password: PASSWORD })).status).toBe(
      401,
    );
    await signIn(late, await late.get('/login'), 'ada', NEXT);
    expect((await change(one, NEXT, PASSWORD)).status).toBe(303);
  });

  it('stays when the new one is too short, the name, the same, or typed in two ways', async () => {
    const who = await signedIn(t.url);
    for (const [next, again, say] of [
      ['short', 'short', 'at least 12 characters'],
      [PASSWORD, PASSWORD, 'another password'],
      [NEXT, `${NEXT}!`, 'typed in two ways'],
      ['x'.repeat(300), 'x'.repeat(300), 'at most 256 bytes'],
    ] as const) {
      const answer = await change(who, PASSWORD, next, again);
      expect([answer.status, answer.html.toLowerCase().includes(say)], say).toEqual([400, true]);
    }
    expect(await isIn(who)).toBe(true);
  });

  it('a wrong current one counts as a failed sign-in: the sixth waits, here and on the sign-in page', async () => {
    const who = await signedIn(t.url, 'bob');
    for (let i = 0; i < 5; i++) expect((await change(who, `wrong guess ${i}`, NEXT)).status).toBe(401);
    const held = await change(who, PASSWORD, NEXT);
    expect([held.status, held.headers.get('retry-after')]).toEqual([429, '30']);
    const fresh = visitor(t.url);
    const login = await fresh.submit(await fresh.get('/login'), '/login', { name: 'bob', password: PASSWORD });
    expect(login.status).toBe(429);
    clock.move(30_000);
    expect((await change(who, PASSWORD, PASSWORD.toUpperCase())).status).toBe(303);
    expect((await change(who, PASSWORD.toUpperCase(), PASSWORD)).status).toBe(303);
  });
});

describe('the sessions', () => {
  const ends = (page: Page): string[] =>
    formsOf(page).flatMap(({ action, fields }) =>
      action.startsWith('/profile/session-end') ? [fields['session'] ?? ''] : [],
    );

  it('are listed with which is this one, and each other can be ended alone', async () => {
    const [one, other] = [await signedIn(t.url), await signedIn(t.url)];
    await one.submit(await one.get('/profile'), '/profile/sign-out-everywhere#sessions', {});
    const [a, b, c] = [await signedIn(t.url), await signedIn(t.url), await signedIn(t.url)];
    expect([await isIn(one), await isIn(other)]).toEqual([false, false]);
    const page = await a.get('/profile');
    expect(page.html.match(/this browser/g)).toHaveLength(1);
    const [first = '', ...more] = ends(page);
    expect(more).toHaveLength(1);
    for (const cookie of [a, b, c].map((who) => who.cookies.get(SESSION) ?? ''))
      expect(page.html).not.toContain(cookie);
    const { csrf = '' } = formsOf(page).find(({ action }) => action.startsWith('/profile/session-end'))?.fields ?? {};
    await a.post('/profile/session-end', { csrf, session: first });
    const left = [await isIn(a), await isIn(b), await isIn(c)];
    expect([left[0], left.filter((is) => is).length]).toEqual([true, 2]);
  });

  it('are ended by nobody else, however they are called', async () => {
    const [ada, bob] = [await signedIn(t.url), await signedIn(t.url, 'bob')];
    const adas = await t.hub.sessions.list('ada');
    const { csrf = '' } =
      formsOf(await bob.get('/profile')).find(({ action }) => action.includes('everywhere'))?.fields ?? {};
    const second = await signedIn(t.url, 'bob');
    const page = await bob.get('/profile');
    const own = formsOf(page).find(({ action }) => action.startsWith('/profile/session-end'))?.fields['csrf'] ?? '';
    for (const { name } of adas)
      for (const token of [own, csrf]) await bob.post('/profile/session-end', { csrf: token, session: name });
    expect([await isIn(ada), await isIn(second)]).toEqual([true, true]);
    expect((await t.hub.sessions.list('ada')).length).toBe(adas.length);
  });

  it('all end at once by “sign out everywhere”', async () => {
    const [one, other, bob] = [await signedIn(t.url), await signedIn(t.url), await signedIn(t.url, 'bob')];
    const out = await one.submit(await one.get('/profile'), '/profile/sign-out-everywhere#sessions', {});
    expect([out.status, one.cookies.has(SESSION)]).toEqual([303, false]);
    expect([await isIn(one), await isIn(other), await isIn(bob)]).toEqual([false, false, true]);
  });
});

describe('other people', () => {
  it('who came by a link of the command line have no password here, and are told how to add a user', async () => {
    const owner = visitor(t.url);
    await owner.get((await t.hub.sessions.issueLink('owner')).path);
    const page = await owner.get('/profile');
    expect(page.html).toContain('counterfoil user add');
    expect(formsOf(page).map(({ action }) => action)).not.toContain(CHANGE);
    const { csrf = '' } = formsOf(page).find(({ action }) => action.includes('everywhere'))?.fields ?? {};
    expect((await owner.post('/profile/password', { csrf, current: '', next: NEXT, again: NEXT })).status).toBe(403);
  });

  it('who are developers have an account as well, and no keys and audit', async () => {
    await t.hub.operations.addUser('grace', PASSWORD, [APP]);
    const grace = await signedIn(t.url, 'grace');
    const page = await grace.get('/profile');
    expect(page.html).toContain(`You are a developer of <code>${APP}</code>`);
    expect((await change(grace, PASSWORD, NEXT)).status).toBe(303);
    expect((await grace.get('/audit')).status).toBe(404);
    expect((await grace.post('/audit/check', {})).status).toBe(404);
  });

  it('who are nobody are asked to sign in, and come back to where they were', async () => {
    const stranger = visitor(t.url);
    const page = await stranger.get('/profile');
    expect(page.html).toContain('Sign in');
    expect((await stranger.submit(page, '/login', { name: 'ada', password: PASSWORD })).location).toBe('/profile');
  });
});
