/** DPoP, RFC 9449 §4.3: verifies a proof once and turns it into facts. */
import { createHash, createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { calculateJwkThumbprint, compactVerify, decodeProtectedHeader, EmbeddedJWK, errors, type JWK } from 'jose';
import { DPOP_ALGORITHMS, DPOP_WINDOW, type DpopFacts } from '../case.ts';
import { withoutSecrets } from '../secrets.ts';

const ALGORITHMS: string[] = [...DPOP_ALGORITHMS];
const PROOF_MAX = 8_192;
const NONCE_WINDOW_MS = 60_000;

/** A verified proof. Whether it was seen before, and whether its nonce is current, is known when the store has answered. */
export interface Proof {
  readonly facts: Omit<DpopFacts, 'replayed' | 'nonce'>;
  readonly nonce?: string;
  /** The key to keep so that the proof cannot come again, and until when (ms). */
  readonly once?: { readonly key: string; readonly until: number };
  readonly jwk?: JWK;
  /** The claim `hap_jkt`: the key that accessories shall know the sender by. */
  readonly hapJkt?: string;
}

/** The hub's nonce at `now`: HMAC of a time window, so that no node has to remember any. */
export function dpopNonce(key: KeyObject, now: number): string {
  return nonceOf(key, Math.floor(now / NONCE_WINDOW_MS));
}

function nonceOf(key: KeyObject, window: number): string {
  return createHmac('sha256', key).update(String(window)).digest('base64url').slice(0, 22);
}

/** The proof's facts, complete: with its nonce and its first use judged at the store's `now`. */
export function dpopFacts(proof: Proof, key: KeyObject, now: number, once: ReadonlySet<string>): DpopFacts {
  return { ...proof.facts, nonce: judgeNonce(key, now, proof.nonce), replayed: once.has(proof.once?.key ?? '') };
}

function judgeNonce(key: KeyObject, now: number, nonce: string | undefined): DpopFacts['nonce'] {
  if (nonce === undefined) return 'absent';
  const window = Math.floor(now / NONCE_WINDOW_MS);
  const came = Buffer.from(nonce);
  const current = [window, window - 1].some((w) => {
    const ours = Buffer.from(nonceOf(key, w));
    return ours.length === came.length && timingSafeEqual(ours, came);
  });
  return current ? 'current' : 'other';
}

/**
 * Reads and verifies the DPoP header. Total: whatever is wrong becomes a fact.
 *
 * @param header the header field, joined by commas where it came several times
 * @param accessToken at the protected API: the token that the proof must name
 */
export async function readProof(header: string | undefined, accessToken?: string): Promise<Proof | undefined> {
  if (header === undefined) return undefined;
  if (header.includes(',')) return faulty('several', 'expected one proof');
  if (header.length > PROOF_MAX) return faulty('malformed', `longer than ${PROOF_MAX} characters`);
  const head = protectedHeader(header);
  if (head?.typ !== 'dpop+jwt' || head.jwk === undefined)
    return faulty('malformed', 'no JWT with typ dpop+jwt and a jwk');
  if (typeof head.alg !== 'string' || !ALGORITHMS.includes(head.alg)) {
    return faulty('algorithm', `expected one of ${ALGORITHMS.join(', ')}`);
  }
  try {
    const { payload } = await compactVerify(header, EmbeddedJWK, { algorithms: ALGORITHMS });
    const claims = claimsOf(payload);
    if (!claims) return faulty('malformed', 'jti, htm, htu or iat is missing or of the wrong type');
    const jkt = await calculateJwkThumbprint(head.jwk);
    return proofOf(claims, jkt, head.jwk, athOf(claims, accessToken));
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) {
      return { facts: { signature: 'invalid' } };
    }
    // jose throws its own errors, and TypeError or DOMException for keys it cannot import; all of them mean a bad proof.
    return faulty('malformed', 'the key or the JWT cannot be read');
  }
}

interface Claims {
  readonly jti: string;
  readonly htm: string;
  readonly htu: string;
  readonly iat: number;
  readonly nonce?: unknown;
  readonly ath?: unknown;
  readonly pairing_id?: unknown;
  readonly hap_jkt?: unknown;
}

function proofOf(claims: Claims, jkt: string, jwk: JWK, ath: Pick<DpopFacts, 'ath'>): Proof {
  const jti = createHash('sha256').update(claims.jti).digest('base64url').slice(0, 27);
  const pairing = typeof claims.pairing_id === 'string' ? claims.pairing_id.slice(0, 64) : undefined;
  return {
    facts: {
      signature: 'valid',
      jkt,
      ...(typeof jwk.crv === 'string' && { curve: jwk.crv.slice(0, 20) }),
      htm: claims.htm.slice(0, 20),
      htu: withoutSecrets(claims.htu.slice(0, 500)),
      iat: claims.iat,
      ...ath,
      ...(pairing !== undefined && { pairingId: pairing }),
    },
    once: { key: `jti:${jkt}:${jti}`, until: (claims.iat + DPOP_WINDOW.pastSeconds + DPOP_WINDOW.aheadSeconds) * 1000 },
    jwk,
    ...(typeof claims.hap_jkt === 'string' && { hapJkt: claims.hap_jkt.slice(0, 64) }),
    ...(typeof claims.nonce === 'string' && { nonce: claims.nonce.slice(0, 100) }),
  };
}

function athOf(claims: Claims, accessToken: string | undefined): Pick<DpopFacts, 'ath'> {
  if (accessToken === undefined) return {};
  if (typeof claims.ath !== 'string') return { ath: 'absent' };
  const expected = Buffer.from(createHash('sha256').update(accessToken).digest('base64url'));
  const came = Buffer.from(claims.ath);
  return { ath: expected.length === came.length && timingSafeEqual(expected, came) ? 'match' : 'mismatch' };
}

function faulty(kind: 'several' | 'malformed' | 'algorithm', detail: string): Proof {
  return { facts: { fault: { kind, detail }, signature: 'unchecked' } };
}

function protectedHeader(jwt: string): { typ?: unknown; alg?: unknown; jwk?: JWK } | undefined {
  try {
    const { typ, alg, jwk } = decodeProtectedHeader(jwt) as Record<string, unknown>;
    return typeof jwk === 'object' && jwk !== null && !Array.isArray(jwk)
      ? { typ, alg, jwk: jwk as JWK }
      : { typ, alg };
  } catch {
    return undefined;
  }
}

function claimsOf(payload: Uint8Array): Claims | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const claims = value as Record<string, unknown>;
  const { jti, htm, htu, iat } = claims;
  const sound =
    typeof jti === 'string' &&
    jti !== '' &&
    typeof htm === 'string' &&
    typeof htu === 'string' &&
    Number.isSafeInteger(iat);
  return sound ? (claims as unknown as Claims) : undefined;
}
