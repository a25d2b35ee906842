/** Trusted Applications on the hub's pages: listed, registered, changed and removed by form, by their owners alone. */
// proves: A20
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { appPath } from '../../src/server/pages/app-fields.ts';
import { launchBrowser } from '../support/browser.ts';
import { HOSTILE } from '../support/hostile.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { type HubProcess, startHubProcess } from '../support/hub-process.ts';
import { type LoopbackApp, loopbackApp } from '../support/loopback-app.ts';
import {
  addConfidential,
  addPublic,
  basic,
  exchangeForm,
  otherVerifier,
  REDIRECT_URI,
  refreshForm,
  refused,
  tokens,
} from '../support/outside.ts';
import { formsOf, type Page, signIn, type Visitor, visitor } from '../support/visitor.ts';

const PASSWORD = 'three random words';
let t: TestHub;
let ada: Visitor;

beforeAll(async () => {
  t = await startTestHub();
  await t.hub.operations.addUser('ada', PASSWORD);
  await t.hub.operations.addUser('bob', PASSWORD);
  ada = await signedIn('ada');
});
afterAll(() => t?.close());
afterEach(() => expect(t.faults).toEqual([]));

async function signedIn(name: string): Promise<Visitor> {
  const person = visitor(t.url);
  await signIn(person, await person.get('/login'), name, PASSWORD);
  return person;
}

type Fields = Readonly<Record<string, string>>;

/** What a form of a page sends unless something is typed or ticked: its hidden fields, without any box. */
function hiddenOf(page: Page, does: string): Fields {
  const form = formsOf(page).find((one) => (one.fields['do'] ?? one.action) === does);
  if (!form) throw new Error(`expected a form that does ${does}, got a page with status ${page.status}`);
  const { csrf = '' } = form.fields;
  const rows = Object.entries(form.fields).filter(([name]) => /^scope-\d+$/.test(name));
  return { csrf, ...(does !== form.action && { do: does }), ...Object.fromEntries(rows) };
}

/** Opens an application's page and sends one of its forms. */
async function change(id: string, does: string, fields: Fields, who: Visitor = ada): Promise<Page> {
  const page = await who.get(does === 'remove' ? `${appPath(id)}?ask=remove` : appPath(id));
  return who.post(appPath(id), { ...hiddenOf(page, does), ...fields });
}

async function register(fields: Fields, who: Visitor = ada): Promise<Page> {
  return who.post('/apps/new', { ...hiddenOf(await who.get('/apps/new'), '/apps/new'), kind: 'public', ...fields });
}

