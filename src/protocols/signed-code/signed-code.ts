/**
 * The signed code: a small payload and its Ed25519 signature, in base64 (RFC 4648 §4) with padding. Whoever has the
 * public key can tell offline that a hub handed it out, and until when it is good; that it is unused only the hub knows.
 *
 * | bytes | what                                                                     |
 * | ----- | ------------------------------------------------------------------------ |
 * | 3     | `08 54 b5`, which base64 writes as `CFS1`: what it is, and its version   |
 * | 8     | key id: the beginning of SHA-256 of the public key                       |
 * | 6     | from, milliseconds since the epoch, big-endian                           |
 * | 6     | until                                                                    |
 * | 16    | random                                                                   |
 * | 64    | Ed25519 (RFC 8032 §5.1) over all of the above                            |
 *
 * Not here: who may redeem it. Usable alone, without storage.
 */
import { createHash, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';

/** What stands first: its base64 text, and its bytes. */
export const MARK = 'CFS1';
const MARK_BYTES = Buffer.from(MARK, 'base64');

/** Lengths: of the payload and the whole in bytes, and of its text, with padding and without. */
export const LENGTHS = { payload: 39, bytes: 103, text: 140, unpadded: 138 } as const;

/** A public key that codes are verified with. */
export interface CodeKey {
  /** Eight bytes, base64url. */
  readonly id: string;
  readonly publicKey: KeyObject;
}

/** The hub's own. */
export interface SigningKey extends CodeKey {
  readonly privateKey: KeyObject;
}

/** When a code is good. Milliseconds since the epoch, whole. */
export interface CodeTimes {
  readonly from: number;
  readonly until: number;
}

/** The public key, with its id. @throws TypeError for a key of another kind */
export function codeKey(publicKey: KeyObject): CodeKey {
  const { crv, x } = publicKey.export({ format: 'jwk' });
  if (crv !== 'Ed25519' || x === undefined)
    throw new TypeError(`expected an Ed25519 key, got ${crv ?? 'another kind'}`);
  const digest = createHash('sha256').update(Buffer.from(x, 'base64url')).digest();
  return { id: digest.subarray(0, 8).toString('base64url'), publicKey };
}

/** A signing key, with its id. @throws TypeError for a key of another kind */
export function signingKey(privateKey: KeyObject): SigningKey {
  return { ...codeKey(createPublicKey(privateKey)), privateKey };
}

/** A fresh code. @throws RangeError for times that are no whole milliseconds, or do not fit into six bytes */
export function signCode({ id, privateKey }: SigningKey, { from, until }: CodeTimes): string {
  const payload = Buffer.alloc(LENGTHS.payload);
  MARK_BYTES.copy(payload);
  Buffer.from(id, 'base64url').copy(payload, 3);
  payload.writeUIntBE(from, 11, 6);
  payload.writeUIntBE(until, 17, 6);
  randomBytes(16).copy(payload, 23);
  return Buffer.concat([payload, sign(null, payload, privateKey)]).toString('base64');
}
