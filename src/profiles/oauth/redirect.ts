/** Redirect URIs: what may be registered, and when a presented one is the registered one. RFC 6749 §3.1.2, RFC 8252. */
import { withoutSecrets } from './secrets.ts';

/** Why a redirect URI may not be registered, or undefined when it may. */
export function redirectUriProblem(uri: string): string | undefined {
  if (uri.length > 2_000) return 'longer than 2,000 characters';
  if (!/^[\x21-\x7e]+$/.test(uri)) return 'contains a blank, control or non-ASCII character';
  // Programs disagree on these: one reads `https://a\@b` as a host a, the next as a host b.
  if (/["<>\\^`{|}]/.test(uri)) return 'contains a character that no URI has (RFC 3986 §2): encode it';
  if (uri.includes('#')) return 'contains a fragment (RFC 6749 §3.1.2 forbids it)';
  const scheme = /^([a-z][a-z0-9+.-]*):/.exec(uri)?.[1];
  if (scheme === undefined) return 'is not an absolute URI with a lower-case scheme';
  if (!URL.canParse(uri)) return 'cannot be read as a URI';
  const answered = answerParameter(uri);
  if (answered !== undefined) return `has the query parameter ${answered}, which the hub adds itself`;
  if (withoutSecrets(uri) !== uri) return 'has what looks like a secret in it';
  if (scheme === 'http') return isLoopback(uri) ? undefined : 'http is for loopback addresses only; use https';
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/?]*@/.test(uri)) return 'names a user before its host, which hides where it leads';
  if (scheme === 'https') return /^https:\/\/[^/?]/.test(uri) ? undefined : 'https must be followed by // and a host';
  if (!scheme.includes('.'))
    return 'a private-use scheme must be a reversed domain name such as com.myapp (RFC 8252 §7.1)';
  return undefined;
}

/** Parameters that `/authorize` answers with; a registered one would come twice (RFC 6749 §3.1). */
const ANSWERED = ['code', 'state', 'error', 'error_uri', 'iss'];

function answerParameter(uri: string): string | undefined {
  const query = new URLSearchParams(uri.includes('?') ? uri.slice(uri.indexOf('?')) : '');
  return ANSWERED.find((name) => query.has(name));
}

/** `http://127.0.0.1`, `http://[::1]` or `http://localhost`, any port. */
function isLoopback(uri: string): boolean {
  return loopbackParts(uri) !== undefined;
}

const LOOPBACK = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::\d{1,5})?(\/.*)?$/;

function loopbackParts(uri: string): { host: string; rest: string } | undefined {
  const match = LOOPBACK.exec(uri);
  return match?.[1] === undefined ? undefined : { host: match[1], rest: match[2] ?? '' };
}

/**
 * Is `presented` the registered URI? Byte for byte and case-sensitive; only the port of a loopback address is free,
 * because a native app takes whichever is (RFC 8252 §7.3).
 */
export function isRegistered(registered: readonly string[], presented: string): boolean {
  if (registered.includes(presented)) return true;
  const parts = loopbackParts(presented);
  if (!parts) return false;
  return registered.some((uri) => {
    const known = loopbackParts(uri);
    return known?.host === parts.host && known.rest === parts.rest;
  });
}

/** The registered URI that is nearest to what came, for showing the two side by side. */
export function nearest(registered: readonly string[], presented: string): string | undefined {
  const folded = fold(presented);
  return registered.find((uri) => fold(uri) === folded) ?? registered[0];
}

function fold(uri: string): string {
  return uri.trim().toLowerCase().replace(/\/+/g, '/').replace(/\/$/, '');
}
