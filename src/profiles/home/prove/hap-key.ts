/**
 * The statement of a HAP key: a compact JWT signed by the Ed25519 key that an accessory shall know an app by, which names
 * the hub, the code, the pairing and the sender's DPoP key. Why it says all of that: docs/decisions/0024-two-keys.md.
 */
import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import type { HapKeyFacts, KeyFacts, Told } from '../case.ts';

/** RFC 8725 §3.11: the type of the statement. It makes the first bytes that are signed the same always. */
export const STATEMENT_TYPE = 'hap-key+jwt';

/** Longest statement read. */
const STATEMENT_MAX = 4_096;
const KEY_BYTES = 32;

/** What the statement has to name. */
export interface Expected {
  /** The hub's issuer, and the other origins that name it. */
  readonly aud: readonly string[];
  /** The code as it was presented. */
  readonly code: string;
  /** Thumbprint of the sender's DPoP key, when its proof could be read. */
  readonly jkt?: string;
  readonly pairingId?: string;
}

/** A statement that was read: facts for the case, and the key for the accessory (32 bytes, base64url). */
export interface HapKeyProof {
  readonly facts: HapKeyFacts;
  readonly publicKey?: string;
}

/** Base64url of SHA-256, as the claim `c_hash` has it of the whole code (OpenID Connect has half of it). */
export function codeHash(code: string): string {
  return hash('sha256', code, 'base64url');
}

/** RFC 7638 thumbprint of an Ed25519 key, given as the member `x` of its JWK. */
export function thumbprintOf(x: string): string {
  return hash('sha256', `{"crv":"Ed25519","kty":"OKP","x":"${x}"}`, 'base64url');
}

/** Makes a statement, for apps: `publicKey` is `x` of the signing key's JWK. */
export function signStatement(
  key: KeyObject,
  publicKey: string,
  names: { readonly aud: string; readonly code: string; readonly jkt: string; readonly pairingId: string },
): string {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey };
  const payload = { aud: names.aud, c_hash: codeHash(names.code), jkt: names.jkt, pairing_id: names.pairingId };
  const input = [{ typ: STATEMENT_TYPE, alg: 'EdDSA', jwk }, payload].map(encode).join('.');
  return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`;
}

/** Reads and verifies a statement. Total: whatever is wrong becomes a fact. */
export function readStatement(text: string, expected: Expected): HapKeyProof {
  if (text.length > STATEMENT_MAX) return faulty(`longer than ${STATEMENT_MAX} characters`);
  const parts = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{86})$/.exec(text);
  if (!parts) return faulty('no compact JWT with a signature of 64 bytes');
  const [, head = '', body = '', signature = ''] = parts;
  const bytes = Buffer.from(signature, 'base64url');
  if (bytes.toString('base64url') !== signature) return faulty('expected the one base64url spelling of the signature');
  const header = decode(head);
  const claims = decode(body);
  if (header?.['typ'] !== STATEMENT_TYPE) return faulty(`expected the type ${STATEMENT_TYPE}`);
  if (header['alg'] !== 'EdDSA' && header['alg'] !== 'Ed25519') return faulty('expected the algorithm EdDSA');
  if ('crit' in header) return faulty('expected no critical extensions');
  if (!claims) return faulty('expected claims as a JSON object');
  const x = publicKeyOf(header['jwk']);
  if (x === undefined) return faulty('expected jwk with kty OKP, crv Ed25519 and x of 32 bytes, and nothing private');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  if (!verify(null, Buffer.from(`${head}.${body}`), key, bytes)) return { facts: { signature: 'invalid' } };
  const known: KeyFacts = { thumbprint: thumbprintOf(x), curve: 'Ed25519', ...(isWeak(x) && { weak: true }) };
  return { facts: { signature: 'valid', key: known, names: namesOf(claims, expected) }, publicKey: x };
}

function namesOf(claims: Json, { aud, code, jkt, pairingId }: Expected): NonNullable<HapKeyFacts['names']> {
  const told = (claim: string, ...wanted: readonly (string | undefined)[]): Told => {
    const value = claims[claim];
    if (typeof value !== 'string') return 'absent';
    return wanted.includes(value) ? 'match' : 'mismatch';
  };
  return {
    aud: told('aud', ...aud),
    code: told('c_hash', codeHash(code)),
    jkt: told('jkt', jkt),
    pairing: told('pairing_id', pairingId),
  };
}

/** The member `x` of a public Ed25519 JWK, in its one spelling. */
function publicKeyOf(jwk: unknown): string | undefined {
  if (typeof jwk !== 'object' || jwk === null) return undefined;
  const { kty, crv, x, d } = jwk as Json;
  if (kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string' || d !== undefined) return undefined;
  const bytes = Buffer.from(x, 'base64url');
  return bytes.length === KEY_BYTES && bytes.toString('base64url') === x ? x : undefined;
}

/**
 * Points of order 8 and less (RFC 8032 §5.1), and their other spellings: y without the sign bit, little-endian. For such a
 * "key" anybody can make signatures. OpenSSL 3.5 refuses them; what many accessories verify with (tweetnacl) does not.
 */
const SMALL_ORDER: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/** Can everybody sign for this Ed25519 key, given as `x` of its JWK? */
export function isWeak(x: string): boolean {
  const bytes = Buffer.from(x, 'base64url');
  bytes[KEY_BYTES - 1] = (bytes[KEY_BYTES - 1] ?? 0) & 0x7f;
  return SMALL_ORDER.has(bytes.toString('hex'));
}

type Json = Readonly<Record<string, unknown>>;

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

function faulty(fault: string): HapKeyProof {
  return { facts: { fault, signature: 'unchecked' } };
}
