/** Attacks on signing in: forged forms, fixed sessions, guessed passwords, old links. */
// proves: C24, C25
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { heldClock, TestHub } from '../support/hub.ts';
import { formsOf, PASSWORD, signedIn, signIn, visitor } from '../support/visitor.ts';
import { hubWithPeople, SESSION } from './people.ts';

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

describe('sign-in', () => {
  it('needs its form: without cookie, without token, or with those of another visitor nobody gets in', async () => {
    const [victim, other] = [visitor(t.url), visitor(t.url)];
    const [page, foreign] = [await victim.get('/login'), await other.get('/login')];
    const credentials = { name: 'ada', password: PASSWORD, next: '/' };
    const own = formsOf(page)[0]?.fields['csrf'] ?? '';
    const theirs = formsOf(foreign)[0]?.fields['csrf'] ?? '';
    for (const [who, fields] of [
      [visitor(t.url), { ...credentials, csrf: own }],
      [victim, credentials],
      [victim, { ...credentials, csrf: '' }],
      [victim, { ...credentials, csrf: theirs }],
    ] as const) {
      const answer = await who.post('/login', fields);
      expect(answer.status).toBe(403);
      expect(who.cookies.has(SESSION)).toBe(false);
    }
    expect((await victim.post('/login', { ...credentials, csrf: own })).status).toBe(303);
  });

  it('says the same of an unknown name and a wrong password', async () => {
    const pages = [];
    for (const fields of [
      { name: 'ada', password: 'not the password' },
      { name: 'mallory', password: 'not the password' },
    ]) {
      const person = visitor(t.url);
      const page = await person.submit(await person.get('/login'), '/login', fields);
      expect(page.status).toBe(401);
      const { csrf = '' } = formsOf(page)[0]?.fields ?? {};
      pages.push(page.html.replaceAll(fields.name, 'NAME').replaceAll(csrf, 'CSRF'));
    }
    expect(pages[0]).toBe(pages[1]);
  });

  it('waits after five failures, for that source and name, and the right password comes through later', async () => {
    const person = visitor(t.url);
    const page = await person.get('/login');
    for (let i = 0; i < 5; i++) {
      expect((await person.submit(page, '/login', { name: 'bob', password: 'not the password' })).status).toBe(401);
    }
    const held = await person.submit(page, '/login', { name: 'bob', password: PASSWORD });
    expect([held.status, held.headers.get('retry-after')]).toEqual([429, '30']);
    expect(person.cookies.has(SESSION)).toBe(false);
    clock.move(30_000);
    await signIn(person, page, 'bob', PASSWORD);
  });

  it('gives a fresh session that no script reads, and never one that came with the request', async () => {
    const person = visitor(t.url);
    person.cookies.set(SESSION, 'fixed-by-an-attacker-0123456789012345678901');
    const page = await person.get('/login');
    const answer = await person.submit(page, '/login', { name: 'ada', password: PASSWORD });
    const cookie = answer.headers.getSetCookie().find((line) => line.startsWith(SESSION)) ?? '';
    expect(cookie).toMatch(/^counterfoil_session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax$/);
    expect(person.cookies.get(SESSION)).not.toContain('fixed');

    const first = person.cookies.get(SESSION) ?? '';
    await person.submit(await person.get('/login'), '/login', { name: 'ada', password: PASSWORD });
    expect(person.cookies.get(SESSION)).not.toBe(first);
    const old = visitor(t.url);
    old.cookies.set(SESSION, first);
    expect((await old.get('/')).html).not.toContain('Signed in as');
  });

  it('believes neither of two session cookies', async () => {
    const person = await signedIn(t.url);
    const value = person.cookies.get(SESSION);
    const [planted, own] = [`${SESSION}=planted`, `${SESSION}=${value}`];
    for (const cookie of [`${planted}; ${own}`, `${own}; ${planted}`]) {
      const answer = await fetch(t.url, { headers: { cookie } });
      expect(await answer.text()).not.toContain('Signed in as');
    }
    expect(await (await fetch(t.url, { headers: { cookie: own } })).text()).toContain('Signed in as');
  });

  it('by link works once, within a minute, and only by its own token', async () => {
    const { path } = await t.hub.sessions.issueLink('owner');
    const person = visitor(t.url);
    expect((await person.get(path)).status).toBe(303);
    expect((await person.get('/')).html).toContain('Signed in as');
    for (const late of [path, '/login/link', '/login/link?token=x', `/login/link?token=${'A'.repeat(43)}`]) {
      const other = visitor(t.url);
      expect((await other.get(late)).status, late).toBe(401);
      expect(other.cookies.has(SESSION)).toBe(false);
    }
    const old = await t.hub.sessions.issueLink('owner');
    clock.move(60_000);
    expect((await visitor(t.url).get(old.path)).status).toBe(401);
  });

  it('ends after two idle hours, and by signing out, which needs its form', async () => {
    const person = await signedIn(t.url);
    expect((await person.post('/logout', {})).status).toBe(403);
    expect((await person.get('/')).html).toContain('Signed in as');
    const value = person.cookies.get(SESSION) ?? '';
    expect((await person.submit(await person.get('/'), '/logout', {})).status).toBe(303);
    const copy = visitor(t.url);
    copy.cookies.set(SESSION, value);
    expect((await copy.get('/')).html).not.toContain('Signed in as');

    const idle = await signedIn(t.url);
    clock.move(7_200_000);
    expect((await idle.get('/')).html).not.toContain('Signed in as');
  });
});
