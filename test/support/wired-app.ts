/** An app that its developer is wiring to a hub: openid-client, a client nobody here wrote, on a loopback port. */
import * as client from 'openid-client';
import { type LoopbackApp, loopbackApp } from './loopback-app.ts';

/** The app. */
export interface WiredApp {
  /** `http://127.0.0.1:<port>/cb` */
  readonly redirectUri: string;
  readonly origin: string;
  /** Where it sends a person's browser to ask for these scopes. */
  ask(scope: string): Promise<string>;
  /** Takes what the browser came back with; answers the access token. @throws what the client heard */
  take(back: string): Promise<string>;
  /** The status of one call of the hub's API. */
  call(token: string): Promise<number>;
  close(): void;
}

/** Starts it, registered or not. */
export async function wiredApp(issuer: string, id: string): Promise<WiredApp> {
  const app: LoopbackApp = await loopbackApp();
  const config = await client.discovery(new URL(issuer), id, undefined, client.None(), {
    algorithm: 'oauth2',
    execute: [client.allowInsecureRequests],
  });
  let verifier = '';
  let state = '';
  return {
    redirectUri: app.redirectUri,
    origin: new URL(app.redirectUri).origin,
    async ask(scope) {
      [verifier, state] = [client.randomPKCECodeVerifier(), client.randomState()];
      return client.buildAuthorizationUrl(config, {
        redirect_uri: app.redirectUri,
        scope,
        state,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      }).href;
    },
    async take(back) {
      const checks = { pkceCodeVerifier: verifier, expectedState: state };
      return (await client.authorizationCodeGrant(config, new URL(back), checks)).access_token;
    },
    async call(token) {
      return (await client.fetchProtectedResource(config, token, new URL('/api/state', issuer), 'GET')).status;
    },
    close: app.close,
  };
}
