/**
 * Decides what a pasted text is, by trying the readers in the order of how sure they can be. Pure and total; what it
 * hands out for a typed code is its id, never the code.
 *
 * Not here: judging it. To add a kind: a reader in `src/protocols/`, one line in `KINDS`, a vector.
 */
import { findCurl, readCurl } from '../../protocols/curl/read.ts';
import type { HttpResponse, ReadRequest, ReadResponse } from '../../protocols/http-text/message.ts';
import { TEXT_MAX } from '../../protocols/http-text/message.ts';
import { readHttpRequest, readHttpResponse } from '../../protocols/http-text/read.ts';
import { readDeclineText } from '../../protocols/iso8583/decline-text.ts';
import { readIso8583 } from '../../protocols/iso8583/read.ts';
import { type OAuthError, readOAuthError, referenceOf } from '../../protocols/oauth-error/oauth-error.ts';
import { COMPLAINT } from '../../protocols/signed-code/causes.ts';
import { meansSigned } from '../../protocols/signed-code/read.ts';
import { codeId, LABELS, type Purpose, readCode } from '../../protocols/typed-code/typed-code.ts';

/** What a text turned out to be. Ids may be prefixes. */
export type Artefact =
  | { readonly kind: 'verdict-id' | 'code-id' | 'grant-id'; readonly id: string }
  | { readonly kind: 'http-request' | 'curl'; readonly read: ReadRequest }
  | { readonly kind: 'http-response'; readonly read: ReadResponse }
  | { readonly kind: 'oauth-error'; readonly error: OAuthError }
  | { readonly kind: 'typed-code'; readonly purpose: Purpose; readonly id: string; readonly form: 'opaque' | 'bound' }
  | { readonly kind: 'typed-code'; readonly purpose: Purpose; readonly fault: string }
  /** A signed code in whatever state, or a complaint of a bad signature; the text itself is what is judged. */
  | { readonly kind: 'signed-code' }
  /** A transcript of a HAP controller, as JSON lines or one JSON array. */
  | { readonly kind: 'hap-transcript' }
  /** A decline of a card payment: a response code with what stands around it, or an ISO 8583 response. */
  | { readonly kind: 'card-decline' }
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'unknown'; readonly came: string };

/** Longest text that is taken for words. */
const WORDS_MAX = 500;

const KINDS: readonly ((text: string) => Artefact | undefined)[] = [
  anId,
  aTranscript,
  aCurl,
  aMessage,
  aUrl,
  aFormBody,
  aCardResponse,
  aSignedCode,
  aLabelledCode,
  anOAuthError,
  anIdAmongWords,
  aComplaint,
  aBareCode,
  aDecline,
  someWords,
];

/** Sniffs a text. */
export function sniff(text: string): Artefact {
  if (text.length > TEXT_MAX)
    return { kind: 'unknown', came: `${text.length} characters; at most ${TEXT_MAX} are read` };
  if (text.trim() === '') return { kind: 'unknown', came: 'nothing' };
  for (const kind of KINDS) {
    const found = kind(text);
    if (found) return found;
  }
  return { kind: 'unknown', came: `${text.length} characters of no known kind` };
}

const ID = /^(vd|cd|gr)_([0-9A-HJKMNP-TV-Z]{4,40})$/i;
const ID_KIND = { vd: 'verdict-id', cd: 'code-id', gr: 'grant-id' } as const;

function anId(text: string): Artefact | undefined {
  const match = ID.exec(text.trim());
  const prefix = match?.[1]?.toLowerCase();
  if (prefix !== 'vd' && prefix !== 'cd' && prefix !== 'gr') return undefined;
  return { kind: ID_KIND[prefix], id: `${prefix}_${match?.[2]?.toUpperCase()}` };
}

/** The members of an entry, in whatever order, near the start: the lines before it may be of a log. */
const ENTRY = ['"step"', '"event"', '"facts"'] as const;
const ENTRY_WITHIN = 2_000;

function aTranscript(text: string): Artefact | undefined {
  const start = text.slice(0, ENTRY_WITHIN);
  return ENTRY.every((name) => start.includes(name)) ? { kind: 'hap-transcript' } : undefined;
}

