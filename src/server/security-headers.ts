/**
 * Headers of every HTML answer: nothing is loaded, run, framed or sent anywhere but what this file names.
 *
 * Chromium applies `form-action` to the redirect that follows a form, so the consent page must name the app it will
 * send the browser back to; `formActionSource` makes that one expression from a redirect_uri, or refuses.
 */
import { CSP_STYLE_HASH } from './pages/style.ts';

/** A CSP source expression made by `formActionSource`; the characters in it cannot end a directive or a header. */
const SOURCE = /^[a-z][a-z0-9+.-]*:(?:\/\/[a-z0-9.-]+(?::(?:\d{1,5}|\*))?)?$/;

const MODULES = [
  "script-src 'self'",
  "connect-src 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
];

/** Schemes that run or show content of their own; no app is reached by them. */
const NEVER = new Set([
  'javascript:',
  'data:',
  'blob:',
  'about:',
  'file:',
  'filesystem:',
  'view-source:',
  'ws:',
  'wss:',
]);

/** Characters of a URI as RFC 3986 allows them, and nothing else: no blank, quote, control or non-ASCII character. */
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]*$/;

const LOOPBACK = new Set(['127.0.0.1', 'localhost']);

/**
 * The narrowest CSP source for a redirect_uri: `com.myapp:`, `https://app.example`, `http://127.0.0.1:*` (RFC 8252 §7.3
 * lets a native app choose its port). CSP cannot name an IPv6 host, so that becomes its scheme alone.
 *
 * @returns `undefined` for a URI that is not absolute, holds a character RFC 3986 does not allow, names a scheme no app
 * has, or would not fit in a header
 */
export function formActionSource(redirectUri: string): string | undefined {
  if (redirectUri.length > 2_048 || !URI.test(redirectUri) || !URL.canParse(redirectUri)) return undefined;
  const { protocol, hostname, host } = new URL(redirectUri);
  const source = sourceOf(protocol, hostname, host);
  return !NEVER.has(protocol) && SOURCE.test(source) ? source : undefined;
}

function sourceOf(protocol: string, hostname: string, host: string): string {
  if (protocol !== 'https:' && protocol !== 'http:') return protocol;
  if (hostname.startsWith('[')) return protocol;
  return LOOPBACK.has(hostname) && protocol === 'http:' ? `http://${hostname}:*` : `${protocol}//${host}`;
}

/**
 * The headers of an HTML answer.
 *
 * @param formAction one more place a form of this page may lead to, made by `formActionSource`
 * @param modules the page runs modules of ours, which may ask this hub; text never becomes markup in them (Trusted Types)
 * @throws when `formAction` is no source expression: a bug of the caller, never sent
 */
export function pageHeaders(formAction?: string, modules: boolean = false): Readonly<Record<string, string>> {
  if (formAction !== undefined && !SOURCE.test(formAction)) throw new Error('not a source expression for form-action');
  const csp = [
    "default-src 'none'",
    `style-src '${CSP_STYLE_HASH}'`,
    "img-src 'self' data:",
    `form-action 'self'${formAction === undefined ? '' : ` ${formAction}`}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    ...(modules ? MODULES : []),
  ];
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': csp.join('; '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  };
}
