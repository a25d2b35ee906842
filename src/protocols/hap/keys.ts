/**
 * The keys of HAP over `node:crypto`: Ed25519 identities, X25519 agreement, HKDF-SHA-512 and ChaCha20-Poly1305 with HAP's
 * nonces. On the wire keys are 32 raw bytes; a `KeyObject` is made of them once.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  sign as edSign,
  verify as edVerify,
  generateKeyPairSync,
  hash,
  hkdfSync,
  type KeyObject,
  randomBytes,
  randomUUID,
  timingSafeEqual,
} from 'node:crypto';

/** Bytes of a raw public key, private seed, session key. */
export const KEY_BYTES = 32;
/** Bytes of an Ed25519 signature. */
export const SIGNATURE_BYTES = 64;
/** Bytes of a Poly1305 tag. */
export const TAG_BYTES = 16;

/** A long-term identity: a pairing identifier and its Ed25519 pair. `seed` is the secret to store. */
export interface Identity {
  readonly id: string;
  readonly seed: Buffer;
  readonly privateKey: KeyObject;
  readonly publicKey: Buffer;
}

/** The curves that HAP uses. */
export type Curve = 'ed25519' | 'x25519';

/** RFC 8410: what stands before 32 raw bytes in DER. */
const DER: Readonly<Record<Curve, { readonly private: Buffer; readonly public: Buffer }>> = {
  ed25519: {
    private: Buffer.from('302e020100300506032b657004220420', 'hex'),
    public: Buffer.from('302a300506032b6570032100', 'hex'),
  },
  x25519: {
    private: Buffer.from('302e020100300506032b656e04220420', 'hex'),
    public: Buffer.from('302a300506032b656e032100', 'hex'),
  },
};

/** A private key from its 32 raw bytes. @throws RangeError for any other length */
export function privateKeyFrom(curve: Curve, raw: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([DER[curve].private, sized(raw)]), format: 'der', type: 'pkcs8' });
}

/** A public key from its 32 raw bytes; whether they are a sound point shows in use. @throws RangeError for any other length */
function publicKeyFrom(curve: Curve, raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([DER[curve].public, sized(raw)]), format: 'der', type: 'spki' });
}

/** The 32 raw bytes of the public half of a key of either curve. */
export function rawPublicKey(key: KeyObject): Buffer {
  const half = key.type === 'private' ? createPublicKey(key) : key;
  return half.export({ format: 'der', type: 'spki' }).subarray(-KEY_BYTES);
}

/** A fresh identity; without `id` a controller's: an upper-case UUID (HAP §5.6.5). An accessory passes its device id. */
export function newIdentity(id: string = randomUUID().toUpperCase()): Identity {
  return identityFrom(id, randomBytes(KEY_BYTES));
}

/** The identity of a stored seed. @throws RangeError unless the seed has 32 bytes */
export function identityFrom(id: string, seed: Uint8Array): Identity {
  const privateKey = privateKeyFrom('ed25519', seed);
  return { id, seed: Buffer.from(seed), privateKey, publicKey: rawPublicKey(privateKey) };
}

/** Ed25519 signature, 64 bytes. */
export function sign(privateKey: KeyObject, message: Uint8Array): Buffer {
  return edSign(null, message, privateKey);
}

/** Does the signature hold under these 32 raw bytes? False for a key or signature of another form; never throws. */
export function verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  try {
    return edVerify(null, message, publicKeyFrom('ed25519', publicKey), signature);
  } catch {
    return false;
  }
}

/** A fresh X25519 pair for one pair-verify. */
export function newAgreement(): { readonly privateKey: KeyObject; readonly publicKey: Buffer } {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  return { privateKey, publicKey: rawPublicKey(publicKey) };
}

/** The X25519 shared secret, or undefined when the other key has not 32 bytes or is a point of low order. */
export function agree(privateKey: KeyObject, otherPublicKey: Uint8Array): Buffer | undefined {
  if (otherPublicKey.length !== KEY_BYTES) return undefined;
  try {
    const secret = diffieHellman({ privateKey, publicKey: publicKeyFrom('x25519', otherPublicKey) });
    return secret.every((byte) => byte === 0) ? undefined : secret;
  } catch {
    return undefined;
  }
}

/** HKDF-SHA-512 to 32 bytes; salt and info are HAP's labels. */
export function hkdf(secret: Uint8Array, salt: string, info: string): Buffer {
  return Buffer.from(hkdfSync('sha512', secret, salt, info, KEY_BYTES));
}

/**
 * What a nonce is made from: a label of eight characters as in a pairing message (`PS-Msg05`), or the number of a frame.
 * Never the same twice under one key.
 */
export type Nonce = string | number;

/** ChaCha20-Poly1305: ciphertext and tag in one. */
export function seal(key: Uint8Array, nonce: Nonce, plain: Uint8Array, aad?: Uint8Array): Buffer {
  const cipher = createCipheriv('chacha20-poly1305', key, nonceBytes(nonce), { authTagLength: TAG_BYTES });
  if (aad !== undefined) cipher.setAAD(aad, { plaintextLength: plain.length });
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** What `seal` took, or undefined when tag, key, nonce or additional data do not fit together. */
export function open(key: Uint8Array, nonce: Nonce, sealed: Uint8Array, aad?: Uint8Array): Buffer | undefined {
  const length = sealed.length - TAG_BYTES;
  if (length < 0) return undefined;
  const decipher = createDecipheriv('chacha20-poly1305', key, nonceBytes(nonce), { authTagLength: TAG_BYTES });
  if (aad !== undefined) decipher.setAAD(aad, { plaintextLength: length });
  decipher.setAuthTag(sealed.subarray(length));
  const plain = decipher.update(sealed.subarray(0, length));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    return undefined;
  }
}

/** Are two secrets equal? The time depends on their lengths only. */
export function equalSecrets(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** What people and transcripts are shown of a public key or identifier: the first eight bytes of its SHA-256, in hex. */
export function fingerprint(of: Uint8Array | string): string {
  return hash('sha256', of, 'hex').slice(0, 16);
}

/** Four zero bytes, then the label or the number in 64 bits, little-endian (HAP §5.6.5, §6.5.2). */
function nonceBytes(nonce: Nonce): Buffer {
  const bytes = Buffer.alloc(12);
  if (typeof nonce === 'string') bytes.write(nonce, 4, 8, 'latin1');
  else {
    bytes.writeUInt32LE(nonce % 2 ** 32, 4);
    bytes.writeUInt32LE(Math.floor(nonce / 2 ** 32), 8);
  }
  return bytes;
}

function sized(raw: Uint8Array): Uint8Array {
  if (raw.length !== KEY_BYTES) throw new RangeError(`expected ${KEY_BYTES} bytes of key, got ${raw.length}`);
  return raw;
}