/** What stands around a word of a sentence or a log line. */
const BETWEEN_WORDS = /[\s"'<>`,;()]+/;

/** An id or one of our links in a short text, as the hub itself prints them: `vd_7F3K9 refused`. The first counts. */
function anIdAmongWords(text: string): Artefact | undefined {
  for (const word of text.slice(0, WORDS_MAX + 1).split(BETWEEN_WORDS)) {
    const plain = word.replace(/[.!?:]$/, '');
    const reference = /^https?:/i.test(plain) ? referenceOf(plain) : undefined;
    const found = reference === undefined ? anId(plain) : anId(`vd_${reference}`);
    if (found) return found;
  }
  return undefined;
}

function aCurl(text: string): Artefact | undefined {
  return findCurl(text) < 0 ? undefined : { kind: 'curl', read: readCurl(text) };
}

/** A request; where the paste lacks its body but has the answer, the answer says more. */
function aMessage(text: string): Artefact | undefined {
  const request = readHttpRequest(text);
  const bare = request.ok && request.request.body === '' && request.request.method !== 'GET';
  if (request.ok && !bare) return { kind: 'http-request', read: request };
  const response = readHttpResponse(text);
  if (response.ok) {
    const error = readOAuthError(headersAndBody(response.response));
    return error.ok ? { kind: 'oauth-error', error } : { kind: 'http-response', read: response };
  }
  return request.ok ? { kind: 'http-request', read: request } : undefined;
}

function headersAndBody({ headers, body }: HttpResponse): string {
  const told = headers.filter(([name]) => /^(?:www-authenticate|location)$/i.test(name));
  return `${told.map(([, value]) => value).join('\n')}\n${body}`.slice(0, 60_000);
}

const SCHEME = /^[a-z][a-z0-9+.-]{0,60}:\/\S*$/i;

/** One URL alone: our reference, a redirect with an error or a code, or an endpoint with its query. */
function aUrl(text: string): Artefact | undefined {
  const url = text.trim();
  if (!SCHEME.test(url)) return undefined;
  const reference = referenceOf(url);
  if (reference !== undefined) return { kind: 'verdict-id', id: `vd_${reference}` };
  const error = readOAuthError(url);
  if (error.ok) return { kind: 'oauth-error', error };
  const query = /[?&](?:response_type|grant_type|client_id)=/.test(url);
  return query && /^https?:/i.test(url) ? { kind: 'http-request', read: requestTo(url) } : undefined;
}

function requestTo(url: string): ReadRequest {
  const read = readHttpRequest(`GET ${url} HTTP/1.1\n\n`);
  return read.ok ? { ...read, notes: ['a URL alone was read as GET', ...read.notes] } : read;
}

const FORM_START = /^\s*(?:grant_type|code|client_id|client_secret|redirect_uri|refresh_token|code_verifier)=/;

/** A form body without its request: taken for what a client posts to the token endpoint. */
function aFormBody(text: string): Artefact | undefined {
  if (!FORM_START.test(text) || !(text.includes('&') || text.includes('client_secret='))) return undefined;
  const head = 'POST /token HTTP/1.1\nContent-Type: application/x-www-form-urlencoded\n\n';
  const read = readHttpRequest(head + text.trimStart());
  if (!read.ok) return undefined;
  const notes = ['a body alone was read as POST /token with the form content type', ...read.notes];
  return { kind: 'http-request', read: { ...read, notes } };
}

/** An ISO 8583 response, as text or in hex. A long text of other things in hex is none: it would have to be read up to field 39. */
function aCardResponse(text: string): Artefact | undefined {
  const read = readIso8583(text);
  return read.ok && read.response && read.responseCode !== undefined ? { kind: 'card-decline' } : undefined;
}

/** `51 HAP UPD`, or words that introduce a response code. */
function aDecline(text: string): Artefact | undefined {
  return readDeclineText(text) ? { kind: 'card-decline' } : undefined;
}

/** A signed code, mistreated or not, alone or among words. */
function aSignedCode(text: string): Artefact | undefined {
  const found = meansSigned(text) || (text.length <= 8_192 && text.split(BETWEEN_WORDS).some(meansSigned));
  return found ? { kind: 'signed-code' } : undefined;
}

/** "Bad ed25519 signature", and nothing to see of what was signed. */
function aComplaint(text: string): Artefact | undefined {
  return text.length <= WORDS_MAX && COMPLAINT.test(text) ? { kind: 'signed-code' } : undefined;
}

const PURPOSES = Object.keys(LABELS) as Purpose[];

/** A label anywhere, in words or in a redirect URL, and what stands behind it. */
function aLabelledCode(text: string): Artefact | undefined {
  const plain =
    text.includes('%3A') || text.includes('%3a') ? text.replace(/%3a/gi, ':').replace(/%20|\+/g, ' ') : text;
  for (const purpose of PURPOSES) {
    const at = plain.indexOf(LABELS[purpose]);
    if (at < 0 || /[0-9A-Za-z]/.test(plain[at - 1] ?? '')) continue;
    const behind = plain.slice(at + LABELS[purpose].length, at + 600).trimStart();
    return code(purpose, /^[^\s&"'<>`,;)]*/.exec(behind)?.[0] ?? '');
  }
  return undefined;
}

function code(purpose: Purpose, presented: string): Artefact {
  const read = readCode(purpose, presented.replace(/[.!?]$/, ''));
  if (!read.ok) return { kind: 'typed-code', purpose, fault: read.detail };
  return { kind: 'typed-code', purpose, id: codeId(purpose, read.body), form: read.form };
}

function anOAuthError(text: string): Artefact | undefined {
  const error = readOAuthError(text);
  return error.ok ? { kind: 'oauth-error', error } : undefined;
}

/**
 * A body without its label, alone or among words: the right length, and no word itself (it has a digit, or a capital
 * behind a small letter). Looked for before `someWords`, so that words never carry a code along.
 */
function aBareCode(text: string): Artefact | undefined {
  for (const word of text.slice(0, WORDS_MAX + 1).split(BETWEEN_WORDS)) {
    const body = word.replace(/[.!?:]$/, '');
    if (!/^[0-9A-Za-z]{16,29}$/.test(body) || !(/\d/.test(body) || /[a-z][A-Z]/.test(body))) continue;
    if (readCode('authorization_code', body).ok) return code('authorization_code', body);
  }
  return undefined;
}

function someWords(text: string): Artefact | undefined {
  const words = text.trim();
  return words.length <= WORDS_MAX && /\p{L}|\d/u.test(words) ? { kind: 'words', text: words } : undefined;
}
