/**
 * The hub's sealing key, and the statement that makes it the hub's: a JWS (RFC 7515) signed by the hub's long-term
 * Ed25519 key (LTPK), which an app has learned in pairing. Whoever carries the statement can neither change nor extend it.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { CompactSign, compactVerify } from 'jose';
import { keyIdOf, type RecipientKey } from './suite.ts';

/** What a statement says. Times in milliseconds since the epoch, whole seconds. */
export interface SealingKeyInfo {
  /** Eight bytes, base64url. */
  readonly id: string;
  /** X25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** A sealing key as the hub holds it. */
export interface SealingKey extends SealingKeyInfo {
  readonly pair: RecipientKey;
}

/** PKCS #8 around a raw private key, RFC 8410 §7. */
const PKCS8: Readonly<Record<'X25519' | 'Ed25519', string>> = {
  X25519: '302e020100300506032b656e04220420',
  Ed25519: '302e020100300506032b657004220420',
};

/** A private key from 32 bytes of secret. @throws RangeError for another length */
export function privateKeyOf(curve: 'X25519' | 'Ed25519', secret: Uint8Array): KeyObject {
  if (secret.length !== 32) throw new RangeError(`expected 32 bytes for a ${curve} key, got ${secret.length}`);
  return createPrivateKey({
    key: Buffer.concat([Buffer.from(PKCS8[curve], 'hex'), secret]),
    format: 'der',
    type: 'pkcs8',
  });
}

/** The 32 bytes of a public key, or of the one that belongs to a private key; X25519 or Ed25519. */
export function rawPublicKey(key: KeyObject): Uint8Array {
  const { x } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  return new Uint8Array(Buffer.from(x ?? '', 'base64url'));
}

/** A sealing key from 32 bytes of secret. @throws RangeError for another length */
export function sealingKey(
  secret: Uint8Array,
  { notBefore, notAfter }: Pick<SealingKeyInfo, 'notBefore' | 'notAfter'>,
): SealingKey {
  const key = privateKeyOf('X25519', secret);
  const publicKey = rawPublicKey(key);
  return {
    id: Buffer.from(keyIdOf(publicKey)).toString('base64url'),
    publicKey,
    notBefore,
    notAfter,
    pair: {
      privateKey: key.toCryptoKey({ name: 'X25519' }, false, ['deriveBits']),
      publicKey: createPublicKey(key).toCryptoKey({ name: 'X25519' }, true, []),
    } as RecipientKey,
  };
}

/** The `typ` of a statement: it can be taken for no other token. */
const TYPE = 'counterfoil-sealing+jwt';

/** Longest statement that is read, in characters. */
const STATEMENT_MAX = 4_096;

/** The statement of a key: a compact JWS with `iss`, `nbf`, `exp` and the key as a JWK (RFC 8037). */
export function signSealingKey(issuer: string, key: SealingKeyInfo, ltsk: KeyObject): Promise<string> {
  const claims = {
    iss: issuer,
    nbf: Math.ceil(key.notBefore / 1_000),
    exp: Math.floor(key.notAfter / 1_000),
    jwk: { kty: 'OKP', crv: 'X25519', kid: key.id, x: Buffer.from(key.publicKey).toString('base64url') },
  };
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'EdDSA', typ: TYPE })
    .sign(ltsk);
}

/** What a statement turned out to be. */
export type ReadStatement =
  | { readonly ok: true; readonly issuer: string; readonly key: SealingKeyInfo }
  | {
      readonly ok: false;
      readonly cause: 'ltpk' | 'malformed' | 'signature' | 'issuer' | 'not-yet' | 'expired';
      readonly expected: string;
      readonly presented: string;
    };

/**
 * Reads a statement with the key that was learned in pairing. Total: whatever comes is an answer.
 *
 * @param ltpk the hub's long-term public key, 32 bytes
 * @param now milliseconds since the epoch
 * @param issuer the issuer it must name; any unless given
 */
export async function readSealingKey(
  text: string,
  ltpk: Uint8Array,
  now: number,
  issuer?: string,
): Promise<ReadStatement> {
  const no = (cause: Exclude<ReadStatement, { ok: true }>['cause'], expected: string, presented: string) =>
    ({ ok: false, cause, expected, presented }) as const;
  if (ltpk.length !== 32) return no('ltpk', 'an LTPK of 32 bytes', `${ltpk.length} bytes`);
  if (text.length > STATEMENT_MAX)
    return no('malformed', `at most ${STATEMENT_MAX} characters`, `${text.length} characters`);
  const verified = text.split('.').every(canonical) ? await verifiedClaims(text, ltpk) : 'malformed';
  if (verified === 'signature') return no('signature', "a signature by the hub's LTPK", 'another one');
  const claims = verified === 'malformed' ? undefined : statementOf(verified);
  if (!claims) return no('malformed', 'a signed statement of a sealing key', 'something else');
  const { key } = claims;
  if (issuer !== undefined && claims.issuer !== issuer) return no('issuer', issuer, claims.issuer.slice(0, 200));
  if (now < key.notBefore) return no('not-yet', `a time from ${iso(key.notBefore)}`, iso(now));
  if (now > key.notAfter) return no('expired', `a time until ${iso(key.notAfter)}`, iso(now));
  return { ok: true, ...claims };
}

/** One statement has one text: no white space, no padding, no spare bits, which JOSE libraries may let pass. */
function canonical(part: string): boolean {
  return Buffer.from(part, 'base64url').toString('base64url') === part;
}

async function verifiedClaims(
  text: string,
  ltpk: Uint8Array,
): Promise<Readonly<Record<string, unknown>> | 'signature' | 'malformed'> {
  try {
    const x = Buffer.from(ltpk).toString('base64url');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    const { payload, protectedHeader } = await compactVerify(text, key, { algorithms: ['EdDSA', 'Ed25519'] });
    const claims: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
    const sound = protectedHeader.typ === TYPE && typeof claims === 'object' && claims !== null;
    return sound ? (claims as Record<string, unknown>) : 'malformed';
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    return code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' ? 'signature' : 'malformed';
  }
}

function statementOf({ iss, nbf, exp, jwk }: Readonly<Record<string, unknown>>) {
  if (typeof iss !== 'string' || !Number.isSafeInteger(nbf) || !Number.isSafeInteger(exp)) return undefined;
  if (typeof jwk !== 'object' || jwk === null) return undefined;
  const { kty, crv, kid, x } = jwk as Readonly<Record<string, unknown>>;
  if (kty !== 'OKP' || crv !== 'X25519' || typeof x !== 'string') return undefined;
  const publicKey = new Uint8Array(Buffer.from(x, 'base64url'));
  if (publicKey.length !== 32 || Buffer.from(keyIdOf(publicKey)).toString('base64url') !== kid) return undefined;
  const times = { notBefore: Number(nbf) * 1_000, notAfter: Number(exp) * 1_000 };
  // Beyond what a date can say, a time is no time.
  if (!Number.isFinite(new Date(times.notBefore).getTime()) || !Number.isFinite(new Date(times.notAfter).getTime()))
    return undefined;
  return { issuer: iss, key: { id: kid, publicKey, ...times } };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
