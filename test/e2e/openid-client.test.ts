/** openid-client, with its own DPoP and nonce handling, against the hub; the person walks the forms without a browser. */
// proves: A1, A2, A4, A5, A10, C6
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { addConfidential, addPublic, callApi } from '../support/outside.ts';
import { formsOf, PASSWORD, signIn, visitor } from '../support/visitor.ts';

const REDIRECT = 'com.myapp:/callback';
const SCOPE = 'lamp:read lamp:write';
let t: TestHub;

beforeAll(async () => {
  t = await startTestHub();
  await t.hub.operations.addUser('ada', PASSWORD);
});
afterAll(() => t.close());

function discover(id: string, auth: client.ClientAuth): Promise<client.Configuration> {
  return client.discovery(new URL(t.hub.issuer), id, undefined, auth, {
    algorithm: 'oauth2',
    execute: [client.allowInsecureRequests],
  });
}

/** Signs in and allows; answers where the browser is sent. */
async function allow(url: URL): Promise<URL> {
  const person = visitor(t.url);
  const login = await person.get(url.pathname + url.search);
  const consent = await signIn(person, login, 'ada', PASSWORD);
  expect(formsOf(consent).map((form) => form.action)).toContain('/authorize');
  const { status, location } = await person.submit(consent, '/authorize', { decision: 'allow' });
  expect(status).toBe(303);
  return new URL(location ?? '');
}

interface Walk {
  readonly back: URL;
  readonly checks: client.AuthorizationCodeGrantChecks;
}

async function walk(
  config: client.Configuration,
  redirectUri = REDIRECT,
  extra: Record<string, string> = {},
): Promise<Walk> {
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: SCOPE,
    state,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...extra,
  });
  return { back: await allow(url), checks: { pkceCodeVerifier: verifier, expectedState: state } };
}

describe('openid-client with forms and cookies', () => {
  it('takes a public app with DPoP through nonce, exchange, API and refresh', async () => {
    await addPublic(t, 'dpop_app');
    const config = await discover('dpop_app', client.None());
    const keys = await client.randomDPoPKeyPair('Ed25519');
    const DPoP = client.getDPoPHandle(config, keys);
    const { back, checks } = await walk(config, REDIRECT, { dpop_jkt: await DPoP.calculateThumbprint() });
    expect(back.protocol).toBe('com.myapp:');
    const issued = await client.authorizationCodeGrant(config, back, checks, undefined, { DPoP });
    expect(issued.token_type).toBe('dpop');
    const state = new URL(`${t.hub.issuer}/api/state`);
    const read = (token: string) =>
      client.fetchProtectedResource(config, token, state, 'GET', undefined, undefined, { DPoP });
    expect((await read(issued.access_token)).status).toBe(200);
    const next = await client.refreshTokenGrant(config, issued.refresh_token ?? '', undefined, { DPoP });
    expect((await read(next.access_token)).status).toBe(200);
    expect((await callApi(t, next.access_token)).status).toBe(401);
  });

  it('refuses the code, and the refresh token, under another DPoP key', async () => {
    const config = await discover('dpop_app', client.None());
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
    const thief = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
    const { back, checks } = await walk(config, REDIRECT, { dpop_jkt: await DPoP.calculateThumbprint() });
    const stolen = client.authorizationCodeGrant(config, back, checks, undefined, { DPoP: thief });
    await expect(stolen).rejects.toMatchObject({ error: 'invalid_grant', status: 400 });
    const issued = await client.authorizationCodeGrant(config, back, checks, undefined, { DPoP });
    const stale = client.refreshTokenGrant(config, issued.refresh_token ?? '', undefined, { DPoP: thief });
    await expect(stale).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('takes confidential apps by client_secret_basic and client_secret_post, with DPoP too', async () => {
    for (const [id, method, auth] of [
      ['basic_app', 'client_secret_basic', client.ClientSecretBasic],
      ['post_app', 'client_secret_post', client.ClientSecretPost],
    ] as const) {
      const config = await discover(id, auth(await addConfidential(t, id, method)));
      const { back, checks } = await walk(config);
      const issued = await client.authorizationCodeGrant(config, back, checks);
      const next = await client.refreshTokenGrant(config, issued.refresh_token ?? '');
      expect((await callApi(t, next.access_token)).status).toBe(200);

      const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
      const second = await walk(config);
      const bound = await client.authorizationCodeGrant(config, second.back, second.checks, undefined, { DPoP });
      expect(bound.token_type).toBe('dpop');
    }
  });

  it('takes a loopback redirect on any port, and no other host or path', async () => {
    await addPublic(t, 'cli_app', { redirectUris: ['http://127.0.0.1/cb', 'http://[::1]/cb'] });
    const config = await discover('cli_app', client.None());
    for (const uri of ['http://127.0.0.1:49152/cb', 'http://127.0.0.1/cb', 'http://[::1]:1/cb']) {
      const { back, checks } = await walk(config, uri);
      expect(back.href.startsWith(`${uri}?code=`)).toBe(true);
      await client.authorizationCodeGrant(config, back, checks);
    }
    const others = ['http://127.0.0.1:1/CB', 'http://127.0.0.2:1/cb', 'http://localhost:1/cb', 'https://127.0.0.1/cb'];
    for (const uri of [...others, 'http://127.0.0.1:1@evil.example/cb', 'http://127.0.0.1:99999999/cb']) {
      const url = client.buildAuthorizationUrl(config, { redirect_uri: uri, scope: SCOPE, state: 's' });
      const page = await visitor(t.url).get(url.pathname + url.search);
      expect([page.status, page.location], uri).toEqual([400, undefined]);
    }
  });

  it('validates iss and state: a mixed-up answer is not exchanged', async () => {
    const config = await discover('dpop_app', client.None());
    const { back, checks } = await walk(config);
    const mixed = new URL(back);
    mixed.searchParams.set('iss', 'https://evil.example');
    await expect(client.authorizationCodeGrant(config, mixed, checks)).rejects.toThrow();
    const other = { ...checks, expectedState: 'another' };
    await expect(client.authorizationCodeGrant(config, back, other)).rejects.toThrow();
    const issued = await client.authorizationCodeGrant(config, back, checks);
    expect(issued.token_type).toBe('bearer');
  });

  it('hears invalid_grant and a reference when the code comes a second time', async () => {
    const config = await discover('dpop_app', client.None());
    const { back, checks } = await walk(config);
    await client.authorizationCodeGrant(config, back, checks);
    const again = await client.authorizationCodeGrant(config, back, checks).catch((error: unknown) => error);
    expect(again).toBeInstanceOf(client.ResponseBodyError);
    const { error, cause } = again as client.ResponseBodyError;
    expect(error).toBe('invalid_grant');
    expect(Object.keys(cause)).toEqual(['error', 'error_uri']);
  });
});
