/** Attacks on the pages: forged forms, fixed sessions, open redirects, framing, and strangers at a verdict's door. */
// proves: A2, C24, C25
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HOSTILE } from '../support/hostile.ts';
import { heldClock, startTestHub, type TestHub } from '../support/hub.ts';
import { addPublic, REDIRECT_URI } from '../support/outside.ts';
import { formsOf, type Page, signIn, type Visitor, visitor } from '../support/visitor.ts';

const APP = 'my_app_123';
const PASSWORD = 'three random words';
const SESSION = 'counterfoil_session';
const clock = heldClock();
let t: TestHub;

beforeAll(async () => {
  t = await startTestHub({ clock: clock.now });
  await addPublic(t, APP, { name: 'Lamp & <Co>' });
  await t.hub.operations.addUser('ada', PASSWORD);
  await t.hub.operations.addUser('bob', PASSWORD);
});
afterAll(() => t.close());
afterEach(() => {
  clock.move(60_000);
  expect(t.faults).toEqual([]);
});

function authorizePath(extra: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: APP,
    redirect_uri: REDIRECT_URI,
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    state: 's',
    ...extra,
  });
  return `/authorize?${query}`;
}

async function signedIn(name = 'ada'): Promise<Visitor> {
  const person = visitor(t.url);
  await signIn(person, await person.get('/login'), name, PASSWORD);
  return person;
}
const grants = async (): Promise<number> => (await t.hub.operations.grants({ client: APP, limit: 1_000 })).length;
const consentOf = (page: Page) => formsOf(page).find((form) => form.action === '/authorize')?.fields ?? {};

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
      { name: 'eve', password: 'not the password' },
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
    const person = await signedIn();
    const value = person.cookies.get(SESSION);
    const [planted, own] = [`${SESSION}=planted`, `${SESSION}=${value}`];
    for (const cookie of [`${planted}; ${own}`, `${own}; ${planted}`]) {
      const answer = await fetch(t.url, { headers: { cookie } });
      expect(await answer.text()).not.toContain('Signed in as');
    }
    expect(await (await fetch(t.url, { headers: { cookie: own } })).text()).toContain('Signed in as');
  });

  it('by link works once, within a minute, and only by its own token', async () => {
    const { path } = t.hub.sessions.issueLink('owner');
    const person = visitor(t.url);
    expect((await person.get(path)).status).toBe(303);
    expect((await person.get('/')).html).toContain('Signed in as');
    for (const late of [path, '/login/link', '/login/link?token=x', `/login/link?token=${'A'.repeat(43)}`]) {
      const other = visitor(t.url);
      expect((await other.get(late)).status, late).toBe(401);
      expect(other.cookies.has(SESSION)).toBe(false);
    }
    const old = t.hub.sessions.issueLink('owner');
    clock.move(60_000);
    expect((await visitor(t.url).get(old.path)).status).toBe(401);
  });

  it('ends after two idle hours, and by signing out, which needs its form', async () => {
    const person = await signedIn();
    expect((await person.post('/logout', {})).status).toBe(403);
    expect((await person.get('/')).html).toContain('Signed in as');
    const value = person.cookies.get(SESSION) ?? '';
    expect((await person.submit(await person.get('/'), '/logout', {})).status).toBe(303);
    const copy = visitor(t.url);
    copy.cookies.set(SESSION, value);
    expect((await copy.get('/')).html).not.toContain('Signed in as');

    const idle = await signedIn();
    clock.move(7_200_000);
    expect((await idle.get('/')).html).not.toContain('Signed in as');
  });
});

