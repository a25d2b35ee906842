/**
 * Reads a presented signed code, and says which of many ways it is wrong: how it was encoded, cut or wrapped, whose key,
 * whose signature, when. Strict: only the text that was handed out is good. Blanks and a label around it are dropped.
 * Total and bounded; an answer tells measures, never the code.
 */
import { verify } from 'node:crypto';
import { type CodeKey, type CodeTimes, LENGTHS, MARK } from './signed-code.ts';

/** Which way it is wrong. */
export type SignedCodeCause =
  | 'empty'
  | 'too-long'
  | 'white-space'
  | 'percent-encoded'
  | 'hex'
  | 'character'
  | 'base64url'
  | 'double-encoded'
  | 'foreign'
  | 'version'
  | 'truncated'
  | 'length'
  | 'padding'
  | 'unknown-key'
  | 'wrong-key'
  | 'bad-signature'
  | 'expired';

/** A code that does not hold. */
export interface SignedCodeFault {
  readonly ok: false;
  readonly cause: SignedCodeCause;
  readonly expected: string;
  readonly presented: string;
  /** What is particular to it: where, and what is left when the mistake is undone. */
  readonly detail?: string;
}

/** A code that a known key has signed. `code` is the text itself; `blanks` or a label were around it. */
export type ReadSignedCode =
  | ({ readonly ok: true; readonly code: string; readonly keyId: string; readonly blanks: boolean } & CodeTimes)
  | SignedCodeFault;

/** Longest text looked at, in characters: a code is 140. */
const TEXT_MAX = 1_024;
/** Mistakes undone, one inside the other. */
const UNDONE_MAX = 3;
const LABEL = 'hap5.1-authcode:';

/**
 * Reads one.
 *
 * @param keys the keys it may be signed with
 * @param now milliseconds since the epoch; unless given, an ended code is as good as another
 */
export function readSignedCode(text: string, keys: readonly CodeKey[], now?: number): ReadSignedCode {
  if (text.length > TEXT_MAX) return fault('too-long', `${LENGTHS.text} characters`, `${text.length} characters`);
  const body = bodyOf(text);
  return read(body, keys, now, body.length < text.length, 0);
}

/** What a code begins with: itself, in base64 once more, in hexadecimal digits of its bytes or of its text. */
const BEGINNING = /^(?:CFS[0-9A-Za-z+/]|Q0ZT|0854[bB]5|434653)/;
/** Shorter is every other code: one of those that begins like it stays what it is. */
const OTHERS_MAX = 32;

/** Is it meant as a signed code, in whatever encoding? By its first characters, which survive being cut off behind. */
export function meansSigned(text: string): boolean {
  if (text.length <= OTHERS_MAX || text.length > TEXT_MAX) return false;
  const body = bodyOf(text);
  return body.length > OTHERS_MAX && BEGINNING.test(body);
}

/** Without a label and blanks around it. */
function bodyOf(text: string): string {
  const trimmed = text.trim();
  return (trimmed.startsWith(LABEL) ? trimmed.slice(LABEL.length) : trimmed).trim();
}

function read(
  text: string,
  keys: readonly CodeKey[],
  now: number | undefined,
  blanks: boolean,
  depth: number,
): ReadSignedCode {
  const wrong = encodingFault(text);
  if (!wrong) return signed(text, keys, now, blanks);
  const { undone, detail, ...found } = wrong;
  if (undone === undefined || depth >= UNDONE_MAX) return { ...found, ...(detail !== undefined && { detail }) };
  const rest = read(bodyOf(undone), keys, now, blanks, depth + 1);
  const keyless = !rest.ok && rest.cause === 'unknown-key' && keys.length === 0;
  const still = rest.ok || keyless ? '' : `still wrong: ${rest.cause}`;
  const left = `undone, it is ${still || (keyless ? 'whole, and no key is at hand to verify it' : 'a sound code')}`;
  return { ...found, detail: detail === undefined ? left : `${detail}; ${left}` };
}

type EncodingFault = SignedCodeFault & { readonly undone?: string };

/** The first thing that is wrong with the text before any key is looked at. */
function encodingFault(text: string): EncodingFault | undefined {
  return alphabetFault(text) ?? doubleFault(text) ?? lengthFault(text) ?? paddingFault(text);
}

const BASE64 = `base64, ${LENGTHS.text} characters`;

