/** Doing something about a refusal from its page: who may, what is applied, and what is not although somebody would like it to be. */
// proves: A32
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AppInput, AppView } from '../../src/server/operations.ts';
import { SECRET, words } from '../support/app-owner.ts';
import { launchBrowser } from '../support/browser.ts';
import { heldClock, startTestHub, type TestHub } from '../support/hub.ts';
import { addConfidential, addPublic, callApi, exchangeForm, REDIRECT_URI, tokens } from '../support/outside.ts';
import { formsOf, PASSWORD, type Page, signedIn, type Visitor, visitor } from '../support/visitor.ts';
import { authorizePath } from './people.ts';

const APP = 'my_app_123';
const NEXT = 'https://app.example/cb';
const clock = heldClock();
let t: TestHub;
let ada: Visitor;

beforeAll(async () => {
  t = await startTestHub({ clock: clock.now });
  await t.hub.operations.addUser('ada', PASSWORD);
  await t.hub.operations.addUser('bob', PASSWORD);
  ada = await signedIn(t.url, 'ada');
});
afterAll(() => t?.close());
beforeEach(async () => {
  clock.move(120_000);
  await t.hub.operations.removeApp(APP).catch(() => undefined);
  await addPublic(t, APP, { name: 'Lamp & <Co>' });
});
afterEach(() => expect(t.faults).toEqual([]));

const edit = (input: AppInput): Promise<unknown> => t.hub.operations.editApp(APP, input);
const app = (): Promise<AppView> => t.hub.operations.showApp(APP);

/** Somebody is refused at `/authorize`; answers the address of the verdict. */
async function refusedFor(extra: Readonly<Record<string, string>>): Promise<string> {
  await ada.get(authorizePath(extra));
  const [newest] = await t.hub.operations.verdicts({ client: APP, ok: false, limit: 1 });
  if (newest?.at !== clock.now()) throw new Error('expected a refusal of this very moment');
  return `/r/${newest.id.slice(3)}`;
}

/** The plan's form, filled in as the page has it. */
function planOf(page: Page): { readonly action: string; readonly fields: Readonly<Record<string, string>> } {
  const form = formsOf(page).find(({ fields }) => fields['seal'] !== undefined);
  if (!form) throw new Error(`expected a plan, got a page with status ${page.status}: ${words(page).slice(0, 300)}`);
  return form;
}

async function apply(address: string, id: string, who: Visitor = ada): Promise<Page> {
  const { action, fields } = planOf(await who.get(`${address}?fix=${id}`));
  return who.post(action, fields);
}

describe('a plan that is applied', () => {
  it('registers the presented redirect URI, says so, and says that the same request would pass today', async () => {
    const address = await refusedFor({ redirect_uri: NEXT });
    const plan = await ada.get(`${address}?fix=register-redirect-uri`);
    expect(words(plan)).toContain('would pass');
    expect((await app()).redirectUris).toEqual([REDIRECT_URI]);
    const done = await ada.post(planOf(plan).action, planOf(plan).fields);
    expect([done.status, done.location]).toEqual([303, `${address}?done=register-redirect-uri`]);
    expect((await app()).redirectUris).toEqual([REDIRECT_URI, NEXT]);
    const page = words(await ada.get(done.location ?? ''));
    expect(page).toContain('Done. Judged again with today’s settings, it passes');
    expect(page).toContain('Refused');
    expect(page).not.toContain('Register this redirect URI…');
    expect((await ada.get(authorizePath({ redirect_uri: NEXT }))).status).toBe(200);
  });

  it('includes a scope, and switches one on: each takes its own cause away and no other', async () => {
    await edit({ scopes: ['lamp:read'], disabledScopes: ['lamp:read'] });
    const address = await refusedFor({ scope: 'lamp:read lamp:write' });
    expect((await apply(address, 'include-scopes')).status).toBe(303);
    expect((await app()).scopes).toEqual([
      { name: 'lamp:read', enabled: false },
      { name: 'lamp:write', enabled: true },
    ]);
    const half = words(await ada.get(`${address}?done=include-scopes`));
    expect(half).toContain(
      'it is still refused: a requested permission is included for the application but not enabled',
    );
    expect((await apply(address, 'enable-scopes')).status).toBe(303);
    expect((await app()).scopes.every(({ enabled }) => enabled)).toBe(true);
    expect(words(await ada.get(address))).toContain('it passes');
  });

  it('switches a scope on for a token at the API, which then opens it', async () => {
    const minted = await t.hub.operations.mint({ client: APP });
    const { access_token: token } = await tokens(t, t.token(exchangeForm(APP, minted)));
    await edit({ disabledScopes: ['lamp:read'] });
    expect((await callApi(t, token)).status).toBe(403);
    const [newest] = await t.hub.operations.verdicts({ client: APP, ok: false, limit: 1 });
    await apply(`/r/${newest?.id.slice(3)}`, 'enable-scopes');
    expect((await callApi(t, token)).status).toBe(200);
  });

  it('enables a grant type, and the refresh token that was refused works', async () => {
    const minted = await t.hub.operations.mint({ client: APP });
    const { refresh_token: token } = await tokens(t, t.token(exchangeForm(APP, minted)));
    await edit({ grantTypes: ['authorization_code'] });
    const form = { grant_type: 'refresh_token', refresh_token: token, client_id: APP };
    expect((await t.token(form)).status).toBe(400);
    const [newest] = await t.hub.operations.verdicts({ client: APP, ok: false, limit: 1 });
    await apply(`/r/${newest?.id.slice(3)}`, 'enable-grant-type');
    await tokens(t, t.token(form));
  });

  it('makes a new secret, shows it once, and keeps it nowhere a page would show it', async () => {
    await addConfidential(t, 'server_app').catch(() => undefined);
    const wrong = await t.token({
      grant_type: 'authorization_code',
      client_id: 'server_app',
      client_secret: 'no',
      code: 'x',
    });
    const { error_uri: uri = '' } = (await wrong.json()) as { error_uri?: string };
    const address = new URL(uri).pathname;
    const answer = await apply(address, 'rotate-secret');
    const secret = SECRET.exec(answer.html)?.[0] ?? '';
    expect([answer.status, secret.length]).toEqual([200, 47]);
    expect((await ada.get(address)).html).not.toContain(secret);
    const again = { grant_type: 'authorization_code', client_id: 'server_app', client_secret: secret, code: 'x' };
    expect((await t.token(again)).status).toBe(400);
  });

  it('is still there to be done after somebody only says that it was done', async () => {
    const address = await refusedFor({ redirect_uri: NEXT });
    expect(words(await ada.get(`${address}?done=register-redirect-uri`))).not.toContain('Done.');
  });
});

