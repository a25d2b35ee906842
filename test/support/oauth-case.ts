/**
 * Complete, sound cases of the OAuth tables, and the parts they are made of. A test takes one and spoils one thing.
 * `src/profiles/oauth/profile.test.ts` proves that the tables accept each of them.
 */
import type { Binding } from '../../src/core/model.ts';
import type {
  AuthorizeCase,
  ClientFacts,
  CodeFacts,
  DpopFacts,
  RequestFacts,
  ResourceCase,
  TokenCase,
} from '../../src/profiles/oauth/case.ts';

/** The store's clock in every case. */
export const NOW = 1_800_000_000_000;
export const ISSUER = 'http://hub.test:5151';
export const CLIENT = 'my_app_123';
export const REDIRECT = 'com.myapp:/callback';
/** RFC 7636 appendix B. */
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
export const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
export const JKT = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I';
export const OTHER_JKT = 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs';
export const PAIRING = 'A1B2C3D4-0000-4000-8000-000000000001';

/** A case without some of its parts. */
export function without<T, K extends keyof T>(c: T, ...keys: readonly K[]): Omit<T, K> {
  const rest = { ...c };
  for (const key of keys) delete rest[key];
  return rest;
}

/** A public application, everything switched on. */
export function client(overrides: Partial<ClientFacts> = {}): ClientFacts {
  return {
    id: CLIENT,
    name: 'My App',
    type: 'public',
    authMethod: 'none',
    redirectUris: [REDIRECT],
    grantTypes: ['authorization_code', 'refresh_token'],
    scopes: [
      { name: 'lamp:read', enabled: true },
      { name: 'lamp:write', enabled: true },
    ],
    ...overrides,
  };
}

/** A confidential application that posts its secret in the Authorization header. */
export function confidential(overrides: Partial<ClientFacts> = {}): ClientFacts {
  return client({ type: 'confidential', authMethod: 'client_secret_basic', ...overrides });
}

/** The facts a code can be bound to; a fact set to undefined is not bound. */
export function bindings(facts: {
  readonly [fact: string]: string | readonly string[] | undefined;
}): readonly Binding[] {
  return Object.entries(facts).flatMap(([fact, expected]): Binding[] =>
    expected === undefined
      ? []
      : [
          {
            fact,
            match: fact === 'scope' ? 'covers' : 'exact',
            expected,
            ...(fact === 'code_challenge' && { secret: true }),
          },
        ],
  );
}

const SCOPE = ['lamp:read', 'lamp:write'];
const CODE_BOUND = { client_id: CLIENT, redirect_uri: REDIRECT, code_challenge: '*', scope: SCOPE };

/** A live authorization code, 12 s of 300 s old. */
export function code(overrides: Partial<CodeFacts> = {}): CodeFacts {
  return {
    id: 'cd_0123456789ABCDEFGHJKMNPQRSTVWXYZ012',
    grant: 'gr_1',
    purpose: 'authorization_code',
    bindings: bindings(CODE_BOUND),
    from: NOW - 12_000,
    until: NOW + 288_000,
    total: 1,
    used: 0,
    state: 'live',
    generation: 1,
    rev: 1,
    ...overrides,
  };
}

/** A live code with some facts bound otherwise. */
export function codeBound(facts: { readonly [fact: string]: string | readonly string[] | undefined }): CodeFacts {
  return code({ bindings: bindings({ ...CODE_BOUND, ...facts }) });
}

/** A signed code, read and found good. */
export function signedHandle(): Extract<TokenCase['handle'], { form: 'signed' }> {
  return { read: 'ok', id: code().id, form: 'signed', blanks: false, keyId: 'AAECAwQFBgc', until: NOW + 288_000 };
}

/** A sound DPoP proof for `target`. */
export function proof(overrides: Partial<DpopFacts> = {}): DpopFacts {
  return {
    signature: 'valid',
    jkt: JKT,
    curve: 'Ed25519',
    pairingId: PAIRING,
    htm: 'POST',
    htu: `${ISSUER}/token`,
    iat: NOW / 1000,
    nonce: 'current',
    replayed: false,
    ...overrides,
  };
}

/** What stands in a request, by value and by name. */
export function request(values: Readonly<Record<string, string>>, overrides: Partial<RequestFacts> = {}): RequestFacts {
  return {
    mediaType: 'application/x-www-form-urlencoded',
    duplicates: [],
    values,
    names: Object.keys(values),
    ...overrides,
  };
}

