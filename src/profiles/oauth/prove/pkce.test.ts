import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHALLENGE, VERIFIER } from '../../../../test/support/oauth-case.ts';
import { challengeOf, checkVerifier } from './pkce.ts';

describe('PKCE', () => {
  it('makes the challenge of RFC 7636 appendix B', () => {
    expect(challengeOf(VERIFIER)).toBe(CHALLENGE);
  });

  it.each([
    ['match', VERIFIER, CHALLENGE],
    ['mismatch', `${VERIFIER.slice(1)}x`, CHALLENGE],
    ['mismatch', CHALLENGE, CHALLENGE],
    ['mismatch', VERIFIER, ''],
    ['mismatch', VERIFIER, `${CHALLENGE}=`],
    ['unasked', VERIFIER, undefined],
    ['absent', undefined, CHALLENGE],
    ['absent', undefined, undefined],
  ] as const)('finds %s', (found, verifier, challenge) => {
    expect(checkVerifier(verifier, challenge)).toBe(found);
  });

  it.each([
    ['42 characters', 'a'.repeat(42)],
    ['129 characters', 'a'.repeat(129)],
    ['a line break at its end', `${VERIFIER}\n`],
    ['a plus', `${VERIFIER}+`],
    ['a blank', ` ${VERIFIER}`],
    ['a letter outside ASCII', `${VERIFIER}ä`],
    ['a megabyte', 'a'.repeat(1_000_000)],
  ])('finds malformed: %s', (_, verifier) => {
    expect(checkVerifier(verifier, CHALLENGE)).toBe('malformed');
  });

  it('matches every verifier of 43 to 128 unreserved characters with its own challenge, and with no other', () => {
    const unreserved = [...'ABCXYZabcxyz0189-._~'];
    const verifiers = fc.string({ unit: fc.constantFrom(...unreserved), minLength: 43, maxLength: 128 });
    fc.assert(
      fc.property(verifiers, verifiers, (one, other) => {
        expect(checkVerifier(one, challengeOf(one))).toBe('match');
        expect(checkVerifier(one, challengeOf(other))).toBe(one === other ? 'match' : 'mismatch');
      }),
    );
  });
});
