/**
 * What was brought about a signed code, as facts: how the code reads, what the key is, and whether somebody complained
 * of a bad signature. No code and no key stands in it.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { type Finding, fail, pass, skip } from '../../core/rule.ts';
import { COMPLAINT } from '../../protocols/signed-code/causes.ts';
import {
  meansSigned,
  type ReadSignedCode,
  readSignedCode,
  type SignedCodeCause,
} from '../../protocols/signed-code/read.ts';
import { type CodeKey, codeKey } from '../../protocols/signed-code/signed-code.ts';

/** How a code reads, without the code. */
export type CodeFacts =
  | {
      readonly ok: true;
      readonly keyId: string;
      readonly from: number;
      readonly until: number;
      readonly blanks: boolean;
    }
  | Exclude<ReadSignedCode, { readonly ok: true }>;

/** What was given as the public key (LTPK): how long it is, and what it looks like. */
export interface KeyFacts {
  readonly bytes: number;
  readonly like: 'raw' | 'hex' | 'text' | 'der' | 'pair' | 'other';
}

/** All that is judged. */
export interface SignedCodeCase {
  readonly code?: CodeFacts;
  readonly key?: KeyFacts;
  /** Ids of the keys it was verified with. */
  readonly keys: readonly string[];
  /** "Bad ed25519 signature", in whatever words. */
  readonly complaint: boolean;
}

/** What may be known beside the text. */
export interface Known {
  /** Keys of the hub, where there is one. */
  readonly keys?: readonly CodeKey[];
  /** Milliseconds since the epoch; unless given, the time of a code is not judged. */
  readonly now?: number;
}

/** Longest text looked at, in characters. */
const TEXT_MAX = 8_192;
/** A name that a key goes by, and what stands behind it. */
const KEY = /(?:ltpk|public[ _-]?key|verify[ _-]?key)["']?\s{0,3}[:=]\s{0,3}["']?([A-Za-z0-9+/=_-]{8,400})/i;
const BETWEEN = /["'<>`,;&()]|\s{2,}/;
/** The parameter in a form or a redirect, where each value is percent-encoded once. */
const PARAMETER = /(?:^|[?&\s])code=([^&\s#"'<>]{1,2000})/;

/** Does the text speak of a signed code, or of a signature that did not hold? */
export function concernsSignedCode(text: string): boolean {
  const part = text.slice(0, TEXT_MAX);
  return COMPLAINT.test(part) || codeIn(part) !== undefined;
}

/** Reads what was brought. Total; what is longer than 8,192 characters is cut. */
export function caseFrom(text: string, { keys = [], now }: Known = {}): SignedCodeCase {
  const part = text.slice(0, TEXT_MAX);
  const given = KEY.exec(part)?.[1];
  const key = given === undefined ? undefined : keyFacts(given);
  const own = given !== undefined && key?.like === 'raw' ? publicKey(Buffer.from(given, 'base64')) : undefined;
  const all = own ? [codeKey(own), ...keys] : keys;
  const code = codeIn(given === undefined ? part : part.replace(given, ' '));
  return {
    ...(code !== undefined && { code: withoutCode(readSignedCode(code, all, now)) }),
    ...(key && { key }),
    keys: all.map(({ id }) => id),
    complaint: COMPLAINT.test(part),
  };
}

/** The first thing in the text that is meant as a code: all of it, or a part between quotes and the like. */
function codeIn(text: string): string | undefined {
  const whole = text.trim();
  const value = PARAMETER.exec(text)?.[1];
  if (value !== undefined && meansSigned(decoded(value))) return decoded(value);
  if (meansSigned(whole) && !/["'<>`,;&()]/.test(whole)) return whole;
  return (
    text.split(BETWEEN).find((piece) => meansSigned(piece)) ?? text.split(/[\s"'<>`,;&()]+/).find((w) => meansSigned(w))
  );
}

/** A form's value, as a form reader has it. */
function decoded(value: string): string {
  return new URLSearchParams(`code=${value}`).get('code') ?? '';
}

function withoutCode(read: ReadSignedCode): CodeFacts {
  if (!read.ok) return read;
  const { code: _, ...facts } = read;
  return facts;
}

/** RFC 8410 §4: what stands before the 32 bytes of a public key in DER. */
const SPKI = '302a300506032b6570032100';

function keyFacts(text: string): KeyFacts {
  const bytes = Buffer.from(text, 'base64');
  const { length } = bytes;
  if (/^(?:[0-9a-f]{2}){32}$/i.test(text)) return { bytes: length, like: 'hex' };
  if (length === 32) return { bytes: length, like: 'raw' };
  if (bytes.toString('hex').startsWith(SPKI)) return { bytes: length, like: 'der' };
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(bytes.toString('latin1'))) return { bytes: length, like: 'text' };
  return { bytes: length, like: length === 64 ? 'pair' : 'other' };
}

function publicKey(raw: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** The order in which the reader finds faults, by the rule that speaks of each. */
const STAGES: readonly (readonly SignedCodeCause[])[] = [
  ['empty', 'too-long', 'white-space', 'percent-encoded', 'character'],
  ['hex', 'base64url', 'double-encoded', 'foreign', 'version'],
  ['truncated', 'length', 'padding'],
  ['unknown-key', 'wrong-key'],
  ['bad-signature'],
  ['expired'],
];

/** What a rule finds whose causes are `mine`: what the reader found before it hides it, what it found behind it clears it. */
export function findingOf(
  { code, keys }: SignedCodeCase,
  mine: Readonly<Partial<Record<SignedCodeCause, unknown>>>,
): Finding {
  if (!code) return skip('no code was brought');
  const keyed = Object.keys(mine).some((cause) => stageOf(cause) >= 3);
  if (keyed && keys.length === 0) return skip('no key was brought to verify the code with');
  if (code.ok) return pass();
  const { cause, expected, presented, detail } = code;
  if (cause in mine) return fail(cause, { expected, presented, ...(detail !== undefined && { detail }) });
  const own = Math.min(...Object.keys(mine).map(stageOf));
  return stageOf(cause) < own ? skip('the code cannot be read that far') : pass();
}

function stageOf(cause: string): number {
  return STAGES.findIndex((stage) => stage.some((one) => one === cause));
}
