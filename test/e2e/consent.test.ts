/** Attacks on consent: forged answers, and open redirects before and after it. */
// proves: A2, C24, C25
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HOSTILE } from '../support/hostile.ts';
import type { heldClock, TestHub } from '../support/hub.ts';
import { REDIRECT_URI } from '../support/outside.ts';
import { formsOf, PASSWORD, signedIn, visitor } from '../support/visitor.ts';
import { APP, authorizePath, consentOf, hubWithPeople } from './people.ts';

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

const grants = async (): Promise<number> => (await t.hub.operations.grants({ client: APP, limit: 1_000 })).length;

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
    const person = await signedIn(t.url);
    const page = await person.get(authorizePath());
    const fields = consentOf(page);
    const wider = await person.get(authorizePath({ scope: 'lamp:read' }));
    const bob = await signedIn(t.url, 'bob');
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
    const person = await signedIn(t.url);
    const page = await person.get(authorizePath());
    const before = await grants();
    for (const decision of ['deny', '', 'ALLOW', 'allow ', 'true']) {
      const { location = '' } = await person.submit(page, '/authorize', { decision });
      expect(new URL(location).searchParams.get('error')).toBe('access_denied');
    }
    expect(await grants()).toBe(before);
  });

  it('judges the request again: an app that was edited meanwhile gets what is registered now', async () => {
    const person = await signedIn(t.url);
    const page = await person.get(authorizePath());
    await t.hub.operations.editApp(APP, { redirectUris: ['com.moved:/callback'] });
    const answer = await person.submit(page, '/authorize', { decision: 'allow' });
    expect([answer.status, answer.location]).toEqual([400, undefined]);
    await t.hub.operations.editApp(APP, { redirectUris: [REDIRECT_URI] });
  });

  it('is never given by looking: GET asks each time, whoever is signed in', async () => {
    const person = await signedIn(t.url);
    const before = await grants();
    for (const extra of [{}, { decision: 'allow' }, { prompt: 'none' }]) {
      expect((await person.get(authorizePath(extra))).status).toBe(200);
    }
    expect(await grants()).toBe(before);
  });
});
