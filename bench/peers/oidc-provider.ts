/**
 * oidc-provider doing the same exchange: public app, PKCE, opaque access and refresh token for every code, no
 * `id_token` (the scope has no `openid`), rotation at every refresh. Features that the exchange does not need are off.
 *
 *   node oidc-provider.ts [away | sqlite FILE]
 *
 * Its memory adapter forgets all but the last thousand entries, or codes minted beforehand would be gone: it gets a Map
 * to store in instead. `away` puts that adapter a millisecond away, as a database on the network is; `sqlite` is an
 * adapter on a file. Both for `bench/race.ts`.
 */
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';
import { servePeer } from './child.ts';
import { type Adapter, aMillisecond, slowed, sqliteAdapter } from './oidc-adapters.ts';
import { ACCOUNT, CHALLENGE, CLIENT_ID, REDIRECT_URI, SCOPE, TTL_SECONDS } from './setting.ts';

function adapters(): (model: string) => Adapter {
  const [kind, file = ''] = process.argv.slice(2);
  if (kind === 'sqlite') return sqliteAdapter(file);
  const store = new Map<string, unknown>();
  const inMemory = (model: string): Adapter => new MemoryAdapter(model, store);
  return kind === 'away' ? (model) => slowed(inMemory(model), aMillisecond) : inMemory;
}

const off = { enabled: false };
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const provider = new Provider('http://localhost', {
  adapter: adapters(),
  clients: [
    {
      client_id: CLIENT_ID,
      application_type: 'native',
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      id_token_signed_response_alg: 'ES256',
    },
  ],
  routes: { token: '/token' },
  scopes: [SCOPE],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }] },
  cookies: { keys: ['bench'] },
  features: {
    devInteractions: off,
    dPoP: off,
    pushedAuthorizationRequests: off,
    resourceIndicators: off,
    rpInitiatedLogout: off,
    userinfo: off,
  },
  findAccount: async (_: unknown, id: string) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  issueRefreshToken: async () => true,
  rotateRefreshToken: true,
  ttl: {
    AccessToken: TTL_SECONDS.access,
    AuthorizationCode: TTL_SECONDS.code,
    Grant: TTL_SECONDS.refresh,
    RefreshToken: TTL_SECONDS.refresh,
  },
});

/** A code as its own authorization endpoint makes it once somebody has signed in and consented. */
async function mintOne(client: object): Promise<string> {
  const grant = new provider.Grant({ clientId: CLIENT_ID, accountId: ACCOUNT });
  grant.addOIDCScope(SCOPE);
  const code = new provider.AuthorizationCode({
    accountId: ACCOUNT,
    client,
    grantId: await grant.save(),
    redirectUri: REDIRECT_URI,
    scope: SCOPE,
    codeChallenge: CHALLENGE,
    codeChallengeMethod: 'S256',
    authTime: Math.floor(Date.now() / 1_000),
    gty: 'authorization_code',
  });
  return code.save();
}

async function mint(count: number): Promise<readonly string[]> {
  const client = await provider.Client.find(CLIENT_ID);
  if (!client) throw new Error(`expected the app ${CLIENT_ID}, got none`);
  const codes: string[] = [];
  while (codes.length < count) codes.push(await mintOne(client));
  return codes;
}

const server = createServer(provider.callback());
server.listen(0, '127.0.0.1', () => servePeer({ port: (server.address() as AddressInfo).port, mint }));
