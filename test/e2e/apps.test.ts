/** Trusted Applications on the hub's pages: listed, registered, changed and removed by form. */
// proves: A20
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { change, hiddenOf, register, SECRET, words } from '../support/app-owner.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
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
import { formsOf, PASSWORD, signedIn, type Visitor, visitor } from '../support/visitor.ts';

let t: TestHub;
let ada: Visitor;

beforeAll(async () => {
  t = await startTestHub();
  await t.hub.operations.addUser('ada', PASSWORD);
  ada = await signedIn(t.url, 'ada');
});
afterAll(() => t?.close());
afterEach(() => expect(t.faults).toEqual([]));

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
    const answer = await register(ada, { id: 'hallway', name: 'Hallway', uris, 'included-0': 'on', more: 'a:b  c:d' });
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
    const answer = await register(ada, { id: 'reports', kind, uris: REDIRECT_URI, 'included-0': 'on' });
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
    const page = await register(ada, { ...entered, uris: 'https://app.example/cb#top\r\ncom.half:/cb' });
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
      const refusedPage = await register(ada, fields);
      expect([refusedPage.status, words(refusedPage)]).toEqual([400, expect.stringContaining(why)]);
    }
    const ids = (await t.hub.operations.listApps()).map((app) => app.id);
    expect(ids.filter((id) => /half|blank|without|odd|long/.test(id))).toEqual([]);
  });
});

