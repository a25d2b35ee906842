/**
 * Receipts: a shared refusal as a JWS (RFC 7515), signed with a key of its own. Whoever has the hub's public key can tell,
 * offline and long after the link has ended, that this hub said so, and that not a byte of it was changed.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { CompactSign, compactVerify } from 'jose';
import type { Audience } from '../core/verdict.ts';
import { codeKey, type SigningKey } from '../protocols/signed-code/signed-code.ts';
import type { ReceiptKeys, SharedRefusal } from './share-shapes.ts';

/** The `typ` of a receipt: it can be taken for no other token. */
const TYPE = 'counterfoil-receipt+jws';

/** Longest receipt that is read, in characters. */
export const RECEIPT_MAX = 65_536;

/** What a receipt says. */
export interface Receipt {
  /** The hub that says it: its issuer. */
  readonly hub: string;
  /** The day it was shared, UTC: `2026-11-21`. */
  readonly shared: string;
  readonly refusal: SharedRefusal;
}

/** Signs a receipt, as a compact JWS. */
export function signReceipt({ hub, shared, refusal }: Receipt, { id, privateKey }: SigningKey): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify({ iss: hub, shared, refusal })))
    .setProtectedHeader({ alg: 'EdDSA', typ: TYPE, kid: id })
    .sign(privateKey);
}

/** What a receipt turned out to be. */
export type ReadReceipt =
  | { readonly ok: true; readonly receipt: Receipt }
  | { readonly ok: false; readonly cause: 'malformed' | 'signature'; readonly say: string };

/** Verifies a receipt with a hub's public key. Total: whatever comes is an answer. */
export async function readReceipt(text: string, key: KeyObject): Promise<ReadReceipt> {
  const trimmed = text.trim();
  if (text.length > RECEIPT_MAX) return malformed(`at most ${RECEIPT_MAX} characters`);
  if (!trimmed.split('.').every(canonical)) return malformed('three parts of base64url');
  try {
    const { payload, protectedHeader } = await compactVerify(trimmed, key, { algorithms: ['EdDSA', 'Ed25519'] });
    const receipt = protectedHeader.typ === TYPE ? receiptOf(JSON.parse(Buffer.from(payload).toString())) : undefined;
    return receipt ? { ok: true, receipt } : malformed(`a JWS of type ${TYPE}`);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED')
      return malformed('a compact JWS signed with EdDSA');
    return {
      ok: false,
      cause: 'signature',
      say: 'the signature does not hold: it was changed, or is not of the hub whose key this is',
    };
  }
}

function malformed(expected: string): ReadReceipt {
  return { ok: false, cause: 'malformed', say: `expected a receipt, ${expected}, got something else` };
}

/** One receipt has one text: no white space, no padding, no spare bits. */
function canonical(part: string): boolean {
  return Buffer.from(part, 'base64url').toString('base64url') === part;
}

function receiptOf(claims: unknown): Receipt | undefined {
  const { iss, shared, refusal } = fieldsOf(claims);
  if (!isText(iss) || !isText(shared) || !isRefusal(refusal)) return undefined;
  return { hub: iss, shared, refusal };
}

/** The key may be anybody's, and then so is what it signed. */
function isRefusal(value: unknown): value is SharedRefusal {
  const { asked, heard, why, when, app, failed, of, checks, todo } = fieldsOf(value);
  return (
    [asked, why, when].every(isText) &&
    [heard, app].every(isTextOrNone) &&
    [failed, of].every(Number.isSafeInteger) &&
    Array.isArray(checks) &&
    checks.map(fieldsOf).every(isCheck) &&
    Array.isArray(todo) &&
    todo.map(fieldsOf).every((fix) => isText(fix['say']) && isText(fix['rule']) && AUDIENCES.has(fix['audience']))
  );
}

const AUDIENCES: ReadonlySet<unknown> = new Set<Audience>(['client', 'owner', 'operator', 'issuer']);

function isCheck({ rule, outcome, say, detail, expected, presented }: Readonly<Record<string, unknown>>): boolean {
  const known = outcome === 'fail' || outcome === 'warn';
  return known && [rule, say].every(isText) && [detail, expected, presented].every(isTextOrNone);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTextOrNone(value: unknown): boolean {
  return value === undefined || isText(value);
}

/** The public half of a key, for whoever wants to verify. */
export function receiptKeysOf({ id, publicKey }: SigningKey): ReceiptKeys {
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return {
    pem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    jwks: { keys: [{ kty: 'OKP', crv: 'Ed25519', x, kid: id, alg: 'EdDSA', use: 'sig' }] },
  };
}

/**
 * Reads a public key: PEM, or a JWK set as the hub serves it.
 *
 * @throws Error when it is no Ed25519 public key
 */
export function readPublicKey(text: string): KeyObject {
  if (!text.trimStart().startsWith('{')) return codeKey(createPublicKey(text)).publicKey;
  const { keys } = JSON.parse(text) as { readonly keys?: readonly Record<string, string>[] };
  return codeKey(createPublicKey({ key: keys?.[0] ?? {}, format: 'jwk' })).publicKey;
}
