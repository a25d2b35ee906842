/**
 * A second HPKE (RFC 9180, base mode, X25519, SHA-256, ChaCha20-Poly1305), written from the RFC with node:crypto alone,
 * to hold the one in use against.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
} from 'node:crypto';

const KEM_SUITE = Buffer.concat([Buffer.from('KEM'), Buffer.from('0020', 'hex')]);
const HPKE_SUITE = Buffer.concat([Buffer.from('HPKE'), Buffer.from('002000010003', 'hex')]);

/** RFC 5869 §2.2. */
function extract(salt: Uint8Array, ikm: Uint8Array): Buffer {
  return createHmac('sha256', salt.length === 0 ? Buffer.alloc(32) : salt)
    .update(ikm)
    .digest();
}

/** RFC 5869 §2.3. */
function expand(prk: Uint8Array, info: Uint8Array, length: number): Buffer {
  let block = Buffer.alloc(0);
  let all = Buffer.alloc(0);
  for (let i = 1; all.length < length; i++) {
    block = createHmac('sha256', prk).update(block).update(info).update(Uint8Array.of(i)).digest();
    all = Buffer.concat([all, block]);
  }
  return all.subarray(0, length);
}

const labeledExtract = (suite: Buffer, salt: Uint8Array, label: string, ikm: Uint8Array): Buffer =>
  extract(salt, Buffer.concat([Buffer.from('HPKE-v1'), suite, Buffer.from(label), ikm]));

function labeledExpand(suite: Buffer, prk: Uint8Array, label: string, info: Uint8Array, length: number): Buffer {
  const size = Buffer.alloc(2);
  size.writeUInt16BE(length);
  return expand(prk, Buffer.concat([size, Buffer.from('HPKE-v1'), suite, Buffer.from(label), info]), length);
}

/** The private key of 32 raw bytes. */
export function rawPrivate(bytes: Uint8Array): KeyObject {
  const der = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), bytes]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

/** The public key of 32 raw bytes. */
export function rawPublic(bytes: Uint8Array): KeyObject {
  return createPublicKey({
    key: { kty: 'OKP', crv: 'X25519', x: Buffer.from(bytes).toString('base64url') },
    format: 'jwk',
  });
}

/** What both ends agree on. */
export interface OracleContext {
  readonly sharedSecret: Buffer;
  readonly key: Buffer;
  readonly baseNonce: Buffer;
  readonly exporterSecret: Buffer;
}

/** RFC 9180 §4.1 and §5.1, with one end's private key and the other's public one. */
export function context(
  own: KeyObject,
  peer: KeyObject,
  enc: Uint8Array,
  recipient: Uint8Array,
  info: Uint8Array,
): OracleContext {
  const none = Buffer.alloc(0);
  const dh = diffieHellman({ privateKey: own, publicKey: peer });
  const eae = labeledExtract(KEM_SUITE, none, 'eae_prk', dh);
  const sharedSecret = labeledExpand(KEM_SUITE, eae, 'shared_secret', Buffer.concat([enc, recipient]), 32);
  const pskId = labeledExtract(HPKE_SUITE, none, 'psk_id_hash', none);
  const infoHash = labeledExtract(HPKE_SUITE, none, 'info_hash', info);
  const schedule = Buffer.concat([Uint8Array.of(0), pskId, infoHash]);
  const secret = labeledExtract(HPKE_SUITE, sharedSecret, 'secret', none);
  return {
    sharedSecret,
    key: labeledExpand(HPKE_SUITE, secret, 'key', schedule, 32),
    baseNonce: labeledExpand(HPKE_SUITE, secret, 'base_nonce', schedule, 12),
    exporterSecret: labeledExpand(HPKE_SUITE, secret, 'exp', schedule, 32),
  };
}

/** RFC 9180 §5.3. */
export function exported({ exporterSecret }: OracleContext, label: Uint8Array, length: number): Buffer {
  return labeledExpand(HPKE_SUITE, exporterSecret, 'sec', label, length);
}

/** The first message of a context, RFC 9180 §5.2. */
export function sealFirst({ key, baseNonce }: OracleContext, aad: Uint8Array, plaintext: Uint8Array): Buffer {
  return aeadSeal(key, baseNonce, aad, plaintext);
}

/** Opens the first message; throws when it cannot. */
export function openFirst({ key, baseNonce }: OracleContext, aad: Uint8Array, ciphertext: Uint8Array): Buffer {
  return aeadOpen(key, baseNonce, aad, ciphertext);
}

/** ChaCha20-Poly1305, the tag behind. */
export function aeadSeal(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
  cipher.setAAD(aad, { plaintextLength: plaintext.length });
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Opens it; throws when it cannot. */
export function aeadOpen(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Buffer {
  const end = sealed.length - 16;
  const decipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
  decipher.setAAD(aad, { plaintextLength: end });
  decipher.setAuthTag(sealed.subarray(end));
  return Buffer.concat([decipher.update(sealed.subarray(0, end)), decipher.final()]);
}

/** RFC 9458 §4.4: key and nonce of an answer. */
export function answerKeys(secret: Uint8Array, enc: Uint8Array, nonce: Uint8Array): { key: Buffer; iv: Buffer } {
  const prk = extract(Buffer.concat([enc, nonce]), secret);
  return { key: expand(prk, Buffer.from('key'), 32), iv: expand(prk, Buffer.from('nonce'), 12) };
}
