/**
 * Finds an OAuth error in what people paste of it: the JSON body, the redirect URL, the `WWW-Authenticate` challenge,
 * or a line of log with any of them in it, escaped once or not.
 *
 * Not here: what the error means. That is the verdict's business, and the reference leads to it.
 */

/** What was found. Texts are bounded but otherwise as they came: show them escaped. */
export interface OAuthError {
  readonly ok: true;
  /** RFC 6749 §5.2 `error`; at most 64 characters. */
  readonly error: string;
  /** `error_description` and `error_uri`, at most 1,000 characters each. */
  readonly description?: string;
  readonly uri?: string;
  /** The segment behind the last `/r/` of `error_uri`, in capitals: the first characters of a verdict's id. */
  readonly reference?: string;
  /** Where it stood: a JSON object, a URL's query, a challenge, or loose text. */
  readonly where: 'json' | 'redirect' | 'challenge' | 'text';
}

/** What came instead; it never repeats the text. */
export interface NoOAuthError {
  readonly ok: false;
  readonly expected: string;
  readonly came: string;
  readonly fix: string;
}

/** Longest text looked through, in UTF-16 units. */
const TEXT_MAX = 65_536;
const ERROR = /^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/;
const DESCRIPTION_MAX = 1_000;
/** How many objects around the word `error` are tried. */
const OBJECTS_MAX = 8;

/** Codes of the standards, the only ones believed where nothing but the bare word stands there. */
const KNOWN: readonly string[] = [
  // RFC 6749 §5.2 and §4.1.2.1
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'access_denied',
  'unsupported_response_type',
  'server_error',
  'temporarily_unavailable',
  // RFC 6750 §3.1, RFC 9449 §12, RFC 8628 §3.5, RFC 8707 §2, RFC 7009 §2.2.1, RFC 9396 §5
  'invalid_token',
  'insufficient_scope',
  'invalid_dpop_proof',
  'use_dpop_nonce',
  'authorization_pending',
  'slow_down',
  'expired_token',
  'invalid_target',
  'unsupported_token_type',
  'invalid_authorization_details',
  // OpenID Connect Core §3.1.2.6
  'login_required',
  'consent_required',
  'interaction_required',
];

/** Reads the first OAuth error in `text`. */
export function readOAuthError(text: string): OAuthError | NoOAuthError {
  if (text.length > TEXT_MAX)
    return none(`${text.length} characters`, `bring at most ${TEXT_MAX} characters around it`);
  const found =
    inText(text) ?? (text.includes('\\"') ? inText(text.replaceAll('\\"', '"')) : undefined) ?? bareWord(text);
  return (
    found ?? none('none of them', 'copy the response body, the redirect URL or the log line with the word error in it')
  );
}

