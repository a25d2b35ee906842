/** Trusted Applications from end to end: one registry for pages and command line, and a developer's way in a real Chromium. */
// proves: A20
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hiddenOf, SECRET, words } from '../support/app-owner.ts';
import { launchBrowser, signInTab } from '../support/browser.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { type HubProcess, startHubProcess } from '../support/hub-process.ts';
import { type LoopbackApp, loopbackApp } from '../support/loopback-app.ts';
import { REDIRECT_URI, tokens } from '../support/outside.ts';
import { PASSWORD, signIn, visitor } from '../support/visitor.ts';

let t: TestHub;
beforeAll(async () => {
  t = await startTestHub();
  await t.hub.operations.addUser('ada', PASSWORD);
});
afterAll(() => t?.close());

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
    await signInTab(tab);
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
