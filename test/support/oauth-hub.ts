/** The OAuth profile over a real store in memory, with a clock that the test moves: its functions, without sockets. */
import { createSecretKey, randomBytes } from 'node:crypto';
import type { App } from '../../src/profiles/oauth/app.ts';
import type { OAuthDeps } from '../../src/profiles/oauth/deps.ts';
import { type Decision, mintAuthorization } from '../../src/profiles/oauth/mint.ts';
import { hashSecret } from '../../src/profiles/oauth/prove/client.ts';
import { type Exchanged, exchange } from '../../src/profiles/oauth/token.ts';
import type { Incoming } from '../../src/protocols/http/exchange.ts';
import { openMemory } from '../../src/store/memory/open.ts';
import { CHALLENGE, CLIENT, ISSUER, NOW, REDIRECT, VERIFIER } from './oauth-case.ts';

/** The confidential application that every hub here knows, and its secret. */
export const SERVER = 'server_app';
export const SECRET = 'a-client-secret-of-256-bits-Zm9v';

/** A hub under test. */
export interface OAuthHub {
  readonly deps: OAuthDeps;
  /** Moves the clock on. */
  pass(ms: number): void;
  now(): number;
  /** Registers an application, or changes one. */
  register(id: string, app: Partial<App>): Promise<void>;
  /** Mints a code for `CLIENT` with PKCE, unless told otherwise. */
  mint(decision?: Partial<Decision>): Promise<string>;
  post(form: Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>): Promise<Exchanged>;
}

const PUBLIC: App = {
  name: 'My App',
  type: 'public',
  authMethod: 'none',
  redirectUris: [REDIRECT],
  grantTypes: ['authorization_code', 'refresh_token'],
  scopes: [
    { name: 'lamp:read', enabled: true },
    { name: 'lamp:write', enabled: true },
  ],
  createdAt: NOW,
};

/** Opens one, with a public and a confidential application. */
export async function oauthHub(): Promise<OAuthHub> {
  let now = NOW;
  const { store, registry } = openMemory({ clock: () => now });
  const key = () => createSecretKey(randomBytes(32));
  const deps: OAuthDeps = {
    store,
    registry,
    keys: { successor: key(), nonce: key(), reference: key(), apiNonce: key() },
    config: { issuer: ISSUER, aliases: [], codeTtlSeconds: 300, accessTtlSeconds: 3_600, refreshTtlSeconds: 86_400 },
  };
  const register = async (id: string, app: Partial<App>): Promise<void> => {
    const known = await registry.get<App>('app', id);
    await registry.save('app', id, known?.rev ?? 0, { ...(known?.body ?? PUBLIC), ...app });
  };
  await register(CLIENT, {});
  await register(SERVER, { type: 'confidential', authMethod: 'client_secret_basic', secretHash: hashSecret(SECRET) });
  return {
    deps,
    pass: (ms) => {
      now += ms;
    },
    now: () => now,
    register,
    async mint(decision = {}) {
      const { generation } = await store.load({});
      const { code, grant, kept } = mintAuthorization(deps, now, generation, {
        by: 'ada',
        clientId: CLIENT,
        scopes: ['lamp:read', 'lamp:write'],
        redirectUri: REDIRECT,
        challenge: CHALLENGE,
        ...decision,
      });
      await store.mint({ grant, codes: [kept] });
      return code;
    },
    post: (form, headers = {}) => exchange(deps, tokenRequest(form, headers)),
  };
}

/** A request at the token endpoint. */
export function tokenRequest(
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Incoming {
  return {
    method: 'POST',
    path: '/token',
    query: '',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(form).toString(),
    source: '192.0.2.1',
  };
}

/** The form of a sound exchange. */
export function exchangeForm(code: string, extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    grant_type: 'authorization_code',
    code,
    client_id: CLIENT,
    redirect_uri: REDIRECT,
    code_verifier: VERIFIER,
    ...extra,
  };
}

/** The Authorization header of a confidential application. */
export function basic(id: string = SERVER, secret: string = SECRET): Record<string, string> {
  const pair = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}