describe('where the browser is sent', () => {
  const OUT = [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example/',
    'javascript:alert(1)',
    '/authorize?x\r\nSet-Cookie: a=b',
    '/authorize//evil.example',
    '/r/../../evil',
    ' /authorize?x',
    '/\t/evil.example',
    '/login/link?token=x',
    '/%2f%2fevil.example',
    `/authorize?${'\u00e9'}`,
  ];

  it('after sign-in is a page of this hub, whatever next says', async () => {
    for (const next of [...OUT, ...HOSTILE.map((text) => text.toWellFormed())]) {
      const person = visitor(t.url);
      const page = await person.get(`/login?next=${encodeURIComponent(next)}`);
      if (page.status !== 200) continue;
      expect(formsOf(page)[0]?.fields['next'], next).toBe('/');
    }
    const person = visitor(t.url);
    const page = await person.get('/login');
    const answer = await person.submit(page, '/login', { name: 'ada', password: PASSWORD, next: '//evil.example' });
    expect(answer.location).toBe('/');
  });

  it('from /authorize is the registered address only, error or not', async () => {
    const others = [
      'https://evil.example/',
      'com.myapp:/callback/../evil',
      'com.myapp://evil',
      'com.myapp:/Callback',
      '//evil',
      '',
    ];
    for (const uri of [...others, `${REDIRECT_URI}?x=1`, `${REDIRECT_URI}#x`, `${REDIRECT_URI}\r\nx: y`]) {
      for (const extra of [{}, { response_type: 'token' }, { scope: 'admin' }]) {
        const page = await visitor(t.url).get(authorizePath({ redirect_uri: uri, ...extra }));
        expect([page.status, page.location], uri).toEqual([400, undefined]);
      }
    }
    const twice = `${authorizePath()}&redirect_uri=${encodeURIComponent('https://evil.example/')}`;
    expect((await visitor(t.url).get(twice)).status).toBe(400);
  });

  it('from /authorize with an error goes to the app, with state and iss and without a code', async () => {
    const asked: readonly [Record<string, string>, string][] = [
      [{ response_type: 'token' }, 'unsupported_response_type'],
      [{ scope: 'admin' }, 'invalid_scope'],
      [{ code_challenge_method: 'plain' }, 'invalid_request'],
      [{ code_challenge: '' }, 'invalid_request'],
      [{ pairing_id: 'P1' }, 'invalid_request'],
    ];
    for (const [extra, error] of asked) {
      const { status, location = '' } = await visitor(t.url).get(authorizePath({ state: 'a&b=c\r\nd', ...extra }));
      expect(status).toBe(303);
      const { searchParams, protocol } = new URL(location);
      expect(protocol).toBe('com.myapp:');
      expect([...searchParams.keys()].sort()).toEqual(['error', 'error_uri', 'iss', 'state']);
      expect([searchParams.get('error'), searchParams.get('state')]).toEqual([error, 'a&b=c\r\nd']);
      expect(searchParams.get('iss')).toBe(t.hub.issuer);
    }
  });
});

describe('consent', () => {
  it('needs its form: a forged answer decides nothing', async () => {
    const person = await signedIn();
    const page = await person.get(authorizePath());
    const fields = consentOf(page);
    const wider = await person.get(authorizePath({ scope: 'lamp:read' }));
    const bob = await signedIn('bob');
    const logout = formsOf(page).find((form) => form.action === '/logout')?.fields['csrf'] ?? '';
    const before = await grants();
    const allow = { decision: 'allow' };
    for (const forged of [
      await person.post('/authorize', { ...allow, request: fields['request'] ?? '' }),
      await person.post('/authorize', { ...fields, ...allow, csrf: '' }),
      await person.post('/authorize', { ...fields, ...allow, csrf: logout }),
      await person.post('/authorize', { ...fields, ...allow, csrf: consentOf(wider)['csrf'] ?? '' }),
      await person.post('/authorize', { ...fields, ...allow, request: `${fields['request']}&x=1` }),
      await bob.post('/authorize', { ...fields, ...allow }),
      await visitor(t.url).post('/authorize', { ...fields, ...allow }),
    ]) {
      expect([forged.status, forged.location]).toEqual([403, undefined]);
    }
    expect(await grants()).toBe(before);
    expect((await person.post('/authorize', { ...fields, ...allow })).location).toMatch(
      /^com\.myapp:\/callback\?code=/,
    );
    expect(await grants()).toBe(before + 1);
  });

  it('is a no unless it is a clear yes', async () => {
    const person = await signedIn();
    const page = await person.get(authorizePath());
    const before = await grants();
    for (const decision of ['deny', '', 'ALLOW', 'allow ', 'true']) {
      const { location = '' } = await person.submit(page, '/authorize', { decision });
      expect(new URL(location).searchParams.get('error')).toBe('access_denied');
    }
    expect(await grants()).toBe(before);
  });

  it('judges the request again: an app that was edited meanwhile gets what is registered now', async () => {
    const person = await signedIn();
    const page = await person.get(authorizePath());
    await t.hub.operations.editApp(APP, { redirectUris: ['com.moved:/callback'] });
    const answer = await person.submit(page, '/authorize', { decision: 'allow' });
    expect([answer.status, answer.location]).toEqual([400, undefined]);
    await t.hub.operations.editApp(APP, { redirectUris: [REDIRECT_URI] });
  });

  it('is never given by looking: GET asks each time, whoever is signed in', async () => {
    const person = await signedIn();
    const before = await grants();
    for (const extra of [{}, { decision: 'allow' }, { prompt: 'none' }]) {
      expect((await person.get(authorizePath(extra))).status).toBe(200);
    }
    expect(await grants()).toBe(before);
  });
});