function alphabetFault(text: string): EncodingFault | undefined {
  if (text === '') return fault('empty', BASE64, 'nothing');
  const blank = text.search(/\s/);
  if (blank >= 0) return whiteSpace(text, blank);
  if (/%[0-9a-f]{2}/i.test(text))
    return { ...fault('percent-encoded', BASE64, 'percent escapes in it'), undone: unescaped(text) };
  if (/^(?:[0-9a-f]{2})+$/i.test(text)) {
    const bytes = Buffer.from(text, 'hex');
    const undone = bytes.toString('latin1').startsWith('CFS') ? bytes.toString('latin1') : bytes.toString('base64');
    return { ...fault('hex', BASE64, `hexadecimal, ${text.length} digits`), undone };
  }
  const odd = text.search(/[^A-Za-z0-9+/=_-]/);
  if (odd >= 0) return fault('character', BASE64, 'a character of no base64', `character ${odd + 1}`);
  if (!/[-_]/.test(text)) return undefined;
  const mixed = /[+/]/.test(text) ? 'both alphabets are mixed' : undefined;
  const undone = padded(text.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/'));
  return { ...fault('base64url', BASE64, `base64url, ${text.length} characters`, mixed), undone };
}

/** Blanks where `+` should be are a form that was not percent-encoded; anything else is a wrapped line. */
function whiteSpace(text: string, at: number): EncodingFault {
  const plus = text.replaceAll(' ', '+');
  const wasForm = !/\s/.test(plus) && plus.length <= LENGTHS.text;
  const why = wasForm ? 'a plus sign that is not percent-encoded in a form becomes a blank' : 'a line was wrapped';
  const detail = `first at character ${at + 1}: ${why}`;
  return {
    ...fault('white-space', BASE64, 'white space in it', detail),
    undone: wasForm ? plus : text.replace(/\s/g, ''),
  };
}

function unescaped(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** What base64 decodes to may be the code itself, in base64 or in digits. */
function doubleFault(text: string): EncodingFault | undefined {
  const inner = Buffer.from(text, 'base64').toString('latin1').trim();
  if (!/^(?:CFS|0854[bB]5)[\x20-\x7e]{16}/.test(inner)) return undefined;
  return { ...fault('double-encoded', 'base64 of the code, once', 'base64 of a text that is the code'), undone: inner };
}

function lengthFault(text: string): EncodingFault | undefined {
  const body = text.replace(/=+$/, '');
  if (!body.startsWith(MARK)) {
    const version = /^CFS./.test(body);
    const came = version ? `a code that begins with ${body.slice(0, 4)}` : 'base64 of something else';
    return fault(version ? 'version' : 'foreign', `a code that begins with ${MARK}`, came);
  }
  if (body.includes('='))
    return fault('length', BASE64, `${text.length} characters`, 'padding in the middle: two texts in one?');
  if (body.length < LENGTHS.unpadded)
    return fault('truncated', BASE64, `${text.length} characters`, `${LENGTHS.unpadded - body.length} are missing`);
  if (body.length > LENGTHS.unpadded)
    return fault('length', BASE64, `${text.length} characters`, `${body.length - LENGTHS.unpadded} were added`);
  return undefined;
}

function paddingFault(text: string): EncodingFault | undefined {
  const body = text.slice(0, LENGTHS.unpadded);
  const canonical = Buffer.from(body, 'base64').toString('base64');
  if (canonical === text) return undefined;
  const count = text.length - body.length;
  if (canonical.startsWith(body))
    return { ...fault('padding', 'two = behind it', count === 0 ? 'none' : `${count}`), undone: canonical };
  // The last character has four bits that mean nothing: with others, one code would have sixteen texts.
  return fault(
    'padding',
    'nothing behind the last byte',
    'bits behind it',
    'the last character before the = is another',
  );
}

function padded(body: string): string {
  return body + '='.repeat((4 - (body.length % 4)) % 4);
}

/** Whose key, whose signature, when. */
function signed(code: string, keys: readonly CodeKey[], now: number | undefined, blanks: boolean): ReadSignedCode {
  const bytes = Buffer.from(code, 'base64');
  const payload = bytes.subarray(0, LENGTHS.payload);
  const signature = bytes.subarray(LENGTHS.payload);
  const keyId = payload.subarray(3, 11).toString('base64url');
  const from = payload.readUIntBE(11, 6);
  const until = payload.readUIntBE(17, 6);
  const holds = ({ publicKey }: CodeKey): boolean => verify(null, payload, publicKey, signature);
  const named = keys.find(({ id }) => id === keyId);
  if (!named || !holds(named)) {
    const other = keys.find((key) => key !== named && holds(key));
    if (other) return fault('wrong-key', `a signature by the key it names, ${keyId}`, `one by ${other.id}`);
    const known = keys.map(({ id }) => id).join(' ') || 'none is known';
    if (!named) return fault('unknown-key', `a key that is known: ${known}`, keyId);
    return fault('bad-signature', `a signature by ${keyId} over these bytes`, 'another');
  }
  if (now !== undefined && now > until)
    return fault('expired', `a time until ${iso(until)}`, iso(now), `ended ${Math.ceil((now - until) / 1_000)} s ago`);
  return { ok: true, code, keyId, from, until, blanks };
}

function fault(cause: SignedCodeCause, expected: string, presented: string, detail?: string): SignedCodeFault {
  return { ok: false, cause, expected, presented, ...(detail !== undefined && { detail }) };
}

/** Six bytes of milliseconds reach year 10889, which a date can say. */
function iso(ms: number): string {
  return new Date(ms).toISOString();
}
