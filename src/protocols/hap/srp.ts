/**
 * SRP-6a, the side that knows the setup code (HAP §5.5.2, RFC 5054 §2.5). The other side: `srp-server.ts`.
 *
 * Accessories disagree about numbers whose first byte is zero: some drop it on the wire, some before hashing, some never.
 * The dialects differ only there, so `a` is drawn again until nothing of ours begins with a zero byte, and what came is hashed as
 * it came. Nothing has been sent at that point, and `a` stays as random as before.
 */
import { randomBytes } from 'node:crypto';
import { equalSecrets } from './keys.ts';
import { GENERATOR, GROUP_BYTES, K, N, PRIME, padded, power, reduce, sha512, toNumber } from './srp-group.ts';

/** Whose password it is: always this (HAP §5.6.2). */
const SRP_IDENTITY = 'Pair-Setup';

/** Bytes of the secret exponent; RFC 5054 asks for 32 at least. */
export const EXPONENT_BYTES = 32;
/** Bytes of a proof and of the session key. */
export const PROOF_BYTES = 64;

/** Draws that are made at most: each fails once in about 85. */
const DRAWS_MAX = 64;

/** What M2 carried: 1 to 64 bytes of salt (HAP says 16), up to 384 bytes of B as they came. */
export interface Challenge {
  readonly salt: Uint8Array;
  readonly serverKey: Uint8Array;
}

/** What goes into M3, and what M4 and the messages after it need. All but `publicKey` and `proof` is secret. */
export interface ChallengeAnswer {
  /** A, 384 bytes. */
  readonly publicKey: Buffer;
  /** M1, 64 bytes. */
  readonly proof: Buffer;
  /** K, 64 bytes: the secret of the session once the other side is proven. */
  readonly sessionKey: Buffer;
  /** Is this the proof of somebody who knows the code's verifier? */
  provenBy(serverProof: Uint8Array): boolean;
}

/** x = H(salt | H(I ":" code)). The code with its dashes. */
function secretExponent(salt: Uint8Array, setupCode: string): bigint {
  return toNumber(sha512(salt, sha512(Buffer.from(`${SRP_IDENTITY}:${setupCode}`))));
}

/** u = H(PAD(A) | PAD(B)). */
export function scrambler(clientKey: Uint8Array, serverKey: Uint8Array): bigint {
  return toNumber(sha512(padded(clientKey), padded(serverKey)));
}

const GROUP_HASH = Buffer.from(sha512(PRIME).map((byte, i) => byte ^ (sha512(GENERATOR)[i] ?? 0)));
const IDENTITY_HASH = sha512(Buffer.from(SRP_IDENTITY));

/** M1 = H(H(N)^H(g) | H(I) | salt | A | B | K), each as given. */
export function clientProof(salt: Uint8Array, clientKey: Uint8Array, serverKey: Uint8Array, key: Uint8Array): Buffer {
  return sha512(GROUP_HASH, IDENTITY_HASH, salt, clientKey, serverKey, key);
}

/** M2 = H(A | M1 | K), each as given. */
export function serverProof(clientKey: Uint8Array, proof: Uint8Array, key: Uint8Array): Buffer {
  return sha512(clientKey, proof, key);
}

/**
 * Answers a challenge. Undefined when B is no public key: longer than the group, or a number that would give the secret away
 * (0, or the value from which nothing but the code's power remains).
 *
 * @param draw gives 32 fresh random bytes; only a test passes its own
 */
export function answerChallenge(
  { salt, serverKey }: Challenge,
  setupCode: string,
  draw: () => Uint8Array = () => randomBytes(EXPONENT_BYTES),
): ChallengeAnswer | undefined {
  if (salt.length === 0 || salt.length > PROOF_BYTES || serverKey.length > GROUP_BYTES) return undefined;
  const b = toNumber(serverKey);
  if (b === 0n || b >= N) return undefined;
  const g = toNumber(GENERATOR);
  const x = secretExponent(salt, setupCode);
  const verifier = power(g, x);
  const base = verifier && reduce(b - K * toNumber(verifier));
  if (base === undefined) return undefined;
  for (let draws = 0; draws < DRAWS_MAX; draws++) {
    const a = toNumber(draw());
    const publicKey = a === 0n ? undefined : power(g, a);
    if (publicKey === undefined || publicKey[0] === 0) continue;
    const secret = power(base, a + scrambler(publicKey, serverKey) * x);
    if (secret === undefined) return undefined;
    const sessionKey = sha512(secret);
    if (secret[0] === 0 || sessionKey[0] === 0) continue;
    const proof = clientProof(salt, publicKey, serverKey, sessionKey);
    const expected = serverProof(publicKey, proof, sessionKey);
    // a stripped proof is the same number: the padding is ours, the comparison is still over all 64 bytes
    return { publicKey, proof, sessionKey, provenBy: (came) => equalSecrets(padded(came, PROOF_BYTES), expected) };
  }
  return undefined;
}

/** The verifier of a code, g^x, as 384 bytes. */
export function verifierOf(salt: Uint8Array, setupCode: string): Buffer {
  const verifier = power(toNumber(GENERATOR), secretExponent(salt, setupCode));
  if (verifier === undefined) throw new Error('expected a verifier in the group; draw another salt');
  return verifier;
}
