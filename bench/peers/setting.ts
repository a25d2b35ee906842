/** What every server is asked for: one public app, one redirect URI, one scope, one PKCE verifier. */
import { createHash } from 'node:crypto';

export const CLIENT_ID = 'my_app_123';
export const REDIRECT_URI = 'com.myapp:/callback';
export const SCOPE = 'lamp:read';
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
export const CHALLENGE: string = createHash('sha256').update(VERIFIER).digest('base64url');

/** The user who decided, where a server wants one. */
export const ACCOUNT = 'alice';

/** Lifetimes in seconds, the same for all servers. */
export const TTL_SECONDS: { readonly code: number; readonly access: number; readonly refresh: number } = {
  code: 300,
  access: 3_600,
  refresh: 2_592_000,
};

/** RFC 6749 §4.1.3 with RFC 7636 §4.5. */
export function exchangeForm(code: string): string {
  return form({
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT_URI,
    client_id: CLIENT_ID,
    code_verifier: VERIFIER,
  });
}

/** RFC 6749 §6. */
export function refreshForm(token: string): string {
  return form({ grant_type: 'refresh_token', refresh_token: token, client_id: CLIENT_ID });
}

function form(parameters: Readonly<Record<string, string>>): string {
  return new URLSearchParams(parameters).toString();
}

/**
 * The refresh token of an answer.
 *
 * @throws when there is none
 */
export function refreshTokenOf(answer: Buffer): string {
  const text = answer.toString('latin1');
  const token = /"refresh_token":"([^"]+)"/.exec(text)?.[1];
  if (token === undefined) throw new Error(`expected a refresh token, got ${text}`);
  return token;
}
