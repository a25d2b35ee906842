/** PKCE, RFC 7636: the S256 comparison. */
import { hash, timingSafeEqual } from 'node:crypto';
import type { TokenCase } from '../case.ts';

/** RFC 7636 §4.2: base64url, without padding, of SHA-256 of the verifier. */
export function challengeOf(verifier: string): string {
  return hash('sha256', verifier, 'base64url');
}

const NO_CHALLENGE = challengeOf('');

/** Compares a verifier with the code's challenge (RFC 7636 §4.6), in constant time. */
export function checkVerifier(verifier: string | undefined, challenge: string | undefined): TokenCase['pkce'] {
  if (verifier === undefined) return 'absent';
  if (!/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) return 'malformed';
  // Hashed and compared whatever there is to compare with, so that no answer is quicker.
  const made = Buffer.from(challengeOf(verifier));
  const kept = Buffer.from(challenge ?? NO_CHALLENGE);
  if (challenge === undefined) return 'unasked';
  return made.length === kept.length && timingSafeEqual(made, kept) ? 'match' : 'mismatch';
}
