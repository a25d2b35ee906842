/**
 * What the client hears: the standard's error and nothing else. For one wire error the bytes are the same whatever the
 * cause, apart from the opaque reference in `error_uri`, which takes a login to open.
 */
import type { Judgement } from '../../core/verdict.ts';
import { json, type Outgoing } from '../../protocols/http/exchange.ts';
import { DPOP_ALGORITHMS } from './case.ts';
import type { OAuthDeps } from './deps.ts';
import { sealReference } from './reference.ts';

/** Where the person in charge reads the verdict: another address in every answer. */
export function errorUri({ config, keys }: Pick<OAuthDeps, 'config' | 'keys'>, verdict: string): string {
  return `${config.issuer}/r/${sealReference(keys.reference, verdict)}`;
}

/** Statuses other than 400: RFC 6749 §5.2, RFC 6750 §3.1, RFC 6585 §4. */
const STATUS: Readonly<Record<string, number>> = {
  invalid_client: 401,
  slow_down: 429,
  server_error: 500,
  temporarily_unavailable: 503,
};

/** The refusal at `POST /token`, RFC 6749 §5.2. `tooLarge` is the one malformation with a status of its own. */
export function tokenRefusal(
  refusal: string,
  uri: string,
  extra: Readonly<Record<string, string>>,
  tooLarge = false,
): Outgoing {
  const status = tooLarge && refusal === 'invalid_request' ? 413 : (STATUS[refusal] ?? 400);
  const challenge = status === 401 ? { 'www-authenticate': 'Basic realm="counterfoil", charset="UTF-8"' } : {};
  return json(status, { error: refusal, error_uri: uri }, { ...challenge, ...extra });
}

/** The refusal at the protected API, RFC 6750 §3 and RFC 9449 §7.1: in `WWW-Authenticate`, and as JSON for people. */
export function resourceRefusal(judgement: Judgement, uri: string, nonce: string, scope: string): Outgoing {
  const error = judgement.decisive?.refusal ?? 'invalid_token';
  const proofError = error === 'invalid_dpop_proof' || error === 'use_dpop_nonce';
  const algs = `algs="${DPOP_ALGORITHMS.join(' ')}"`;
  const headers = (challenge: string) => ({ 'www-authenticate': challenge, 'dpop-nonce': nonce });
  // Without any credentials there is no error code to tell, and no verdict to point to (RFC 6750 §3.1).
  if (error === 'unauthorized') return json(401, { error }, headers(`Bearer realm="counterfoil", DPoP ${algs}`));
  const parameters = `error="${error}", error_uri="${uri}"${error === 'insufficient_scope' ? `, scope="${scope}"` : ''}`;
  const challenge = proofError ? `DPoP ${parameters}, ${algs}` : `Bearer ${parameters}, DPoP ${algs}`;
  return json(error === 'insufficient_scope' ? 403 : 401, { error, error_uri: uri }, headers(challenge));
}

/** Adds parameters to a redirect URI without touching what is there; works for `com.myapp:/callback` too. */
export function redirectTo(redirectUri: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, value);
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${query}`;
}
