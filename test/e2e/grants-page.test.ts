/** Grants as whoever runs the hub meets them: listed, drawn, renewed, revoked, and handed out by a form. */
// proves: C3, C10
import { spawnSync } from 'node:child_process';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Minted } from '../../src/server/operations.ts';
import { hiddenOf, words } from '../support/app-owner.ts';
import { launchBrowser, signInTab } from '../support/browser.ts';
import { APP, becomes, PAIRING, startConsoleHub, stopConsoleHub } from '../support/console-hub.ts';
import { type ProofKey, proofKey } from '../support/dpop.ts';
import { heldClock, type TestHub } from '../support/hub.ts';
import { appPairings } from '../support/lamp.ts';
import {
  addConfidential,
  addPublic,
  callApi,
  DIRECT_SCOPES,
  exchangeForm,
  keyedClient,
  refreshForm,
  refused,
  tokens,
} from '../support/outside.ts';
import { formsOf, PASSWORD, type Page, signedIn, type Visitor, visitor } from '../support/visitor.ts';

let clock = heldClock();
let t: TestHub;
let ada: Visitor;

beforeEach(async () => {
  clock = heldClock();
  ({ t, ada } = await startConsoleHub(clock.now));
});
afterEach(() => stopConsoleHub(t));

/** Fills in the form that hands out a code. */
async function handOut(fields: Readonly<Record<string, string>>): Promise<Page> {
  const page = await ada.get('/grants/new');
  return ada.post('/grants/new', { ...hiddenOf(page, '/grants/new'), accessory: 'lamp', ttl: '300', ...fields });
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

/** What stands in the box with this label, as it would be copied. */
function copied({ html }: Page, label: string): string {
  const [, text = ''] = new RegExp(`<pre[^>]* aria-label="${label}">(.*?)</pre>`, 's').exec(html) ?? [];
  return text.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? '');
}

