/**
 * @node-oauth/oauth2-server doing the same exchange, on bare `node:http` and a model of three Maps: public app, PKCE,
 * opaque access and refresh token for every code, a new refresh token at every refresh. Tokens are the package's own.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import OAuth2Server from '@node-oauth/oauth2-server';
import { servePeer } from './child.ts';
import { ACCOUNT, CHALLENGE, CLIENT_ID, REDIRECT_URI, SCOPE, TTL_SECONDS } from './setting.ts';

const client = { id: CLIENT_ID, redirectUris: [REDIRECT_URI], grants: ['authorization_code', 'refresh_token'] };
const user = { id: ACCOUNT };

const codes = new Map<string, OAuth2Server.AuthorizationCode>();
const accessTokens = new Map<string, OAuth2Server.Token>();
const refreshTokens = new Map<string, OAuth2Server.RefreshToken>();

const model: OAuth2Server.AuthorizationCodeModel & OAuth2Server.RefreshTokenModel = {
  getClient: async (id) => id === client.id && client,
  getAuthorizationCode: async (code) => codes.get(code),
  saveAuthorizationCode: async (code) => {
    const kept = { ...code, client, user };
    codes.set(code.authorizationCode, kept);
    return kept;
  },
  revokeAuthorizationCode: async (code) => codes.delete(code.authorizationCode),
  saveToken: async (token, forClient, forUser) => {
    const kept = { ...token, client: forClient, user: forUser };
    accessTokens.set(kept.accessToken, kept);
    const { refreshToken } = kept;
    if (refreshToken !== undefined) refreshTokens.set(refreshToken, { ...kept, refreshToken });
    return kept;
  },
  getAccessToken: async (token) => accessTokens.get(token),
  getRefreshToken: async (token) => refreshTokens.get(token),
  revokeToken: async (token) => refreshTokens.delete(token.refreshToken),
};

const oauth = new OAuth2Server({
  model,
  accessTokenLifetime: TTL_SECONDS.access,
  refreshTokenLifetime: TTL_SECONDS.refresh,
  requireClientAuthentication: { authorization_code: false, refresh_token: false },
});

async function answer(req: IncomingMessage, res: ServerResponse, body: string): Promise<void> {
  const response = new OAuth2Server.Response({ headers: {} });
  const request = new OAuth2Server.Request({
    method: req.method ?? 'GET',
    query: {},
    headers: req.headers as Record<string, string>,
    body: Object.fromEntries(new URLSearchParams(body)),
  });
  // A refusal is in the response already.
  await oauth.token(request, response).catch(() => undefined);
  const json = JSON.stringify(response.body);
  const headers = {
    ...response.headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(json),
  };
  res.writeHead(response.status ?? 500, headers);
  res.end(json);
}

async function mint(count: number): Promise<readonly string[]> {
  const expiresAt = new Date(Date.now() + TTL_SECONDS.code * 1_000);
  const minted = Array.from({ length: count }, () => randomBytes(32).toString('hex'));
  const rest = { expiresAt, redirectUri: REDIRECT_URI, scope: [SCOPE], codeChallenge: CHALLENGE };
  for (const authorizationCode of minted) {
    const code = { authorizationCode, ...rest, codeChallengeMethod: 'S256' };
    await model.saveAuthorizationCode(code, client, user);
  }
  return minted;
}

const server = createServer((req, res) => {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => void answer(req, res, Buffer.concat(chunks).toString()));
});
server.listen(0, '127.0.0.1', () => servePeer({ port: (server.address() as AddressInfo).port, mint }));
