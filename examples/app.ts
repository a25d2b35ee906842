/**
 * An app that uses a hub: sends a person through `/authorize`, catches the redirect on a loopback port, exchanges the
 * code with PKCE, and reads the lamp. Register it first:
 *
 *   counterfoil app add lamp-reader --redirect-uri http://127.0.0.1/callback --scope lamp:read
 *   node examples/app.ts http://localhost:5151
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as client from 'openid-client';

const CLIENT_ID = 'lamp-reader';
const issuer = new URL(process.argv[2] ?? 'http://localhost:5151');

const config = await client.discovery(issuer, CLIENT_ID, undefined, client.None(), {
  algorithm: 'oauth2',
  // Plain http is for a hub on this very machine only.
  execute: [client.allowInsecureRequests],
});

const codeVerifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const callback = await new Promise<URL>((resolve) => {
  const server = createServer((request, response) => {
    response.end('You can close this page.\n', () => server.close());
    const { port } = server.address() as AddressInfo;
    resolve(new URL(request.url ?? '/', `http://127.0.0.1:${port}`));
  });
  server.listen(0, '127.0.0.1', async () => {
    const { port } = server.address() as AddressInfo;
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: `http://127.0.0.1:${port}/callback`,
      scope: 'lamp:read',
      code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      state,
    });
    console.log(`open this in a browser:\n  ${url.href}`);
  });
});

const tokens = await client.authorizationCodeGrant(config, callback, {
  pkceCodeVerifier: codeVerifier,
  expectedState: state,
});
const lamp = await client.fetchProtectedResource(config, tokens.access_token, new URL('/api/state', issuer), 'GET');
console.log(await lamp.json());
