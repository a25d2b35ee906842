/**
 * The one suite: RFC 9180 base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305; and the key of the
 * answer, made from the exporter as RFC 9458 §4.4 makes it.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { Chacha20Poly1305 } from '@hpke/chacha20poly1305';
import { CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { type AnswerEnvelope, answerAad, LENGTHS } from './envelope.ts';

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Chacha20Poly1305(),
});

const ANSWER_LABEL = Buffer.from('counterfoil sealed token answer 1');
const CIPHER = 'chacha20-poly1305';
const TAG = { authTagLength: LENGTHS.tag } as const;

/** What both ends share after a request: the `enc` it came with, and the exported secret. */
export interface AnswerSecret {
  readonly enc: Uint8Array;
  readonly secret: Uint8Array;
}

/** Seals `plaintext` to a public key of 32 bytes. */
export async function sealTo(
  publicKey: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
): Promise<AnswerSecret & { readonly ciphertext: Uint8Array }> {
  const recipientPublicKey = await suite.kem.importKey('raw', ownBuffer(publicKey), true);
  const sender = await suite.createSenderContext({ recipientPublicKey, info });
  const ciphertext = new Uint8Array(await sender.seal(plaintext, aad));
  return { enc: new Uint8Array(sender.enc), ciphertext, secret: await answerSecret(sender) };
}

/** A private key with its public half, as the suite takes it: Node's own types and a browser's differ in what uses there are. */
export type RecipientKey = Parameters<CipherSuite['createRecipientContext']>[0]['recipientKey'];

/** Opens what `sealTo` made; undefined when it cannot be opened, for whatever reason. */
export async function openWith(
  recipientKey: RecipientKey,
  { enc, ciphertext }: { readonly enc: Uint8Array; readonly ciphertext: Uint8Array },
  info: Uint8Array,
  aad: Uint8Array,
): Promise<(AnswerSecret & { readonly plaintext: Uint8Array }) | undefined> {
  try {
    const recipient = await suite.createRecipientContext({ recipientKey, enc, info });
    const plaintext = new Uint8Array(await recipient.open(ciphertext, aad));
    return { plaintext, enc, secret: await answerSecret(recipient) };
  } catch {
    return undefined;
  }
}

/** Seals an answer: its status is bound, and the nonce is fresh. */
export function sealAnswer(shared: AnswerSecret, status: number, body: string): AnswerEnvelope {
  const nonce = randomBytes(LENGTHS.answerNonce);
  const { key, iv } = answerKey(shared, nonce);
  const cipher = createCipheriv(CIPHER, key, iv, TAG);
  cipher.setAAD(answerAad(status), { plaintextLength: Buffer.byteLength(body) });
  const ciphertext = Buffer.concat([cipher.update(body, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return { nonce, ciphertext };
}

/** Opens an answer; undefined when it, or the status it came with, is not what was sealed. */
export function openAnswer(
  shared: AnswerSecret,
  status: number,
  { nonce, ciphertext }: AnswerEnvelope,
): string | undefined {
  const { key, iv } = answerKey(shared, nonce);
  const end = ciphertext.length - LENGTHS.tag;
  try {
    const decipher = createDecipheriv(CIPHER, key, iv, TAG);
    decipher.setAAD(answerAad(status), { plaintextLength: end });
    decipher.setAuthTag(ciphertext.subarray(end));
    return Buffer.concat([decipher.update(ciphertext.subarray(0, end)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/** The name of a public key of 32 bytes: eight bytes of its SHA-256. */
export function keyIdOf(publicKey: Uint8Array): Uint8Array {
  return createHash('sha256').update(publicKey).digest().subarray(0, LENGTHS.keyId);
}

async function answerSecret(context: { export(label: Uint8Array, length: number): Promise<ArrayBuffer> }) {
  return new Uint8Array(await context.export(ANSWER_LABEL, LENGTHS.answerNonce));
}

/** RFC 9458 §4.4: extract with `enc` and the nonce as salt, then expand to a key and a nonce of the cipher. */
function answerKey({ enc, secret }: AnswerSecret, nonce: Uint8Array): { key: Uint8Array; iv: Uint8Array } {
  const salt = Buffer.concat([enc, nonce]);
  const expand = (label: string, length: number): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', secret, salt, label, length));
  return { key: expand('key', 32), iv: expand('nonce', 12) };
}

/** WebCrypto wants the buffer itself, and a view may be a part of a larger one. */
function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