describe('nothing is applied', () => {
  it('without the token of this very plan, of this person, from a page of the hub', async () => {
    const address = await refusedFor({ redirect_uri: NEXT });
    const { action, fields } = planOf(await ada.get(`${address}?fix=register-redirect-uri`));
    const other = await refusedFor({ redirect_uri: 'https://other.example/cb' });
    const otherPlan = planOf(await ada.get(`${other}?fix=register-redirect-uri`));
    const bob = await signedIn(t.url, 'bob');
    const forged = [
      await ada.post(action, { ...fields, csrf: '' }),
      await ada.post(action, { ...fields, csrf: otherPlan.fields['csrf'] ?? '' }),
      await ada.post(action, { ...fields, seal: otherPlan.fields['seal'] ?? '' }),
      await ada.post(action, fields, { 'sec-fetch-site': 'cross-site' }),
      await ada.post(action, fields, { 'sec-fetch-site': 'same-site' }),
      await bob.post(action, fields),
      await visitor(t.url).post(action, fields),
    ];
    expect(forged.map(({ status }) => status)).toEqual(forged.map(() => 403));
    expect((await app()).redirectUris).toEqual([REDIRECT_URI]);
  });

  it('to an application that was changed since the plan was shown: the plan is shown anew, and can then be applied', async () => {
    const address = await refusedFor({ redirect_uri: NEXT });
    const { action, fields } = planOf(await ada.get(`${address}?fix=register-redirect-uri`));
    await edit({ redirectUris: [REDIRECT_URI, 'com.myapp:/second'] });
    const stale = await ada.post(action, fields);
    expect([stale.status, words(stale).includes('nothing was done')]).toEqual([409, true]);
    expect((await app()).redirectUris).toEqual([REDIRECT_URI, 'com.myapp:/second']);
    expect((await ada.post(action, planOf(stale).fields)).status).toBe(303);
    expect((await app()).redirectUris).toEqual([REDIRECT_URI, 'com.myapp:/second', NEXT]);
  });

  it('when the request behind the verdict became another one meanwhile: what was looked at is what is done', async () => {
    const address = await refusedFor({ redirect_uri: NEXT });
    const { action, fields } = planOf(await ada.get(`${address}?fix=register-redirect-uri`));
    // Equal refusals of one minute are one row, and the newest is what it shows: a stranger may swap what was looked at.
    expect(await refusedFor({ redirect_uri: 'https://evil.example/cb' })).toBe(address);
    const swapped = await ada.post(action, fields);
    expect([swapped.status, words(swapped).includes('evil.example')]).toEqual([409, true]);
    expect((await app()).redirectUris).toEqual([REDIRECT_URI]);
  });

  it('twice: the second time leads back to the verdict, and the registration has it once', async () => {
    const address = await refusedFor({ redirect_uri: NEXT });
    const { action, fields } = planOf(await ada.get(`${address}?fix=register-redirect-uri`));
    const both = await Promise.all([ada.post(action, fields), ada.post(action, fields)]);
    expect(both.map(({ status }) => status)).toEqual([303, 303]);
    expect((await app()).redirectUris).toEqual([REDIRECT_URI, NEXT]);
  });

  it('when the application is gone, or the fix is made up', async () => {
    const address = await refusedFor({ redirect_uri: NEXT });
    const { action, fields } = planOf(await ada.get(`${address}?fix=register-redirect-uri`));
    expect((await ada.post(action, { ...fields, fix: 'delete-everything' })).location).toBe(address);
    await t.hub.operations.removeApp(APP);
    expect((await ada.post(action, fields)).location).toBe(address);
    expect(words(await ada.get(address))).not.toContain('Register this redirect URI…');
  });
});

