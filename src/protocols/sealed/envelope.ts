/**
 * The two envelopes: a sealed request and a sealed answer, binary, carried as base64url text without padding. Reading
 * is strict, bounded and total: one text has one meaning, and foreign bytes are an answer, never a throw.
 */
import { createHash } from 'node:crypto';

/** Media types of the two. What stands in the envelope is version 1. */
export const MEDIA_TYPES = {
  request: 'application/vnd.counterfoil.sealed-token',
  answer: 'application/vnd.counterfoil.sealed-token-answer',
} as const;

/** The version of both envelopes that is written and read. */
const VERSION = 1;

/** Lengths in bytes: RFC 9180 §7.1 (enc) and §7.3 (tag), RFC 9458 §4.4 (nonce of the answer). */
export const LENGTHS = { keyId: 8, target: 8, enc: 32, tag: 16, answerNonce: 32 } as const;

/** Longest envelope text looked at, in characters: a token request is under 2 KiB. */
const ENVELOPE_MAX = 32_768;

/** A sealed request, taken apart and not opened. */
export interface RequestEnvelope {
  readonly keyId: Uint8Array;
  /** Which hub and endpoint it was sealed for: the beginning of a digest of the binding. */
  readonly target: Uint8Array;
  readonly enc: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** A sealed answer, taken apart and not opened. */
export interface AnswerEnvelope {
  readonly nonce: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** What could not be taken apart: what was expected, and what came, by its measure only. */
export interface EnvelopeFault {
  readonly expected: string;
  readonly presented: string;
}

/** Either, or why not. */
export type Read<T> = ({ readonly ok: true } & T) | ({ readonly ok: false } & EnvelopeFault);

/** The first bytes of a request envelope, which are authenticated and not secret. */
export function requestHeader({ keyId, target }: Pick<RequestEnvelope, 'keyId' | 'target'>): Uint8Array {
  return Buffer.concat([Uint8Array.of(VERSION), keyId, target]);
}

/** A request envelope as text. */
export function writeRequest(envelope: RequestEnvelope): string {
  return Buffer.concat([requestHeader(envelope), envelope.enc, envelope.ciphertext]).toString('base64url');
}

/** An answer envelope as text. */
export function writeAnswer({ nonce, ciphertext }: AnswerEnvelope): string {
  return Buffer.concat([Uint8Array.of(VERSION), nonce, ciphertext]).toString('base64url');
}

/** Takes a request envelope apart. */
export function readRequest(body: Uint8Array | string): Read<RequestEnvelope> {
  const { keyId, target, enc, tag } = LENGTHS;
  const read = envelopeBytes(body, 1 + keyId + target + enc + tag);
  if (!read.ok) return read;
  const { bytes } = read;
  const ends = [1 + keyId, 1 + keyId + target, 1 + keyId + target + enc] as const;
  return {
    ok: true,
    keyId: bytes.subarray(1, ends[0]),
    target: bytes.subarray(ends[0], ends[1]),
    enc: bytes.subarray(ends[1], ends[2]),
    ciphertext: bytes.subarray(ends[2]),
  };
}

/** Takes an answer envelope apart. */
export function readAnswer(body: Uint8Array | string): Read<AnswerEnvelope> {
  const read = envelopeBytes(body, 1 + LENGTHS.answerNonce + LENGTHS.tag);
  if (!read.ok) return read;
  const end = 1 + LENGTHS.answerNonce;
  return { ok: true, nonce: read.bytes.subarray(1, end), ciphertext: read.bytes.subarray(end) };
}

const TEXT = /^[A-Za-z0-9_-]*$/;

function envelopeBytes(body: Uint8Array | string, least: number): Read<{ readonly bytes: Buffer }> {
  const fault = (expected: string, presented: string) => ({ ok: false, expected, presented }) as const;
  if (body.length > ENVELOPE_MAX) return fault(`at most ${ENVELOPE_MAX} characters`, `${body.length} characters`);
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('latin1');
  if (!TEXT.test(text)) return fault('base64url without padding', 'other characters among them');
  const bytes = Buffer.from(text, 'base64url');
  // Spare bits of the last character could be set in several ways, and one envelope would have several texts.
  if (bytes.toString('base64url') !== text) return fault('base64url as RFC 4648 §3.5 wants it', 'bits behind the end');
  if (bytes.length < least) return fault(`at least ${least} bytes`, `${bytes.length} bytes`);
  if (bytes[0] !== VERSION) return fault(`envelope version ${VERSION}`, `version ${bytes[0]}`);
  return { ok: true, bytes };
}

/** Where a box may be opened, and nowhere else. */
export interface Binding {
  /** RFC 8414 issuer of the hub. */
  readonly issuer: string;
  readonly method: string;
  readonly path: string;
}

/** The HPKE `info` of a binding: each part behind its length, so that no two bindings read the same. */
export function infoOf({ issuer, method, path }: Binding): Uint8Array {
  return joined(['counterfoil sealed token 1', issuer, method, path, MEDIA_TYPES.request]);
}

/** What an envelope says of its binding in clear, so that a wrong address is told from a wrong key. */
export function targetOf(binding: Binding): Uint8Array {
  return createHash('sha256').update(infoOf(binding)).digest().subarray(0, LENGTHS.target);
}

/** Header fields that are authenticated with a box: whoever carries it can neither swap nor drop them. */
export interface BoundHeaders {
  readonly authorization?: string | undefined;
  readonly dpop?: string | undefined;
}

/** The associated data of a request: the envelope's own header, and the fields that travel beside it. */
export function requestAad(header: Uint8Array, { authorization, dpop }: BoundHeaders): Uint8Array {
  return Buffer.concat([header, joined([authorization, dpop])]);
}

/** The associated data of an answer: its status and what it is. */
export function answerAad(status: number): Uint8Array {
  return joined([String(status), MEDIA_TYPES.answer]);
}

/** Texts behind their lengths; one that is missing has the length that no text can have. */
function joined(parts: readonly (string | undefined)[]): Uint8Array {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part ?? '', 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part === undefined ? 0xffffffff : bytes.length);
      return [length, bytes];
    }),
  );
}
