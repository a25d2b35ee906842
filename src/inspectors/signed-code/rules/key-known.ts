import type { Rule } from '../../../core/rule.ts';
import { CAUSES } from '../../../protocols/signed-code/causes.ts';
import { findingOf, type SignedCodeCase } from '../case.ts';

const causes = { 'unknown-key': CAUSES['unknown-key'], 'wrong-key': CAUSES['wrong-key'] };

/** The key that the code names is at hand, and signed it. */
export const keyKnown: Rule<SignedCodeCase> = {
  id: 'signed-code.key-known',
  cite: 'RFC 8032 §5.1.7',
  refusal: 'invalid_grant',
  why: 'a signature holds for one key only, and the code says which',
  causes,
  check: (c) => findingOf(c, causes),
};
