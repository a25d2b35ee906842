/** oauth4webapi, a client nobody here wrote, against the hub; the person sits at a Chromium without JavaScript. */
// proves: A1, A2, A4, A5, A6, A7, A9, A10
import * as oauth from 'oauth4webapi';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, signInTab } from '../support/browser.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { type LoopbackApp, loopbackApp } from '../support/loopback-app.ts';
import { addConfidential, addPublic } from '../support/outside.ts';
import { PASSWORD } from '../support/visitor.ts';

const insecure = { [oauth.allowInsecureRequests]: true } as const;
let t: TestHub;
let browser: Browser;
let app: LoopbackApp;
let as: oauth.AuthorizationServer;

beforeAll(async () => {
  t = await startTestHub();
  app = await loopbackApp();
  browser = await launchBrowser();
  await t.hub.operations.addUser('ada', PASSWORD);
  const issuer = new URL(t.hub.issuer);
  const discovered = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
  as = await oauth.processDiscoveryResponse(issuer, discovered);
});
afterAll(async () => {
  await browser?.close();
  app?.close();
  await t?.close();
});

interface Asked {
  readonly url: URL;
  readonly state: string;
  readonly verifier: string;
}

async function ask(client: string, redirectUri: string, extra: Record<string, string> = {}): Promise<Asked> {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const url = new URL(as.authorization_endpoint ?? '');
  const parameters = {
    response_type: 'code',
    client_id: client,
    redirect_uri: redirectUri,
    scope: 'lamp:read lamp:write',
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...extra,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { url, state, verifier };
}

/** The person: opens the address, signs in, answers. Returns where the hub sends the browser. */
async function decide(url: URL, answer: 'Allow' | 'Don’t allow', arrived?: Promise<URL>): Promise<URL> {
  const context = await browser.newContext({ javaScriptEnabled: false });
  try {
    const tab = await context.newPage();
    const complaints: string[] = [];
    tab.on('console', (message) => complaints.push(message.text()));
    await tab.goto(url.href);
    await signInTab(tab);
    await tab.getByRole('heading', { name: /^Let .* use / }).waitFor();
    const [sent] = await Promise.all([
      tab.waitForResponse((response) => response.request().method() === 'POST' && response.status() === 303),
      tab.getByRole('button', { name: answer, exact: true }).click(),
    ]);
    await arrived;
    expect(complaints.filter((line) => line.includes('Content Security Policy'))).toEqual([]);
    return new URL((await sent.allHeaders())['location'] ?? '');
  } finally {
    await context.close();
  }
}

async function exchange(
  client: oauth.Client,
  auth: oauth.ClientAuth,
  { state, verifier }: Asked,
  back: URL,
  redirectUri: string,
): Promise<oauth.TokenEndpointResponse> {
  const parameters = oauth.validateAuthResponse(as, client, back, state);
  const response = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    auth,
    parameters,
    redirectUri,
    verifier,
    insecure,
  );
  return oauth.processAuthorizationCodeResponse(as, client, response);
}

async function refreshed(
  client: oauth.Client,
  auth: oauth.ClientAuth,
  token: string,
): Promise<oauth.TokenEndpointResponse> {
  const response = await oauth.refreshTokenGrantRequest(as, client, auth, token, insecure);
  return oauth.processRefreshTokenResponse(as, client, response);
}

const readState = (token: string): Promise<Response> =>
  oauth.protectedResourceRequest(token, 'GET', new URL(`${t.hub.issuer}/api/state`), undefined, undefined, insecure);

