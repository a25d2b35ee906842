/**
 * The group of HAP's SRP: 3072 bits, generator 5, SHA-512 (RFC 5054 appendix A; HAP §5.5.2). Powers are taken inside OpenSSL,
 * by its Diffie-Hellman: exponent and base are imported as the two keys of an exchange whose secret is the power. That
 * costs about a hundredth of what JavaScript needs, and its time does not depend on the exponent.
 */
import { createPrivateKey, createPublicKey, getDiffieHellman, hash } from 'node:crypto';

/** Bytes of a number of the group. */
export const GROUP_BYTES = 384;

/** The prime: RFC 3526 group 15, which RFC 5054 takes over with another generator. */
export const PRIME: Buffer = getDiffieHellman('modp15').getPrime();
/** The prime as a number. */
export const N: bigint = toNumber(PRIME);
/** The generator, one byte, as M1 hashes it. */
export const GENERATOR: Buffer = Buffer.of(5);

/** SHA-512 over the parts one after another. */
export function sha512(...parts: readonly Uint8Array[]): Buffer {
  return hash('sha512', Buffer.concat(parts), 'buffer');
}

/** Big-endian bytes as a number. */
export function toNumber(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

/** A number below 2^3072, big-endian in 384 bytes. */
export function toGroupBytes(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * GROUP_BYTES, '0'), 'hex');
}

/** The bytes with zeros in front, `length` of them; longer ones stay as they are. */
export function padded(bytes: Uint8Array, length: number = GROUP_BYTES): Buffer {
  const missing = length - bytes.length;
  return missing > 0 ? Buffer.concat([Buffer.alloc(missing), bytes]) : Buffer.from(bytes);
}

/** The bytes without zeros in front. */
export function stripped(bytes: Buffer): Buffer {
  const at = bytes.findIndex((byte) => byte !== 0);
  return at < 0 ? bytes.subarray(bytes.length) : bytes.subarray(at);
}

/** `value` brought into 0 … N-1; it may be negative. */
export function reduce(value: bigint): bigint {
  const rest = value % N;
  return rest < 0n ? rest + N : rest;
}

/** The multiplier k = H(N | PAD(g)) of SRP-6a. */
export const K: bigint = toNumber(sha512(PRIME, padded(GENERATOR)));

const DH_OID = Buffer.from('06092a864886f70d010301', 'hex');
const PRIME_DER = derInteger(N);

/**
 * `base` to the power of `exponent`, modulo N, as 384 bytes; undefined for a base of 0, 1, N-1 or outside of the group,
 * which no honest side sends: OpenSSL refuses it.
 *
 * @param exponent 1 or more, up to 3071 bits
 */
export function power(base: bigint, exponent: bigint): Buffer | undefined {
  if (base < 2n || base > N - 2n) return undefined;
  try {
    const parameters = der(0x30, DH_OID, der(0x30, PRIME_DER, derInteger(base)));
    const key = der(0x30, derInteger(0n), parameters, der(0x04, derInteger(exponent)));
    // the import of a private key makes its public one, base^exponent: to agree upon it would be a second power
    const made = createPublicKey(createPrivateKey({ key, format: 'der', type: 'pkcs8' }));
    const spki = made.export({ format: 'der', type: 'spki' });
    const value = inside(inside(spki, parameters.length).subarray(1));
    return padded(stripped(value));
  } catch {
    return undefined;
  }
}

/** What is in the DER value at the beginning of `bytes`; with `skip`, of the one so many bytes into its inside. */
function inside(bytes: Buffer, skip?: number): Buffer {
  const short = bytes[1] ?? 0;
  const size = short < 128 ? 0 : short - 128;
  const content = bytes.subarray(2 + size);
  return skip === undefined ? content : inside(content.subarray(skip));
}

/** DER: a tag, a length, what is inside (X.690 §8.1). */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const inside = Buffer.concat(parts);
  const n = inside.length;
  const length = n < 128 ? [n] : n < 256 ? [0x81, n] : [0x82, n >> 8, n & 255];
  return Buffer.concat([Uint8Array.of(tag, ...length), inside]);
}

function derInteger(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  // a set top bit would make the number negative
  return der(0x02, (bytes[0] ?? 0) < 128 ? bytes : Buffer.concat([Uint8Array.of(0), bytes]));
}