/** Lets a shell read a curl command as it was copied, and sends what curl would have sent. */
async function paste(command: string, env: Readonly<Record<string, string>> = {}): Promise<Response> {
  const script = `curl() { printf '%s\\0' "$@"; }\n${command}\n`;
  const { stdout, status } = spawnSync('sh', ['-c', script], { env: { PATH: process.env['PATH'], ...env } });
  expect(status).toBe(0);
  const args = stdout.toString().split('\0').slice(0, -1);
  const after = (option: string): string[] => args.flatMap((arg, i) => (arg === option ? [args[i + 1] ?? ''] : []));
  const headers = new Headers(after('--header').map((line) => line.split(': ', 2) as [string, string]));
  for (const user of after('--user')) headers.set('authorization', `Basic ${Buffer.from(user).toString('base64')}`);
  const body = new URLSearchParams(
    after('--data-urlencode').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
  return fetch(args.find((arg) => arg.startsWith('http')) ?? '', { method: 'POST', headers, body });
}

/** The grants of a list, from this page of it to its end. */
async function paged(path: string): Promise<string[]> {
  const seen: string[] = [];
  for (let next = path; next !== ''; ) {
    const { html } = await ada.get(next);
    seen.push(...[...html.matchAll(/<h2><a href="\/grants\/(gr_\w+)"/g)].map(([, id = '']) => id));
    next = /href="(\/grants\?[^"]*before=[^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
  }
  return seen;
}

const grantIn = (page: Page): string => /\/grants\/(gr_\w+)/.exec(page.html)?.[1] ?? '';
const switchOn = (token: string): Promise<Response> =>
  callApi(t, token, '/api/accessories/lamp', { method: 'PUT', body: JSON.stringify({ on: true }) });

describe('a code handed out by the form', () => {
  it('is redeemed by the request on its page exactly as it was copied, and switches the lamp', async () => {
    const page = await handOut({ client: APP, 'can-on': 'on', 'can-off': 'on' });
    expect(page.status).toBe(200);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(words(page)).toMatch(/160 random bits/);
    expect(words(page)).toMatch(/May then Switch the lightbulb of the lamp on and off home:lamp\/lightbulb\/on:w/);
    expect(words(page)).toMatch(/Good for 5 min/);
    const { access_token: token } = await tokens(t, paste(copied(page, 'The request')));
    expect((await switchOn(token)).status).toBe(200);
    expect((await t.hub.lamp.state()).on).toBe(true);
    const grant = await ada.get(`/grants/${grantIn(page)}`);
    expect(grant.html).not.toContain(copied(page, 'The code'));
    expect(words(grant)).toMatch(/Authorization code .* ✓ used after/);
  });

  it('to switch on alone switches on, and not off', async () => {
    const page = await handOut({ client: APP, 'can-on': 'on' });
    expect(words(page)).toContain('May then Switch the lightbulb of the lamp on home:lamp/lightbulb/on:w[on]');
    const { access_token: token } = await tokens(t, paste(copied(page, 'The request')));
    const write = (value: boolean): Promise<Response> => {
      const body = JSON.stringify({ characteristics: [{ id: 'lamp/lightbulb/on', value }] });
      return callApi(t, token, '/api/characteristics', { method: 'PUT', body });
    };
    expect((await write(true)).status).toBe(204);
    expect((await write(false)).status).toBe(403);
    expect((await t.hub.lamp.state()).on).toBe(true);
  });

  it('of an app with a secret leaves that to the shell', async () => {
    const secret = await addConfidential(t, 'reports', 'client_secret_basic');
    const page = await handOut({ client: 'reports', 'can-read': 'on' });
    expect(page.html).not.toContain(secret);
    await tokens(t, paste(copied(page, 'The request'), { CLIENT_SECRET: secret }));
  });

  it('bound to a key and a pairing gives the app a pairing on the lamp, by a proof that the app makes', async () => {
    const key = await proofKey('EdDSA');
    const missing = await handOut({ client: APP, 'can-direct': 'on' });
    expect([missing.status, words(missing)]).toEqual([400, expect.stringContaining('expected its key thumbprint')]);
    const page = await handOut({ client: APP, 'can-direct': 'on', jkt: key.jkt, pairingId: PAIRING });
    const app = keyedClient(t, key, clock.now, PAIRING);
    await tokens(t, paste(copied(page, 'The request'), { DPOP_PROOF: await app.proof() }));
    await vi.waitFor(async () => expect(await appPairings(t)).toEqual([{ id: PAIRING, key: key.jwk.x }]), {
      timeout: 10_000,
      interval: 20,
    });
  });

  it.each([
    [{ 'can-read': 'on', ttl: '301' }, 'expected a lifetime of 1 to 300 whole seconds, got 301'],
    [{ 'can-read': 'on', ttl: 'soon' }, 'expected whole seconds, got soon'],
    [{}, 'expected something that the app may do'],
    [{ 'can-read': 'on', accessory: 'door' }, 'door'],
    [{ 'can-read': 'on', client: 'nobody' }, 'expected a registered application'],
  ])('is refused for %j with what to do, and nothing is handed out', async (fields, says) => {
    const page = await handOut({ client: APP, ...fields });
    expect(page.status).toBe(400);
    expect(words(page).toLowerCase()).toContain(says.toLowerCase());
    expect(await t.hub.operations.grants({})).toEqual([]);
  });

  it('takes a form of this page alone: without its token, or from another site, nothing is handed out', async () => {
    const form = { client: APP, accessory: 'lamp', 'can-read': 'on', ttl: '300' };
    const { csrf = '' } =
      formsOf(await ada.get('/grants/new')).find(({ action }) => action === '/grants/new')?.fields ?? {};
    expect((await ada.post('/grants/new', form)).status).toBe(403);
    expect((await ada.post('/grants/new', { ...form, csrf: `${csrf}x` })).status).toBe(403);
    expect((await ada.post('/grants/new', { ...form, csrf }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect(await t.hub.operations.grants({})).toEqual([]);
    expect((await ada.post('/grants/new', { ...form, csrf })).status).toBe(200);
  });

  it('is kept under the name of who handed it out, and not of whoever has the terminal', async () => {
    expect((await handOut({ client: APP, 'can-read': 'on', by: 'bob' })).status).toBe(200);
    expect((await t.hub.operations.grants({})).map(({ by }) => by)).toEqual(['ada']);
  });
});

describe('the list of grants', () => {
  it('says who holds what, for how long, and what of it is in use; narrowed by app, profile and state', async () => {
    await addPublic(t, 'other', { name: 'Other' });
    const mine = await t.hub.operations.mint({ client: APP, scopes: ['lamp:read'], grantTtlSeconds: 3_600 });
    const others = await t.hub.operations.mint({ client: 'other', scopes: ['lamp:write'] });
    await tokens(t, t.token(exchangeForm(APP, mine)));
    await t.hub.operations.revoke(others.grant);
    const live = words(await ada.get('/grants'));
    expect(live).toMatch(
      /Hallway Lights ● Live .* See everything that the lightbulb of the lamp reports, now and as it changes lamp:read/,
    );
    expect(live).toMatch(/Ends 2026-01-01 01:00:00 UTC In use 2 live tokens/);
    expect(live).not.toContain('✗ Revoked');
    expect(words(await ada.get('/grants?state=revoked'))).toMatch(
      /Other ✗ Revoked .*nothing that would still be taken/,
    );
    const listed = async (query: string): Promise<string[]> =>
      [...(await ada.get(`/grants?${query}`)).html.matchAll(/<h2><a href="\/grants\/(gr_\w+)"/g)].map(
        ([, id = '']) => id,
      );
    expect(await listed('state=any')).toEqual([others.grant, mine.grant]);
    expect(await listed('state=any&client=other')).toEqual([others.grant]);
    expect(await listed('state=any&profile=oauth')).toHaveLength(2);
    expect(await listed('state=any&profile=payments')).toEqual([]);
    clock.move(3_600_001);
    expect(await listed('')).toEqual([]);
    expect(words(await ada.get('/grants?state=any'))).toContain('○ Expired');
  });

  it('goes on where a page ends, each grant once', async () => {
    const made: string[] = [];
    for (let i = 0; i < 120; i++)
      made.unshift((await t.hub.operations.mint({ client: APP, scopes: ['lamp:read'] })).grant);
    expect(await paged('/grants')).toEqual(made);
  });

  it('of those still due on a device goes on where a page ends as well, in whatever order they were redeemed', async () => {
    await addPublic(t, 'other', { name: 'Other', scopes: DIRECT_SCOPES });
    await t.hub.lamp.plug(false);
    const key = await proofKey('EdDSA');
    const app = keyedClient(t, key, clock.now, PAIRING);
    const mint = (client: string): Promise<Minted> =>
      t.hub.operations.mint({ client, jkt: key.jkt, pairingId: PAIRING, scopes: DIRECT_SCOPES });
    const owing: { readonly client: string; readonly minted: Minted }[] = [];
    for (let i = 0; i < 60; i++) {
      const client = i % 12 === 0 ? 'other' : APP;
      owing.push({ client, minted: await mint(client) });
    }
    // Decided first, redeemed last, but for what the other app has: redeemed before all else.
    const order = owing.toReversed().toSorted((a, b) => Number(b.client === 'other') - Number(a.client === 'other'));
    for (const { client, minted } of order) await tokens(t, app.token(exchangeForm(client, minted)));
    const due = order.map(({ client, minted }) => ({ client, grant: minted.grant })).toReversed();
    expect(await paged('/grants?state=due')).toEqual(due.map(({ grant }) => grant));
    const of = (client: string): string[] => due.filter((one) => one.client === client).map(({ grant }) => grant);
    expect(await paged('/grants?state=due&client=other')).toEqual(of('other'));
    expect(await paged(`/grants?state=due&client=${APP}`)).toEqual(of(APP));
    expect(await paged('/grants?state=due&profile=payments')).toEqual([]);
  }, 60_000);

  it('and everything about grants is for whoever runs the hub: nothing for a developer, a way in for a stranger', async () => {
    await t.hub.operations.addUser('dev', PASSWORD, [APP]);
    const minted = await t.hub.operations.mint({ client: APP, scopes: ['lamp:read'] });
    const [dev, stranger] = [await signedIn(t.url, 'dev'), visitor(t.url)];
    for (const path of ['/grants', `/grants/${minted.grant}`, '/grants/new', `/grants/${minted.grant}?ask=revoke`]) {
      const theirs = await dev.get(path);
      expect([theirs.status, theirs.html.includes(minted.grant)]).toEqual([404, false]);
      expect((await stranger.get(path)).html).toContain('name="password"');
      expect((await dev.post(path.replace(/\?.*/, ''), { do: 'revoke' })).status).not.toBe(303);
    }
    expect((await t.hub.operations.timeline(minted.grant)).grant.state).toBe('active');
  });
});

describe('one grant', () => {
  it('draws what was refreshed, each below what it was exchanged for; of a long chain the first and the last', async () => {
    const minted = await t.hub.operations.mint({ client: APP, scopes: ['lamp:read'] });
    let { refresh_token: token } = await tokens(t, t.token(exchangeForm(APP, minted)));
    for (let i = 0; i < 7; i++) {
      clock.move(60_000);
      ({ refresh_token: token } = await tokens(t, t.token(refreshForm(APP, token))));
    }
    const page = await ada.get(`/grants/${minted.grant}`);
    const drawn = /<div class="across".*?<\/div>/s.exec(page.html)?.[0] ?? '';
    expect([...drawn.matchAll(/class="title">([^<]*)/g)].map(([, title]) => title)).toEqual([
      'Allowed by',
      'Authorization code',
      'Refresh token',
      '… 5 more',
      'Refresh token',
      'Refresh token',
      'Access token',
      'Access token',
      'Access token',
    ]);
  });

  it('renews a code that waits: the new one is shown once and redeems, the old one names its successor', async () => {
    const minted = await t.hub.operations.mint({ client: APP, scopes: ['lamp:read'] });
    clock.move(250_000);
    const path = `/grants/${minted.grant}`;
    const before = await ada.get(path);
    expect(words(before)).toContain('has 50 s left');
    const form = { ...hiddenOf(before, 'renew'), code: minted.id };
    expect((await ada.post(path, { ...form, csrf: 'x' })).status).toBe(403);
    const page = await ada.post(path, form);
    expect([page.status, words(page)]).toEqual([
      200,
      expect.stringContaining('state of the old code live became superseded'),
    ]);
    const code = copied(page, 'The code');
    expect(code).not.toBe(minted.code);
    expect(await refused(t, t.token(exchangeForm(APP, minted)))).toMatchObject({ error: 'invalid_grant' });
    await tokens(t, paste(copied(page, 'The request'), { CODE_VERIFIER: minted.verifier ?? '' }));
    const again = await ada.post(path, form);
    expect([again.status, words(again)]).toEqual([409, expect.stringContaining('is superseded, expected a live code')]);
    expect(words(await ada.get(path))).toMatch(/Authorization code .* ✓ renewed .* Authorization code .* ✓ used after/);
  });

  it('is revoked after a step that says what dies, and only by the form of that step', async () => {
    const minted = await t.hub.operations.mint({ client: APP, scopes: ['lamp:read'] });
    const { access_token: token } = await tokens(t, t.token(exchangeForm(APP, minted)));
    const path = `/grants/${minted.grant}`;
    const ask = await ada.get(`${path}?ask=revoke`);
    expect(words(ask)).toContain('0 codes and 2 live tokens die at once');
    expect((await callApi(t, token)).status).toBe(200);
    expect((await ada.post(path, { do: 'revoke', csrf: '' })).status).toBe(403);
    expect((await callApi(t, token)).status).toBe(200);
    const done = await ada.post(path, hiddenOf(ask, 'revoke'));
    expect([done.status, done.location]).toEqual([303, `${path}?done=revoke`]);
    expect((await callApi(t, token)).status).toBe(401);
    const after = words(await ada.get(`${path}?done=revoke`));
    expect(after).toMatch(/It is revoked: .* ✗ revoked/);
    expect(after).not.toContain('What you can do');
  });

  it.each(['gr_0000', 'gr_', 'cd_1234567', '..%2f..', '%E0%A4%A', 'x'.repeat(300)])(
    'there is none for %s',
    async (id) => {
      expect((await ada.get(`/grants/${id}`)).status).toBe(404);
    },
  );
});

describe('a pairing on a lamp that is unplugged', () => {
  let key: ProofKey;
  const page = async (path: string): Promise<string> => words(await ada.get(path));
  const inTime = (path: string, pattern: RegExp): Promise<void> => becomes(ada, path, pattern, () => clock.move(1_000));

  it('is still due on every page that tells of it, done once it is plugged in, and taken back by revoking', async () => {
    key = await proofKey('EdDSA');
    await t.hub.lamp.plug(false);
    const minted = await t.hub.operations.mint({
      client: APP,
      jkt: key.jkt,
      pairingId: PAIRING,
      scopes: DIRECT_SCOPES,
    });
    await tokens(t, keyedClient(t, key, clock.now, PAIRING).token(exchangeForm(APP, minted)));
    const path = `/grants/${minted.grant}`;
    await inTime(path, /Still due ! Still due on lamp : its pairing, tried/);
    expect(await page('/grants')).toMatch(/1 grant has something still due on a device/);
    expect(await page('/grants?state=due')).toMatch(/Devices ! Still due on lamp/);
    await t.hub.lamp.plug(true);
    await inTime(path, /Pairing on lamp .* ● done, read back/);
    expect(await page('/grants?state=due')).toContain('No grant is like this');

    await t.hub.lamp.plug(false);
    const ask = await ada.get(`${path}?ask=revoke`);
    expect(words(ask)).toContain(`Its pairing ${PAIRING} is removed from lamp`);
    await ada.post(path, hiddenOf(ask, 'revoke'));
    await inTime(path, /Undoing on lamp : taking back its pairing, tried/);
    await t.hub.lamp.plug(true);
    await inTime(path, /Pairing on lamp .* ✓ undone/);
    expect(await appPairings(t)).toEqual([]);
  });
});

describe('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  }, 60_000);
  afterAll(() => browser?.close());

  it('without JavaScript somebody authorizes an app from the accessories, looks at its grant, and revokes it; the drawing follows the screen', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1280, height: 800 } });
    const tab = await context.newPage();
    const complaints: string[] = [];
    tab.on('console', (message) => complaints.push(message.text()));
    await tab.goto(`${t.hub.issuer}/accessories`);
    await signInTab(tab);
    await tab.getByRole('link', { name: 'Authorize an app' }).click();
    await tab.getByLabel('Application').selectOption(APP);
    await tab.getByLabel('Accessory').selectOption('lamp');
    await tab.getByLabel('Switch it on').check();
    await tab.getByLabel('Switch it off').check();
    await tab.getByRole('button', { name: 'Hand out a code' }).click();
    expect(await tab.locator('h1').textContent()).toBe('A code for Hallway Lights');
    const request = (await tab.getByLabel('The request').textContent()) ?? '';
    const { access_token: token } = await tokens(t, paste(request));
    expect((await switchOn(token)).status).toBe(200);

    await tab.getByRole('link', { name: 'Its grant' }).click();
    const [across, down] = [tab.locator('.across'), tab.locator('.down')];
    expect([await across.isVisible(), await down.isVisible()]).toEqual([true, false]);
    await tab.setViewportSize({ width: 390, height: 844 });
    expect([await across.isVisible(), await down.isVisible()]).toEqual([false, true]);
    await tab.getByText('The same as a list').click();
    expect(await tab.locator('.lineage li').count()).toBe(4);

    await tab.getByRole('link', { name: 'Revoke…' }).click();
    expect(await tab.locator('.either').textContent()).toContain('2 live tokens');
    await tab.getByRole('button', { name: 'Revoke it' }).click();
    await tab.getByRole('status').waitFor();
    expect((await switchOn(token)).status).toBe(401);
    expect(complaints).toEqual([]);
    await context.close();
  }, 60_000);

  it('what is still due turns into what is done by itself, with the module and no complaint of the CSP', async () => {
    const key = await proofKey('EdDSA');
    await t.hub.lamp.plug(false);
    const minted = await t.hub.operations.mint({
      client: APP,
      jkt: key.jkt,
      pairingId: PAIRING,
      scopes: DIRECT_SCOPES,
    });
    await tokens(t, keyedClient(t, key, clock.now, PAIRING).token(exchangeForm(APP, minted)));
    const context = await browser.newContext();
    const tab = await context.newPage();
    const complaints: string[] = [];
    tab.on('console', (message) => complaints.push(message.text()));
    tab.on('pageerror', (error) => complaints.push(String(error)));
    await tab.goto(`${t.hub.issuer}/grants/${minted.grant}`);
    await signInTab(tab);
    await tab.getByRole('heading', { name: 'Still due' }).waitFor();
    const accessory = await context.newPage();
    await accessory.goto(`${t.hub.issuer}/accessories/lamp`);
    await accessory.getByRole('heading', { name: 'Still due' }).waitFor();
    await t.hub.lamp.plug(true);
    await vi.waitFor(
      async () => {
        clock.move(1_000);
        expect((await t.hub.operations.timeline(minted.grant)).effects[0]?.state).toBe('done');
      },
      { timeout: 15_000, interval: 50 },
    );
    await tab.getByRole('heading', { name: 'Still due' }).waitFor({ state: 'detached' });
    expect(await tab.locator('.across .owed').count()).toBe(0);
    await accessory.getByRole('heading', { name: 'Still due' }).waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await context.close();
  }, 60_000);
});