describe('oauth4webapi with Chromium without JavaScript', () => {
  it('discovers the hub, and every endpoint it names is there', async () => {
    expect(as.issuer).toBe(t.hub.issuer);
    expect(as.token_endpoint).toBe(`${t.hub.issuer}/token`);
    expect(as.authorization_response_iss_parameter_supported).toBe(true);
    expect(as.code_challenge_methods_supported).toEqual(['S256']);
    expect((await fetch(as.token_endpoint ?? '', { method: 'POST' })).status).toBe(400);
    expect((await fetch(as.authorization_endpoint ?? '')).status).toBe(400);
  });

  it('takes a public native app from sign-in and consent to a loopback port, tokens, the API and a refresh', async () => {
    await addPublic(t, 'my_app_123', { redirectUris: ['http://127.0.0.1/cb', 'com.myapp:/callback'] });
    const client: oauth.Client = { client_id: 'my_app_123' };
    const asked = await ask('my_app_123', app.redirectUri);
    await decide(asked.url, 'Allow', app.arrived);
    const back = await app.arrived;
    expect(back.searchParams.get('iss')).toBe(t.hub.issuer);
    const issued = await exchange(client, oauth.None(), asked, back, app.redirectUri);
    expect(issued).toMatchObject({ token_type: 'bearer', expires_in: 3_600, scope: 'lamp:read lamp:write' });
    expect((await readState(issued.access_token)).status).toBe(200);
    const next = await refreshed(client, oauth.None(), issued.refresh_token ?? '');
    expect((await readState(next.access_token)).status).toBe(200);

    const [grant] = await t.hub.operations.grants({ client: 'my_app_123' });
    const { verdicts } = await t.hub.operations.timeline(grant?.id ?? '');
    expect(grant?.by).toBe('ada');
    expect(verdicts.map((verdict) => verdict.action)).toEqual(['authorize', 'token', 'resource', 'token', 'resource']);
    expect(verdicts.every((verdict) => verdict.ok)).toBe(true);
  });

  it('sends the answer to com.myapp:/callback, the private-use scheme with one slash', async () => {
    const asked = await ask('my_app_123', 'com.myapp:/callback');
    const back = await decide(asked.url, 'Allow');
    expect(back.href).toMatch(/^com\.myapp:\/callback\?code=/);
    const client: oauth.Client = { client_id: 'my_app_123' };
    const issued = await exchange(client, oauth.None(), asked, back, 'com.myapp:/callback');
    expect((await readState(issued.access_token)).status).toBe(200);
  });

  it('tells the app access_denied when the person does not allow it', async () => {
    const asked = await ask('my_app_123', 'com.myapp:/callback');
    const back = await decide(asked.url, 'Don’t allow');
    const client: oauth.Client = { client_id: 'my_app_123' };
    expect(() => oauth.validateAuthResponse(as, client, back, asked.state)).toThrow(oauth.AuthorizationResponseError);
    expect(back.searchParams.get('error')).toBe('access_denied');
    expect(back.searchParams.get('code')).toBeNull();
  });

  it('takes confidential apps by client_secret_basic and client_secret_post', async () => {
    for (const [id, method, auth] of [
      ['basic_app', 'client_secret_basic', oauth.ClientSecretBasic],
      ['post_app', 'client_secret_post', oauth.ClientSecretPost],
    ] as const) {
      const secret = await addConfidential(t, id, method);
      const client: oauth.Client = { client_id: id };
      const asked = await ask(id, 'com.myapp:/callback');
      const back = await decide(asked.url, 'Allow');
      const issued = await exchange(client, auth(secret), asked, back, 'com.myapp:/callback');
      expect((await readState(issued.access_token)).status).toBe(200);
      const next = await refreshed(client, auth(secret), issued.refresh_token ?? '');
      expect((await readState(next.access_token)).status).toBe(200);
    }
  });

  it("would notice a foreign issuer's answer, and another state", async () => {
    const asked = await ask('my_app_123', 'com.myapp:/callback');
    const back = await decide(asked.url, 'Allow');
    const client: oauth.Client = { client_id: 'my_app_123' };
    const foreign = new URL(back);
    foreign.searchParams.set('iss', 'https://evil.example');
    expect(() => oauth.validateAuthResponse(as, client, foreign, asked.state)).toThrow(/iss/);
    expect(() => oauth.validateAuthResponse(as, client, back, 'another-state')).toThrow(/state/);
  });
});
