/** OAuth from outside, over HTTP: apps to register, forms as a client posts them, and what a refusal was to both sides. */
import { createHash, randomUUID } from 'node:crypto';
import type { Verdict } from '../../src/core/verdict.ts';
import type { AuthMethod } from '../../src/profiles/oauth/app.ts';
import type { AppInput, Minted } from '../../src/server/operations.ts';
import { type ProofKey, signProof } from './dpop.ts';
import type { TestHub } from './hub.ts';

/** The redirect URI of every app here, unless told. */
export const REDIRECT_URI = 'com.myapp:/callback';
const SCOPES = ['lamp:read', 'lamp:write'];

/** RFC 6749 §5.1. */
export interface Tokens {
  readonly access_token: string;
  readonly token_type: string;
  readonly expires_in: number;
  readonly refresh_token: string;
  readonly scope: string;
}

/** Registers a public app. */
export async function addPublic({ hub }: TestHub, id: string, input: AppInput = {}): Promise<string> {
  await hub.operations.addApp(id, { redirectUris: [REDIRECT_URI], scopes: SCOPES, ...input });
  return id;
}

/** What an app asks for that wants a pairing on the lamp itself, too. */
export const DIRECT_SCOPES: readonly string[] = [...SCOPES, 'home:lamp:direct'];

/** Registers a confidential app; answers its secret. */
export async function addConfidential(
  { hub }: TestHub,
  id: string,
  authMethod: AuthMethod = 'client_secret_post',
  input: AppInput = {},
): Promise<string> {
  const asked: AppInput = { type: 'confidential', authMethod, redirectUris: [REDIRECT_URI], scopes: SCOPES, ...input };
  const { secret } = await hub.operations.addApp(id, asked);
  if (secret === undefined) throw new Error('a confidential app gets a secret');
  return secret;
}

/** The form that exchanges a code, complete and right. */
export function exchangeForm(client: string, minted: Minted): Record<string, string> {
  return {
    grant_type: 'authorization_code',
    code: minted.code,
    client_id: client,
    redirect_uri: minted.redirectUri,
    ...(minted.verifier !== undefined && { code_verifier: minted.verifier }),
  };
}

/** The form that refreshes. */
export function refreshForm(client: string, token: string): Record<string, string> {
  return { grant_type: 'refresh_token', refresh_token: token, client_id: client };
}

/** RFC 6749 §2.3.1. */
export function basic(client: string, secret: string): Record<string, string> {
  const pair = `${encodeURIComponent(client)}:${encodeURIComponent(secret)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** A verifier of the right form that belongs to no code. */
export function otherVerifier(): string {
  return createHash('sha256').update(randomUUID()).digest('base64url');
}

/** The tokens of an answer. @throws with the refusal's verdict when it is one */
export async function tokens(t: TestHub, answer: Response | Promise<Response>): Promise<Tokens> {
  const response = await answer;
  if (response.status === 200) return (await response.json()) as Tokens;
  throw new Error(`expected tokens, got ${JSON.stringify(await refused(t, response))}`);
}

/** A refusal, from both sides. */
export interface Refused {
  readonly status: number;
  readonly error: string;
  /** Decisive rule, without `oauth.`, and its cause. */
  readonly why: string;
}

/** What the client heard and, by the reference in it, what the person in charge sees. */
export async function refused(t: TestHub, answer: Response | Promise<Response>): Promise<Refused> {
  const response = await answer;
  const { error = '', error_uri: uri = '' } = (await response.clone().json()) as { error?: string; error_uri?: string };
  const verdict = uri === '' ? undefined : await verdictAt(t, uri);
  const why = verdict ? `${verdict.decisive?.replace('oauth.', '')}/${verdict.cause}` : 'no verdict';
  return { status: response.status, error, why };
}

/** The verdict behind an `error_uri`. */
export async function verdictAt({ hub }: TestHub, uri: string): Promise<Verdict> {
  return hub.operations.verdict(`vd_${uri.slice(uri.lastIndexOf('/') + 1)}`);
}

/** The verdict behind a refusal. */
export async function verdictOf(t: TestHub, answer: Response | Promise<Response>): Promise<Verdict> {
  const { error_uri: uri = '' } = (await (await answer).clone().json()) as { error_uri?: string };
  return verdictAt(t, uri);
}

/** One call of the protected API with a bearer token. */
export function callApi(
  { url }: TestHub,
  token: string,
  path = '/api/state',
  init: RequestInit = {},
): Promise<Response> {
  return fetch(url + path, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });
}

/** An app with a key of its own, by a clock of its own. Claims set to undefined are left out of the proof. */
export interface KeyedClient {
  proof(claims?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Posts a form to `/token` with a fresh proof, its claims set otherwise as given. */
  token(form: Readonly<Record<string, string>>, claims?: Readonly<Record<string, unknown>>): Promise<Response>;
  /** Calls the API with a token and a fresh proof of it. */
  api(token: string, call?: ApiCall): Promise<Response>;
}

/** A call of the API. */
export interface ApiCall {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  readonly scheme?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** This proof instead of a fresh one. */
  readonly proof?: string;
}

/** The client. `pairingId` stands in every proof it makes for `/token`. */
export function keyedClient(t: TestHub, key: ProofKey, now: () => number, pairingId?: string): KeyedClient {
  const iat = (): number => Math.floor(now() / 1_000);
  const proof = async (claims: Readonly<Record<string, unknown>> = {}): Promise<string> => {
    const nonce = 'nonce' in claims ? undefined : await nonceAt(t, '/token');
    const own = { htm: 'POST', htu: `${t.hub.issuer}/token`, iat: iat(), nonce, pairing_id: pairingId };
    return signProof(key, { ...own, ...claims });
  };
  return {
    proof,
    token: async (form, claims) => t.token(form, { dpop: await proof(claims) }),
    async api(token, { method = 'GET', path = '/api/state', body, scheme = 'DPoP', claims = {}, proof: given } = {}) {
      const ath = createHash('sha256').update(token).digest('base64url');
      const nonce = 'nonce' in claims || given !== undefined ? undefined : await nonceAt(t, '/api/state');
      const own = { htm: method, htu: t.hub.issuer + path, iat: iat(), nonce, ath };
      const dpop = given ?? (await signProof(key, { ...own, ...claims }));
      const headers = { authorization: `${scheme} ${token}`, dpop };
      return fetch(t.url + path, { method, headers, ...(body !== undefined && { body }) });
    },
  };
}

/** The nonce that `/token` or the API hands out now; asked for with a proof that is none. */
export async function nonceAt({ url }: TestHub, path: '/token' | '/api/state'): Promise<string> {
  const method = path === '/token' ? 'POST' : 'GET';
  const response = await fetch(url + path, { method, headers: { dpop: 'none' } });
  await response.body?.cancel();
  return response.headers.get('dpop-nonce') ?? '';
}

/** Runs `make` `count` times at once. */
export function atOnce<T>(count: number, make: (i: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, i) => make(i)));
}