describe('every page', () => {
  it('can be neither framed nor scripted nor cached, and the consent form leads to the app alone', async () => {
    const person = await signedIn();
    const pages = ['/', '/login', authorizePath(), authorizePath({ client_id: 'x' }), '/r/0123456789', '/login/link'];
    for (const path of pages) {
      const { headers, html } = await person.get(path);
      const csp = headers.get('content-security-policy') ?? '';
      expect(csp, path).toContain("default-src 'none'");
      expect(csp).toContain("frame-ancestors 'none'");
      expect(csp).toContain("base-uri 'none'");
      expect(csp).not.toMatch(/unsafe|script-src/);
      expect(csp.match(/form-action ([^;]*)/)?.[1]).toBe(path === authorizePath() ? "'self' com.myapp:" : "'self'");
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(html).not.toMatch(/<script|\son[a-z]+=|javascript:/i);
    }
  });

  it('shows the name of an app as text', async () => {
    const person = await signedIn();
    const { html } = await person.get(authorizePath());
    expect(html).toContain('Lamp &amp; &lt;Co&gt;');
    expect(html).not.toContain('<Co>');
  });
});

describe('the page of a verdict', () => {
  it('shows nothing to strangers: the same bytes whether the reference exists or not', async () => {
    const answer = await t.token({ grant_type: 'x', client_id: APP });
    const { error_uri: uri } = (await answer.json()) as { error_uri: string };
    const known = uri.slice(-10);
    const read = async (reference: string) => {
      const page = await visitor(t.url).get(`/r/${reference}`);
      const headers = [...page.headers].filter(([name]) => name !== 'date');
      return JSON.stringify([page.status, headers, page.html.replaceAll(reference, 'REFERENCE')]);
    };
    const stranger = await read(known);
    for (const unknown of ['0000000000', known.split('').reverse().join(''), 'ZZZZZZZZZZ']) {
      expect(await read(unknown)).toBe(stranger);
    }
    expect(stranger).not.toContain(APP);
    const owner = await signedIn();
    expect((await owner.get(`/r/${known}`)).html).toContain('grant type');
    expect((await owner.get('/r/0000000000')).status).toBe(404);
  });

  it('takes hostile references as text', async () => {
    const owner = await signedIn();
    for (const text of HOSTILE) {
      const path = `/r/${encodeURIComponent(text.toWellFormed()).replaceAll("'", '%27')}`.slice(0, 4_000);
      for (const who of [owner, visitor(t.url)]) {
        const { status, html } = await who.get(path);
        expect([200, 404]).toContain(status);
        expect(html).not.toMatch(/<script|<img|<svg\/|\sonerror=|<iframe/i);
      }
    }
  });
});