const EXCHANGE = { grant_type: 'authorization_code', client_id: CLIENT, redirect_uri: REDIRECT };

/** The request of `tokenCase`, with some values set otherwise. */
export function exchangeRequest(
  values: Readonly<Record<string, string>> = {},
  overrides: Partial<RequestFacts> = {},
): RequestFacts {
  const all = { ...EXCHANGE, ...values };
  return request(all, { names: [...Object.keys(all), 'code', 'code_verifier'], ...overrides });
}

/** A public application exchanges a code, with PKCE. */
export function tokenCase(overrides: Partial<TokenCase> = {}): TokenCase {
  return {
    now: NOW,
    request: exchangeRequest(),
    intent: 'authorization_code',
    clientId: CLIENT,
    client: client(),
    auth: { method: 'none', secret: 'absent' },
    handle: { read: 'ok', id: code().id, form: 'opaque', blanks: false },
    code: code(),
    grant: { id: 'gr_1', state: 'active', rev: 1 },
    generation: 1,
    target: { method: 'POST', uris: [`${ISSUER}/token`] },
    pkce: 'match',
    ...overrides,
  };
}

/** The same with a code that is bound to a key and a pairing, and a proof by both. */
export function keyedCase(overrides: Partial<TokenCase> = {}): TokenCase {
  return tokenCase({ code: codeBound({ jkt: JKT, pairing_id: PAIRING }), dpop: proof(), ...overrides });
}

/** A confidential application with its secret exchanges a code, with PKCE. */
export function confidentialCase(overrides: Partial<TokenCase> = {}): TokenCase {
  return tokenCase({ client: confidential(), auth: { method: 'client_secret_basic', secret: 'match' }, ...overrides });
}

/** A live refresh token. */
export function refreshToken(overrides: Partial<CodeFacts> = {}): CodeFacts {
  return code({ purpose: 'refresh_token', bindings: bindings({ client_id: CLIENT, scope: SCOPE }), ...overrides });
}

/** A public application refreshes. */
export function refreshCase(overrides: Partial<TokenCase> = {}): TokenCase {
  const values = { grant_type: 'refresh_token', client_id: CLIENT };
  return tokenCase({
    request: request(values, { names: [...Object.keys(values), 'refresh_token'] }),
    intent: 'refresh_token',
    code: refreshToken(),
    pkce: 'absent',
    ...overrides,
  });
}

const ASK = {
  response_type: 'code',
  client_id: CLIENT,
  redirect_uri: REDIRECT,
  scope: 'lamp:read',
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
};

/** A public application asks for a code, and the person says yes; `values` set parameters otherwise. */
export function authorizeCase(
  overrides: Partial<AuthorizeCase> = {},
  values: Readonly<Record<string, string>> = {},
): AuthorizeCase {
  return {
    now: NOW,
    request: without(request({ ...ASK, ...values }), 'mediaType'),
    clientId: CLIENT,
    client: client(),
    decision: 'allow',
    ...overrides,
  };
}

/** A live access token, a bearer token unless bound to a key. */
export function accessToken(facts: { readonly jkt?: string; readonly scope?: readonly string[] } = {}): CodeFacts {
  return code({
    purpose: 'access_token',
    total: null,
    bindings: bindings({ client_id: CLIENT, scope: SCOPE, ...facts }),
  });
}

/** A bearer token at the protected API. */
export function resourceCase(overrides: Partial<ResourceCase> = {}): ResourceCase {
  return {
    now: NOW,
    scheme: 'bearer',
    needs: ['lamp:read'],
    handle: { read: 'ok', id: code().id, form: 'opaque', blanks: false },
    code: accessToken(),
    grant: { id: 'gr_1', state: 'active', rev: 1 },
    generation: 1,
    target: { method: 'GET', uris: [`${ISSUER}/api/state`] },
    ...overrides,
  };
}

/** A key-bound token at the protected API, with its proof. */
export function keyedResourceCase(overrides: Partial<ResourceCase> = {}): ResourceCase {
  const dpop = proof({ htm: 'GET', htu: `${ISSUER}/api/state`, ath: 'match' });
  return resourceCase({ scheme: 'dpop', code: accessToken({ jkt: JKT }), dpop, ...overrides });
}