/** The reference in an `error_uri`, if it is one of ours: 4 to 26 Crockford characters behind `/r/`. */
export function referenceOf(uri: string): string | undefined {
  const at = uri.lastIndexOf('/r/');
  const match =
    at < 0 ? undefined : /^([0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{4,26})\/?(?:[?#]|$)/.exec(uri.slice(at + 3, at + 64));
  return match?.[1]?.toUpperCase();
}

function none(came: string, fix: string): NoOAuthError {
  return {
    ok: false,
    expected: 'an OAuth error: JSON, a redirect URL, a WWW-Authenticate challenge, or a log line',
    came,
    fix,
  };
}

function inText(text: string): OAuthError | undefined {
  return inJson(text) ?? inPairs(text);
}

interface Fields {
  readonly error: string;
  readonly description: string | undefined;
  readonly uri: string | undefined;
}

function build(where: OAuthError['where'], { error, description, uri }: Fields): OAuthError | undefined {
  if (!ERROR.test(error)) return undefined;
  const reference = uri === undefined ? undefined : referenceOf(uri.slice(0, DESCRIPTION_MAX));
  return {
    ok: true,
    error,
    where,
    ...(description !== undefined && { description: description.slice(0, DESCRIPTION_MAX) }),
    ...(uri !== undefined && { uri: uri.slice(0, DESCRIPTION_MAX) }),
    ...(reference !== undefined && { reference }),
  };
}

/** The innermost JSON object around `"error"` that parses and has it. */
function inJson(text: string): OAuthError | undefined {
  const key = text.indexOf('"error"');
  if (key < 0) return undefined;
  let open = text.lastIndexOf('{', key);
  for (let tried = 0; open >= 0 && tried < OBJECTS_MAX; tried++) {
    const end = objectEnd(text, open);
    const found = end > key ? fromObject(text.slice(open, end)) : undefined;
    if (found) return found;
    open = open === 0 ? -1 : text.lastIndexOf('{', open - 1);
  }
  return undefined;
}

/** Index behind the brace that closes the one at `open`, strings skipped; -1 when it never closes. */
function objectEnd(text: string, open: number): number {
  let depth = 0;
  let inString = false;
  for (let i = open; i < text.length; i++) {
    const c = text[i];
    if (inString) {
      if (c === '\\') i++;
      else if (c === '"') inString = false;
    } else if (c === '"') inString = true;
    else if (c === '{') depth++;
    else if (c === '}' && --depth === 0) return i + 1;
  }
  return -1;
}

function fromObject(json: string): OAuthError | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  const fields = new Map(Object.entries(value as object));
  const string = (name: string): string | undefined => {
    const v: unknown = fields.get(name);
    return typeof v === 'string' ? v : undefined;
  };
  const error = string('error');
  if (error === undefined) return undefined;
  return build('json', { error, description: string('error_description'), uri: string('error_uri') });
}

/** `error` `=` or `:` value, quoted or not: challenges, redirects, and objects as other languages print them. */
function inPairs(text: string): OAuthError | undefined {
  const error = pair(text, 'error');
  if (!error) return undefined;
  const where = error.how === 'query' ? 'redirect' : error.how === 'quoted-equals' ? 'challenge' : 'text';
  if (error.how === 'bare' && !KNOWN.includes(error.value)) return undefined;
  return build(where, {
    error: error.value,
    description: pair(text, 'error_description')?.value,
    uri: pair(text, 'error_uri')?.value,
  });
}

interface Pair {
  readonly value: string;
  /** `query`: `?error=x`; `quoted-equals`: `error="x"`; `quoted-colon`: `'error': 'x'`; `bare`: `error: x`. */
  readonly how: 'query' | 'quoted-equals' | 'quoted-colon' | 'bare';
}

const NAME_CHARACTER = /[A-Za-z0-9_-]/;

/** The first `name` that stands alone and has a value. Linear in the text. */
function pair(text: string, name: string): Pair | undefined {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
    const before = text[at - 1] ?? '';
    if (NAME_CHARACTER.test(before)) continue;
    let i = at + name.length;
    if (text[i] === '"' || text[i] === "'") i++;
    i = skipBlanks(text, i);
    const sign = text[i];
    if (sign !== '=' && sign !== ':') continue;
    const found = valueAt(text, i, sign, before);
    if (found) return found;
  }
  return undefined;
}

function valueAt(text: string, sign: number, kind: '=' | ':', before: string): Pair | undefined {
  const i = skipBlanks(text, sign + 1);
  const quote = text[i];
  if (quote === '"' || quote === "'") {
    const end = closing(text, i + 1, quote);
    if (end < 0) return undefined;
    const value = text.slice(i + 1, end).replace(/\\(.)/g, '$1');
    return { value, how: kind === '=' ? 'quoted-equals' : 'quoted-colon' };
  }
  const raw = /^[^\s&#"'<>,;)}\]]{1,3000}/.exec(text.slice(i, i + 3_000))?.[0];
  if (raw === undefined) return undefined;
  if (kind === '=' && (before === '?' || before === '&' || before === '#'))
    return { value: unescaped(raw), how: 'query' };
  return { value: raw, how: 'bare' };
}

/** At most ten blanks, so that runs of them cannot be walked again and again. */
function skipBlanks(text: string, at: number): number {
  let i = at;
  while (i < at + 10 && (text[i] === ' ' || text[i] === '\t')) i++;
  return i;
}

/** Values of a quoted string end within 3,000 characters or not at all. */
function closing(text: string, from: number, quote: string): number {
  for (let i = from; i < text.length && i < from + 3_000; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === quote) return i;
  }
  return -1;
}

function unescaped(raw: string): string {
  const spaced = raw.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** A standard's code anywhere as a word of its own: `oauth2: cannot fetch token: 400 invalid_grant`. */
function bareWord(text: string): OAuthError | undefined {
  for (const error of KNOWN) {
    const at = text.indexOf(error);
    if (at < 0) continue;
    const around = (text[at - 1] ?? ' ') + (text[at + error.length] ?? ' ');
    if (NAME_CHARACTER.test(around)) continue;
    return build('text', { error, description: undefined, uri: pair(text, 'error_uri')?.value ?? linkIn(text) });
  }
  return undefined;
}

/** The first link with a reference near the start of the text, where no field names it. */
function linkIn(text: string): string | undefined {
  const words = text.slice(0, 4_000).split(/[\s"'<>`,;()]+/);
  return words.find((word) => /^https?:/i.test(word) && referenceOf(word) !== undefined);
}