const words = ({ html }: Page): string =>
  html
    .replace(/<style>[\s\S]*<\/style>/, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
const SECRET = /cfs_[\w-]{43}/;

describe('the list of Trusted Applications', () => {
  it('says clearly that there is none, and how to register the first', async () => {
    const page = await ada.get('/apps');
    expect(words(page)).toContain('None is registered');
    expect(page.html).toContain('href="/apps/new"');
  });

  it('is one step from the front page, and from every page of who is signed in', async () => {
    for (const path of ['/', '/r/0000000000', '/apps/new']) {
      expect((await ada.get(path)).html, path).toContain('href="/apps"');
    }
    expect((await visitor(t.url).get('/')).html).not.toContain('/apps');
  });

  it('shows client id, kind, redirect URIs, both switches of each scope, and exceptions as such', async () => {
    await addPublic(t, 'listed_public', { name: 'Hall', disabledScopes: ['lamp:write'], withoutPkce: true });
    await addConfidential(t, 'listed_server');
    const list = words(await ada.get('/apps'));
    for (const fact of [
      'Hall listed_public Public: keeps no secret Exception: codes without PKCE',
      'listed_server Confidential: keeps a secret Redirect URIs com.myapp:/callback',
      'lamp:read included, enabled lamp:write included, not enabled',
    ]) {
      expect(list).toContain(fact);
    }
  });
});

describe('registering on a page', () => {
  it('takes a public application that can exchange a code at once', async () => {
    const uris = `${REDIRECT_URI}\r\n\r\n  https://app.example/cb \r\n`;
    const answer = await register({ id: 'hallway', name: 'Hallway', uris, 'included-0': 'on', more: 'a:b  c:d' });
    expect([answer.status, answer.location]).toEqual([303, '/apps/hallway']);
    expect(await t.hub.operations.showApp('hallway')).toMatchObject({
      name: 'Hallway',
      type: 'public',
      redirectUris: [REDIRECT_URI, 'https://app.example/cb'],
      scopes: ['lamp:read', 'a:b', 'c:d'].map((name) => ({ name, enabled: true })),
    });
    const minted = await t.hub.operations.mint({ client: 'hallway' });
    await tokens(t, t.token(exchangeForm('hallway', minted)));
  });

  it('shows the secret of a confidential application once, uncached, and it is the one that counts', async () => {
    const kind = 'client_secret_basic';
    const answer = await register({ id: 'reports', kind, uris: REDIRECT_URI, 'included-0': 'on' });
    const secret = SECRET.exec(answer.html)?.[0] ?? '';
    expect([answer.status, answer.headers.get('cache-control'), secret.length]).toEqual([200, 'no-store', 47]);
    for (const path of ['/apps', '/apps/reports', '/apps/new', '/'])
      expect((await ada.get(path)).html).not.toMatch(SECRET);
    const minted = await t.hub.operations.mint({ client: 'reports' });
    await tokens(t, t.token(exchangeForm('reports', minted), basic('reports', secret)));
  });

  it('says why it does not take a form, and keeps what was entered', async () => {
    const entered = {
      id: 'half_done',
      name: 'Half & <Done>',
      more: 'x:y',
      'included-1': 'on',
      kind: 'client_secret_post',
    };
    const page = await register({ ...entered, uris: 'https://app.example/cb#top\r\ncom.half:/cb' });
    expect(page.status).toBe(400);
    expect(words(page)).toContain('contains a fragment');
    expect(page.html).toContain('Half &amp; &lt;Done&gt;');
    expect(page.html).toContain('https://app.example/cb#top\ncom.half:/cb</textarea>');
    for (const kept of [
      'value="half_done"',
      'value="x:y"',
      'name="included-1" checked',
      'value="client_secret_post" required checked',
    ]) {
      expect(page.html).toContain(kept);
    }
    for (const [fields, why] of [
      [{ id: 'hallway', uris: REDIRECT_URI }, 'is registered already'],
      [{ id: 'with blank', uris: REDIRECT_URI }, 'Expected a client id'],
      [{ id: 'without_uri', uris: ' \r\n ' }, 'Expected at least one redirect URI'],
      [{ id: 'odd_scope', uris: REDIRECT_URI, more: 'sc"ope' }, 'is no scope'],
      [{ id: 'odd_kind', uris: REDIRECT_URI, kind: 'private_key_jwt' }, 'Expected a kind of application'],
      [{ id: 'long', uris: 'x'.repeat(16_385) }, 'The form cannot be read'],
    ] as const) {
      const refusedPage = await register(fields);
      expect([refusedPage.status, words(refusedPage)]).toEqual([400, expect.stringContaining(why)]);
    }
    const ids = (await t.hub.operations.listApps()).map((app) => app.id);
    expect(ids.filter((id) => /half|blank|without|odd|long/.test(id))).toEqual([]);
  });
});

describe('one application', () => {
  it('gains and loses redirect URIs, byte for byte, and never the last one', async () => {
    await addPublic(t, 'uris');
    const added = await change('uris', 'add-uri', { uri: ' com.other:/Back ' });
    expect([added.status, added.location]).toEqual([303, '/apps/uris?done=add-uri#redirect-uris']);
    expect(words(await ada.get('/apps/uris?done=add-uri'))).toContain(
      'Registered. It counts from the next request on.',
    );
    expect((await t.hub.operations.showApp('uris')).redirectUris).toEqual([REDIRECT_URI, 'com.other:/Back']);
    await t.hub.operations.mint({ client: 'uris', redirectUri: 'com.other:/Back' });

    for (const uri of ['com.other:/Back', 'http://app.example/cb', '']) {
      const page = await change('uris', 'add-uri', { uri });
      expect(page.status).toBe(400);
      expect(page.html).toContain(`required value="${uri}" aria-invalid="true"`);
    }
    expect((await change('uris', 'remove-uri', { uri: 'com.other:/Back' })).status).toBe(303);
    await expect(t.hub.operations.mint({ client: 'uris', redirectUri: 'com.other:/Back' })).rejects.toThrow(
      'redirect URI',
    );
    const csrf = formsOf(await ada.get('/apps/hallway')).find((form) => form.fields['do'] === 'remove-uri')?.fields[
      'csrf'
    ];
    expect(csrf).toBeDefined();
    expect((await ada.get('/apps/uris')).html).not.toContain('value="remove-uri"');
  });

  it('has two switches per scope, and each is a cause of its own', async () => {
    await addPublic(t, 'switches', { scopes: ['lamp:read'] });
    const why = async (): Promise<string> => {
      const query = { response_type: 'code', client_id: 'switches', redirect_uri: REDIRECT_URI, scope: 'lamp:write' };
      const challenge = {
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
      };
      const answer = await visitor(t.url).get(`/authorize?${new URLSearchParams({ ...query, ...challenge })}`);
      const reference = new URL(answer.location ?? 'none:').searchParams.get('error_uri')?.slice(-10);
      return reference === undefined ? 'asked' : ((await t.hub.operations.verdict(`vd_${reference}`)).cause ?? '');
    };
    const both = { 'included-0': 'on', 'enabled-0': 'on', 'included-1': 'on' };
    expect((await ada.get('/apps/switches')).html).toMatch(/scope-0" value="lamp:read".*scope-1" value="lamp:write"/s);
    expect(await why()).toBe('not-included');
    expect((await change('switches', 'scopes', both)).status).toBe(303);
    expect(await why()).toBe('disabled');
    expect((await change('switches', 'scopes', { ...both, 'enabled-1': 'on', more: 'x:y' })).status).toBe(303);
    expect(await why()).toBe('asked');
    expect((await t.hub.operations.showApp('switches')).scopes).toEqual(
      ['lamp:read', 'lamp:write', 'x:y'].map((name) => ({ name, enabled: true })),
    );
    expect((await change('switches', 'scopes', { 'included-0': 'on', 'enabled-0': 'on' })).status).toBe(303);
    const early = await change('switches', 'scopes', { 'included-0': 'on', 'enabled-1': 'on' });
    expect([early.status, words(early)]).toEqual([
      400,
      expect.stringContaining('cannot be enabled before it is included'),
    ]);
    expect((await t.hub.operations.showApp('switches')).scopes).toEqual([{ name: 'lamp:read', enabled: true }]);
  });

  it('loses the right to refresh by its grant types, and keeps one at least', async () => {
    await addPublic(t, 'grants');
    const issued = await tokens(t, t.token(exchangeForm('grants', await t.hub.operations.mint({ client: 'grants' }))));
    expect((await change('grants', 'grant-types', { authorization_code: 'on' })).status).toBe(303);
    const answer = await refused(t, t.token(refreshForm('grants', issued.refresh_token)));
    expect(answer.why).toBe('grant-type-enabled/disabled');
    expect((await change('grants', 'grant-types', {})).status).toBe(400);
    expect((await t.hub.operations.showApp('grants')).grantTypes).toEqual(['authorization_code']);
  });

  it('gets a new secret, shown once, and the old one dies that moment', async () => {
    const old = await addConfidential(t, 'rotated', 'client_secret_basic');
    const page = await change('rotated', 'new-secret', {});
    const fresh = SECRET.exec(page.html)?.[0] ?? '';
    expect([page.status, page.headers.get('cache-control'), fresh === old]).toEqual([200, 'no-store', false]);
    const form = async (): Promise<Record<string, string>> =>
      exchangeForm('rotated', await t.hub.operations.mint({ client: 'rotated' }));
    expect((await refused(t, t.token(await form(), basic('rotated', old)))).why).toMatch(/^client-secret\//);
    await tokens(t, t.token(await form(), basic('rotated', fresh)));
    expect((await ada.get('/apps/rotated')).html).not.toMatch(SECRET);
    expect((await ada.get('/apps/uris')).html).not.toContain('value="new-secret"');
  });

  it('is renamed, and told how to send its secret', async () => {
    const fields = { name: 'Renamed', authMethod: 'client_secret_post' };
    expect((await change('rotated', 'describe', fields)).status).toBe(303);
    expect(await t.hub.operations.showApp('rotated')).toMatchObject(fields);
    const page = await change('rotated', 'describe', { name: ' ', authMethod: 'client_secret_basic' });
    expect([page.status, words(page)]).toEqual([400, expect.stringContaining('Expected an application name')]);
  });

  it('says what an exception costs, switches it on and off, and marks it while it is on', async () => {
    await addPublic(t, 'loose');
    const before = words(await ada.get('/apps/loose'));
    expect(before).toContain('whoever sees a code on its way, in a log or in another app, can use it');
    expect(before).not.toContain('switched on');
    expect((await change('loose', 'exceptions', { withoutPkce: 'on', shortCodes: 'on' })).status).toBe(303);
    expect((await t.hub.operations.showApp('loose')).exceptions).toEqual({ withoutPkce: true, shortCodes: true });
    expect(words(await ada.get('/apps/loose'))).toContain('Exception codes without PKCE Exception 16-character codes');
    expect((await change('loose', 'exceptions', {})).status).toBe(303);
    expect((await t.hub.operations.showApp('loose')).exceptions).toBeUndefined();
  });

  it('lists its own last refusals, newest first and twenty at most, each linked to its page', async () => {
    await addPublic(t, 'refused');
    for (const client of [...Array.from({ length: 22 }, () => 'refused'), 'loose']) {
      const form = exchangeForm(client, await t.hub.operations.mint({ client }));
      await t.token({ ...form, code_verifier: otherVerifier() });
    }
    const { html } = await ada.get('/apps/refused');
    const references = [...html.matchAll(/href="\/r\/(\w+)"/g)].map(([, reference]) => reference ?? '');
    const kept = (await t.hub.operations.verdicts({ client: 'refused', limit: 1_000 })).filter(
      (verdict) => !verdict.ok,
    );
    expect(kept).toHaveLength(22);
    expect(references).toEqual(kept.slice(0, 20).map((verdict) => verdict.id.slice(3, 13)));
  });

  it('is removed only after a page that says what is revoked, and then it is', async () => {
    await addPublic(t, 'leaving');
    const minted = await t.hub.operations.mint({ client: 'leaving' });
    const issued = await tokens(t, t.token(exchangeForm('leaving', minted)));
    const page = await ada.get('/apps/leaving?ask=remove');
    expect(words(page)).toContain('1 grant and 2 live codes and tokens are revoked at once');
    expect((await t.hub.operations.showApp('leaving')).id).toBe('leaving');
    const answer = await change('leaving', 'remove', {});
    expect([answer.status, answer.location]).toEqual([303, '/apps?done=remove']);
    expect(words(await ada.get('/apps?done=remove'))).toContain('The application is removed');
    await expect(t.hub.operations.showApp('leaving')).rejects.toThrow('no application has the id');
    expect((await refused(t, t.token(refreshForm('leaving', issued.refresh_token)))).error).toBe('invalid_client');
    expect((await t.hub.operations.grants({ client: 'leaving' })).map((grant) => grant.state)).toEqual(['revoked']);
  });

  it('is reached whatever its id: one that reads like a page of ours, or like a step up', async () => {
    for (const id of ['new', '.', '..', '~._-', 'x'.repeat(100)]) {
      const answer = await register({ id, uris: REDIRECT_URI, 'included-0': 'on' });
      expect(answer.status, id).toBe(303);
      const path = new URL(answer.location ?? '', t.url).pathname;
      expect(words(await ada.get(path))).toContain(`Client ID ${id}`);
      const login = await visitor(t.url).get(path);
      expect(formsOf(login)[0]?.fields['next']).toBe(path);
      expect((await change(id, 'remove', {})).status).toBe(303);
    }
  });
});

describe('who may', () => {
  it('is asked to sign in first, and then led back', async () => {
    for (const path of ['/apps', '/apps/new', '/apps/hallway']) {
      const person = visitor(t.url);
      const login = await person.get(path);
      expect(words(login)).not.toContain('Hallway');
      const page = await signIn(person, login, 'bob', PASSWORD);
      expect([page.status, page.html.includes('Signed in as')], path).toEqual([200, true]);
      expect(page.html, path).toContain(path === '/apps/new' ? 'Register an application' : 'Hallway');
    }
  });

  it('leads back to pages of this hub alone', async () => {
    const out = [
      '/apps//evil.example',
      '/apps/..',
      '/apps/.',
      '/apps/a/b',
      '/apps?x=//evil',
      '/apps/\\evil',
      '/apps/%2f%2fevil',
    ];
    for (const next of [...out, '/appsx', '/apps/', '/apps/a b', `/apps/${'a'.repeat(101)}`, '/apps/a\r\nx: y']) {
      const login = await visitor(t.url).get(`/login?next=${encodeURIComponent(next)}`);
      expect(formsOf(login)[0]?.fields['next'], next).toBe('/');
    }
  });

  it('shows strangers the same bytes whether there is such an application or not', async () => {
    const read = async (id: string): Promise<string> => {
      const page = await visitor(t.url).get(`/apps/${id}`);
      return page.html.replaceAll(id, 'ID').replaceAll(/name="csrf" value="[^"]*"/g, '');
    };
    expect(await read('hallway')).toBe(await read('nowhere'));
  });

  it('needs the form itself: a forged one changes nothing', async () => {
    await addPublic(t, 'forged');
    await addPublic(t, 'sibling');
    const before = await t.hub.operations.showApp('forged');
    const own = hiddenOf(await ada.get('/apps/forged'), 'add-uri');
    const other = hiddenOf(await ada.get('/apps/forged'), 'scopes')['csrf'] ?? '';
    const sibling = hiddenOf(await ada.get('/apps/sibling'), 'add-uri')['csrf'] ?? '';
    const asked = hiddenOf(await ada.get('/apps/forged?ask=remove'), 'remove');
    const bob = await signedIn('bob');
    const uri = 'https://evil.example/cb';
    for (const [who, fields] of [
      [ada, { do: 'add-uri', uri }],
      [ada, { ...own, uri, csrf: '' }],
      [ada, { ...own, uri, csrf: other }],
      [ada, { ...own, uri, csrf: sibling }],
      [ada, { ...own, uri, do: 'nothing' }],
      [ada, { ...own, do: 'remove' }],
      [bob, { ...own, uri }],
      [bob, { ...asked }],
      [visitor(t.url), { ...own, uri }],
    ] as const) {
      const answer = await who.post('/apps/forged', fields);
      expect([answer.status, answer.html.includes(uri)]).toEqual([403, false]);
    }
    for (const who of [ada, bob, visitor(t.url)]) {
      const answer = await who.post('/apps/new', { csrf: own['csrf'] ?? '', id: 'evil', kind: 'public', uris: uri });
      expect(answer.status).toBe(403);
    }
    expect(await t.hub.operations.showApp('forged')).toEqual(before);
    expect((await t.hub.operations.listApps()).some((app) => app.id === 'evil')).toBe(false);
    expect((await ada.post('/apps/forged', { ...own, uri })).status).toBe(303);
  });

  it('changes nothing by looking', async () => {
    const before = await t.hub.operations.listApps();
    const query = 'do=remove&uri=https://evil.example/cb&ask=remove&done=remove';
    for (const path of ['/apps', '/apps/new', '/apps/hallway'])
      expect((await ada.get(`${path}?${query}`)).status).toBe(200);
    expect(await t.hub.operations.listApps()).toEqual(before);
  });

  it('finds nothing where nothing is', async () => {
    for (const path of [
      '/apps/nowhere',
      '/apps/',
      '/apps/%',
      '/apps/%25',
      '/apps/%ff',
      '/apps/hallway%00',
      '/apps/Hallway',
    ]) {
      expect((await ada.get(path)).status, path).toBe(404);
      expect((await ada.post(path, { do: 'remove' })).status, path).toBe(404);
    }
    expect((await ada.get('/apps/nowhere?ask=remove')).status).toBe(404);
    expect((await ada.post('/apps', {})).status).toBe(405);
    expect((await ada.post('/apps/new', { uris: 'x'.repeat(70_000) })).status).toBe(413);
  });
});

/** Tags and attributes that no page of ours has; whatever stands in quotes is a value, and values are escaped. */
function foreignMarkup(html: string): string[] {
  const tags = [...html.matchAll(/<[a-z!/][^>]*>/gi)].map(([tag]) => tag.replaceAll(/"[^"]*"/g, ''));
  const foreign = /^<\/?(?:script|img|iframe|base|object|embed)|\s(?:on[a-z]+|style|srcdoc|http-equiv)\b|['`]/i;
  return tags.filter((tag) => foreign.test(tag));
}

describe('hostile text', () => {
  it('in any field of any form is shown as text, or not at all', async () => {
    await addConfidential(t, 'hostile');
    for (const text of HOSTILE.map((one) => one.toWellFormed())) {
      const pages = [
        await register({ id: text, name: text, uris: text, more: text, 'scope-0': text, 'included-0': 'on' }),
      ];
      for (const fields of [
        { name: text, authMethod: text },
        { uri: text },
        { more: text },
        { 'scope-0': text, 'included-0': 'on', 'enabled-0': 'on' },
        { authorization_code: text },
      ]) {
        for (const does of ['describe', 'add-uri', 'scopes', 'grant-types'])
          pages.push(await change('hostile', does, fields));
      }
      pages.push(await ada.get('/apps'), await ada.get('/apps/hostile'), await ada.get('/apps/hostile?ask=remove'));
      pages.push(await ada.get(`/apps/hostile?done=${encodeURIComponent(text)}`));
      for (const { status, html, headers } of pages) {
        expect([200, 303, 400]).toContain(status);
        expect(foreignMarkup(html), text).toEqual([]);
        expect(headers.get('set-cookie')).toBeNull();
      }
    }
  }, 60_000);
});

describe('the same registry everywhere', () => {
  let hub: HubProcess;
  beforeAll(async () => {
    hub = await startHubProcess();
    hub.cli(['user', 'add', 'ada', '--password-stdin'], `${PASSWORD}\n`);
  });
  afterAll(async () => {
    await hub?.stop();
    hub?.remove();
  });

  it('shows on a page what the command line registered, and tells the command line what a page did; no secret is kept', async () => {
    const person = visitor(hub.issuer);
    await signIn(person, await person.get('/login'), 'ada', PASSWORD);
    const form = hiddenOf(await person.get('/apps/new'), '/apps/new');
    const fields = { ...form, id: 'server_app', kind: 'client_secret_post', uris: REDIRECT_URI, 'included-0': 'on' };
    const secrets = [SECRET.exec((await person.post('/apps/new', fields)).html)?.[0]];
    hub.cli(['app', 'edit', 'server_app', '--redirect-uri', 'com.cli:/cb']);
    const page = await person.get('/apps/server_app');
    expect(words(page)).toContain('com.cli:/cb');
    const rotated = await person.post('/apps/server_app', hiddenOf(page, 'new-secret'));
    secrets.push(SECRET.exec(rotated.html)?.[0]);
    const shown = hub.cli<{ id: string; type: string; hasSecret: boolean }>(['app', 'show', 'server_app']);
    expect(shown).toMatchObject({ id: 'server_app', type: 'confidential', hasSecret: true });

    const places = [...hub.files().values(), Buffer.from(hub.printed())];
    expect(places.some((bytes) => bytes.includes('server_app'))).toBe(true);
    for (const secret of secrets) {
      expect(secret).toHaveLength(47);
      expect(places.some((bytes) => bytes.includes(secret ?? ''))).toBe(false);
    }
  });
});

describe('in a browser without JavaScript', () => {
  let browser: Browser;
  let app: LoopbackApp;
  beforeAll(async () => {
    [browser, app] = await Promise.all([launchBrowser(), loopbackApp()]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    app?.close();
  });

  it('a developer registers an app, is refused for an unregistered redirect URI, follows the verdict to the app, adds it, and gets tokens', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const tab = await context.newPage();
    const complaints: string[] = [];
    tab.on('console', (message) => complaints.push(message.text()));
    const [first, second] = [app.redirectUri, app.redirectUri.replace('127.0.0.1', 'localhost')];
    const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    const authorize = async (redirectUri: string): Promise<Record<string, string>> => {
      const query = { response_type: 'code', client_id: 'journey', redirect_uri: redirectUri, scope: 'lamp:read' };
      const pkce = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' };
      await tab.goto(`${t.hub.issuer}/authorize?${new URLSearchParams({ ...query, ...pkce })}`);
      await tab.getByRole('button', { name: 'Allow', exact: true }).click();
      await tab.getByRole('heading', { name: 'You can close this window' }).waitFor();
      const code = new URL(tab.url()).searchParams.get('code') ?? '';
      return {
        grant_type: 'authorization_code',
        code,
        client_id: 'journey',
        redirect_uri: redirectUri,
        code_verifier: verifier,
      };
    };

    await tab.goto(`${t.hub.issuer}/apps/new`);
    await tab.getByLabel('User name').fill('ada');
    await tab.getByLabel('Password').fill(PASSWORD);
    await tab.getByRole('button', { name: 'Sign in' }).click();
    await tab.getByLabel('Client ID').fill('journey');
    await tab.getByLabel('Name', { exact: true }).fill('Journey');
    await tab.getByLabel('No: a public app').check();
    await tab.getByLabel('Redirect URIs').fill(first);
    await tab.getByLabel('included lamp:read').check();
    await tab.getByRole('button', { name: 'Register' }).click();
    expect(await tab.locator('h1').textContent()).toBe('Journey');

    const wrong = await t.token({ ...(await authorize(first)), redirect_uri: second });
    const { error, error_uri: reference } = (await wrong.json()) as { error: string; error_uri: string };
    expect([wrong.status, error]).toEqual([400, 'invalid_grant']);
    await tab.goto(reference);
    await tab.getByRole('link', { name: 'Settings of Journey' }).click();
    expect(new URL(tab.url()).pathname).toBe('/apps/journey');
    await tab.getByLabel('Add a redirect URI').fill(second);
    await tab.getByRole('button', { name: 'Add', exact: true }).click();
    expect(await tab.getByRole('status').textContent()).toContain('Registered');
    expect(new URL(tab.url()).hash).toBe('#redirect-uris');

    await tokens(t, t.token(await authorize(second)));
    expect(complaints).toEqual([]);
    await context.close();
  }, 60_000);
});
