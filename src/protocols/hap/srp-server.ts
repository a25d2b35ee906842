/**
 * SRP-6a, the side that keeps a verifier instead of the setup code (HAP §5.5.2, RFC 5054 §2.5): the accessory.
 *
 * Clients disagree about numbers whose first byte is zero just as accessories do (see `srp.ts`). `b` is drawn until B has
 * none; where A, S or K begin with zero, a proof is right if it is so in any of the dialects.
 */
import { randomBytes } from 'node:crypto';
import { equalSecrets } from './keys.ts';
import { clientProof, EXPONENT_BYTES, PROOF_BYTES, scrambler, serverProof, verifierOf } from './srp.ts';
import {
  GENERATOR,
  GROUP_BYTES,
  K,
  padded,
  power,
  reduce,
  sha512,
  stripped,
  toGroupBytes,
  toNumber,
} from './srp-group.ts';

/** Bytes of a salt (HAP §5.6.2). */
const SALT_BYTES = 16;

/** What an accessory stores instead of its code; 16 and 384 bytes. Whoever has it can guess codes offline. */
export interface Verifier {
  readonly salt: Buffer;
  readonly verifier: Buffer;
}

/** A proven client: the session key K (64 bytes, secret) and the proof for M4 (64 bytes). */
export interface ProvenClient {
  readonly sessionKey: Buffer;
  readonly proof: Buffer;
}

/** One attempt. `salt` and `publicKey` (B, 384 bytes) go into M2. */
export interface SrpServer {
  readonly salt: Buffer;
  readonly publicKey: Buffer;
  /**
   * Looks at A and M1 of M3. `refused` is `public-key` when A is no public key (a multiple of N among them), and `proof`
   * when the code was another one. An attempt is for one look: every further one would be a free guess.
   */
  check(clientKey: Uint8Array, proof: Uint8Array): ProvenClient | { readonly refused: 'public-key' | 'proof' };
}

/** The verifier of a code (`XXX-XX-XXX`, dashes included), under a fresh salt unless one is given. */
export function createVerifier(setupCode: string, salt: Buffer = randomBytes(SALT_BYTES)): Verifier {
  return { salt, verifier: verifierOf(salt, setupCode) };
}

/** Draws `b` for one attempt. @param draw gives 32 fresh random bytes; only a test passes its own */
export function startSrpServer(
  { salt, verifier }: Verifier,
  draw: () => Uint8Array = () => randomBytes(EXPONENT_BYTES),
): SrpServer {
  const v = toNumber(verifier);
  for (;;) {
    const b = toNumber(draw());
    const gb = b === 0n ? undefined : power(toNumber(GENERATOR), b);
    if (gb === undefined) continue;
    const publicKey = toGroupBytes(reduce(K * v + toNumber(gb)));
    if (publicKey[0] === 0) continue;
    return { salt, publicKey, check: (clientKey, proof) => checkProof({ salt, v, b, publicKey }, clientKey, proof) };
  }
}

interface Attempt {
  readonly salt: Buffer;
  readonly v: bigint;
  readonly b: bigint;
  readonly publicKey: Buffer;
}

function checkProof(
  { salt, v, b, publicKey }: Attempt,
  came: Uint8Array,
  proof: Uint8Array,
): ReturnType<SrpServer['check']> {
  if (came.length > GROUP_BYTES) return { refused: 'public-key' };
  const a = reduce(toNumber(came));
  const vu = power(v, scrambler(came, publicKey));
  const secret = a === 0n || vu === undefined ? undefined : power(reduce(a * toNumber(vu)), b);
  if (secret === undefined) return { refused: 'public-key' };
  const presented = padded(proof, PROOF_BYTES);
  for (const clientKey of forms(padded(came))) {
    for (const sessionKey of forms(secret).map((form) => sha512(form))) {
      for (const key of forms(sessionKey)) {
        const expected = clientProof(salt, clientKey, publicKey, key);
        if (!equalSecrets(expected, presented)) continue;
        return { sessionKey: key, proof: serverProof(clientKey, expected, key) };
      }
    }
  }
  return { refused: 'proof' };
}

/** A number as the dialects hash it: as it is, and without the zeros in front where there are any. */
function forms(bytes: Buffer): readonly Buffer[] {
  return bytes[0] === 0 ? [bytes, stripped(bytes)] : [bytes];
}