describe('one application', () => {
  it('gains and loses redirect URIs, byte for byte, and never the last one', async () => {
    await addPublic(t, 'uris');
    const added = await change(ada, 'uris', 'add-uri', { uri: ' com.other:/Back ' });
    expect([added.status, added.location]).toEqual([303, '/apps/uris?done=add-uri#redirect-uris']);
    expect(words(await ada.get('/apps/uris?done=add-uri'))).toContain(
      'Registered. It counts from the next request on.',
    );
    expect((await t.hub.operations.showApp('uris')).redirectUris).toEqual([REDIRECT_URI, 'com.other:/Back']);
    await t.hub.operations.mint({ client: 'uris', redirectUri: 'com.other:/Back' });

    for (const uri of ['com.other:/Back', 'http://app.example/cb', '']) {
      const page = await change(ada, 'uris', 'add-uri', { uri });
      expect(page.status).toBe(400);
      expect(page.html).toContain(`required value="${uri}" aria-invalid="true"`);
    }
    const both = hiddenOf(await ada.get('/apps/uris'), 'remove-uri');
    expect((await change(ada, 'uris', 'remove-uri', { uri: 'com.other:/Back' })).status).toBe(303);
    await expect(t.hub.operations.mint({ client: 'uris', redirectUri: 'com.other:/Back' })).rejects.toThrow(
      'redirect URI',
    );
    const last = await ada.post('/apps/uris', { ...both, uri: REDIRECT_URI });
    expect([last.status, words(last)]).toEqual([400, expect.stringContaining('add another one first')]);
    expect((await t.hub.operations.showApp('uris')).redirectUris).toEqual([REDIRECT_URI]);
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
      const reference = new URL(answer.location ?? 'none:').searchParams.get('error_uri')?.slice(-26);
      return reference === undefined ? 'asked' : ((await t.hub.operations.verdict(`vd_${reference}`)).cause ?? '');
    };
    const both = { 'included-0': 'on', 'enabled-0': 'on', 'included-1': 'on' };
    expect((await ada.get('/apps/switches')).html).toMatch(/scope-0" value="lamp:read".*scope-1" value="lamp:write"/s);
    expect(await why()).toBe('not-included');
    expect((await change(ada, 'switches', 'scopes', both)).status).toBe(303);
    expect(await why()).toBe('disabled');
    expect((await change(ada, 'switches', 'scopes', { ...both, 'enabled-1': 'on', more: 'x:y' })).status).toBe(303);
    expect(await why()).toBe('asked');
    expect((await t.hub.operations.showApp('switches')).scopes).toEqual(
      ['lamp:read', 'lamp:write', 'x:y'].map((name) => ({ name, enabled: true })),
    );
    expect((await change(ada, 'switches', 'scopes', { 'included-0': 'on', 'enabled-0': 'on' })).status).toBe(303);
    const early = await change(ada, 'switches', 'scopes', { 'included-0': 'on', 'enabled-1': 'on' });
    expect([early.status, words(early)]).toEqual([
      400,
      expect.stringContaining('cannot be enabled before it is included'),
    ]);
    expect((await t.hub.operations.showApp('switches')).scopes).toEqual([{ name: 'lamp:read', enabled: true }]);
  });

  it('loses the right to refresh by its grant types, and keeps one at least', async () => {
    await addPublic(t, 'grants');
    const issued = await tokens(t, t.token(exchangeForm('grants', await t.hub.operations.mint({ client: 'grants' }))));
    expect((await change(ada, 'grants', 'grant-types', { authorization_code: 'on' })).status).toBe(303);
    const answer = await refused(t, t.token(refreshForm('grants', issued.refresh_token)));
    expect(answer.why).toBe('grant-type-enabled/disabled');
    expect((await change(ada, 'grants', 'grant-types', {})).status).toBe(400);
    expect((await t.hub.operations.showApp('grants')).grantTypes).toEqual(['authorization_code']);
  });

  it('gets a new secret, shown once, and the old one dies that moment', async () => {
    const old = await addConfidential(t, 'rotated', 'client_secret_basic');
    const page = await change(ada, 'rotated', 'new-secret', {});
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
    expect((await change(ada, 'rotated', 'describe', fields)).status).toBe(303);
    expect(await t.hub.operations.showApp('rotated')).toMatchObject(fields);
    const page = await change(ada, 'rotated', 'describe', { name: ' ', authMethod: 'client_secret_basic' });
    expect([page.status, words(page)]).toEqual([400, expect.stringContaining('Expected an application name')]);
  });

  it('says what an exception costs, switches it on and off, and marks it while it is on', async () => {
    await addPublic(t, 'loose');
    const before = words(await ada.get('/apps/loose'));
    expect(before).toContain('whoever sees a code on its way, in a log or in another app, can use it');
    expect(before).not.toContain('switched on');
    expect((await change(ada, 'loose', 'exceptions', { withoutPkce: 'on', shortCodes: 'on' })).status).toBe(303);
    expect((await t.hub.operations.showApp('loose')).exceptions).toEqual({ withoutPkce: true, shortCodes: true });
    expect(words(await ada.get('/apps/loose'))).toContain('Exception codes without PKCE Exception 16-character codes');
    expect((await change(ada, 'loose', 'exceptions', {})).status).toBe(303);
    expect((await t.hub.operations.showApp('loose')).exceptions).toBeUndefined();
  });

  it('lists its own last refusals, newest first and eight at most, each linked to its page, and leads to all of them', async () => {
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
    expect(references).toEqual(kept.slice(0, 8).map((verdict) => verdict.id.slice(3, 13)));
    expect(html).toContain('href="/?app=refused&amp;range=all"');
  });

  it('is removed only after a page that says what is revoked, and then it is', async () => {
    await addPublic(t, 'leaving');
    const minted = await t.hub.operations.mint({ client: 'leaving' });
    const issued = await tokens(t, t.token(exchangeForm('leaving', minted)));
    const page = await ada.get('/apps/leaving?ask=remove');
    expect(words(page)).toContain('1 grant and 2 live codes and tokens are revoked at once');
    expect((await t.hub.operations.showApp('leaving')).id).toBe('leaving');
    const answer = await change(ada, 'leaving', 'remove', {});
    expect([answer.status, answer.location]).toEqual([303, '/apps?done=remove']);
    expect(words(await ada.get('/apps?done=remove'))).toContain('The application is removed');
    await expect(t.hub.operations.showApp('leaving')).rejects.toThrow('no application has the id');
    expect((await refused(t, t.token(refreshForm('leaving', issued.refresh_token)))).error).toBe('invalid_client');
    expect((await t.hub.operations.grants({ client: 'leaving' })).map((grant) => grant.state)).toEqual(['revoked']);
  });

  it('is reached whatever its id: one that reads like a page of ours, or like a step up', async () => {
    for (const id of ['new', '.', '..', '~._-', 'x'.repeat(100)]) {
      const answer = await register(ada, { id, uris: REDIRECT_URI, 'included-0': 'on' });
      expect(answer.status, id).toBe(303);
      const path = new URL(answer.location ?? '', t.url).pathname;
      expect(words(await ada.get(path))).toContain(`Client ID ${id}`);
      const login = await visitor(t.url).get(path);
      expect(formsOf(login)[0]?.fields['next']).toBe(path);
      expect((await change(ada, id, 'remove', {})).status).toBe(303);
    }
  });
});