describe('nothing is offered', () => {
  it.each([
    'http://evil.example/cb',
    'https://app.example@evil.example/cb',
    'https://app.example\\@evil.example/cb',
    'https://app.example/cb#x',
    'https://аpp.example/cb',
    'https://app.example/cb\u202e',
    'https://app.example/cb\r\nSet-Cookie: x=1',
    'https://app.example/cb?code=hap5.1-authcode:x8G3',
    'javascript:alert(1)//',
    `https://app.example/${'a'.repeat(3_000)}`,
  ])('for a redirect URI that is hostile, cut or not whole: %j', async (uri) => {
    const address = await refusedFor({ redirect_uri: uri });
    for (const page of [await ada.get(address), await ada.get(`${address}?fix=register-redirect-uri`)]) {
      expect(words(page)).toContain('Incorrect redirect URI');
      expect(page.html).not.toContain('register-redirect-uri"');
      expect(words(page)).not.toContain('Register this redirect URI');
    }
  });

  it('to a developer: no button, no plan, and no way to apply one', async () => {
    await t.hub.operations.addUser('dev', PASSWORD, [APP]).catch(() => undefined);
    const dev = await signedIn(t.url, 'dev');
    const address = await refusedFor({ redirect_uri: NEXT });
    const { action, fields } = planOf(await ada.get(`${address}?fix=register-redirect-uri`));
    for (const path of [address, `${address}?fix=register-redirect-uri`]) {
      const page = await dev.get(path);
      expect([page.status, words(page).includes('Incorrect redirect URI')]).toEqual([200, true]);
      expect(page.html).not.toContain('fix=');
      expect(formsOf(page).some(({ fields: of }) => of['seal'] !== undefined)).toBe(false);
    }
    expect((await dev.post(action, fields)).status).toBe(404);
    expect((await app()).redirectUris).toEqual([REDIRECT_URI]);
  });
});

describe('the guide', () => {
  it('is led to from each rule of a verdict, for everybody who is signed in', async () => {
    const address = await refusedFor({ redirect_uri: NEXT });
    const links = [...(await ada.get(address)).html.matchAll(/href="(\/guide\/[^"#]+)/g)].map(([, path = '']) => path);
    expect(links).toContain('/guide/oauth.redirect-uri-registered');
    for (const path of new Set(links)) expect([path, (await ada.get(path)).status]).toEqual([path, 200]);
    expect((await visitor(t.url).get('/guide')).html).not.toContain('oauth.redirect-uri-registered');
    expect((await ada.get('/guide/oauth.no-such-rule')).status).toBe(404);
    expect(words(await ada.get('/guide?q=redirect'))).toContain('oauth.redirect-uri-exact');
  });
});

describe('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  }, 60_000);
  afterAll(() => browser?.close());

  it('is done by keyboard alone, without JavaScript: the refusal, the plan, what it means, done', async () => {
    const address = await refusedFor({ redirect_uri: NEXT });
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 320, height: 700 } });
    const tab = await context.newPage();
    await tab.goto(`${t.hub.issuer}/login?next=${encodeURIComponent(address)}`);
    await tab.getByLabel('User name').fill('ada');
    await tab.getByLabel('Password').fill(PASSWORD);
    await tab.keyboard.press('Enter');
    const button = tab.getByRole('link', { name: 'Register this redirect URI…' });
    await button.focus();
    await tab.keyboard.press('Enter');
    await tab.getByRole('heading', { name: 'Register this redirect URI?' }).waitFor();
    expect(await tab.getByRole('region', { name: 'What could go wrong' }).textContent()).toContain(
      'Its host, app.example, is none that is registered',
    );
    await tab.getByRole('button', { name: 'Register this redirect URI' }).focus();
    await tab.keyboard.press('Enter');
    expect(await tab.getByRole('status').textContent()).toContain('it passes');
    expect((await app()).redirectUris).toEqual([REDIRECT_URI, NEXT]);
    await context.close();
  }, 60_000);
});
