import type { Rule } from '../../../core/rule.ts';
import { CAUSES } from '../../../protocols/signed-code/causes.ts';
import { findingOf, type SignedCodeCase } from '../case.ts';

const causes = { truncated: CAUSES.truncated, length: CAUSES.length, padding: CAUSES.padding };

/** All of the code is there, and nothing else. */
export const codeWhole: Rule<SignedCodeCase> = {
  id: 'signed-code.code-whole',
  cite: 'RFC 4648 §3.2',
  refusal: 'invalid_grant',
  why: 'a code that is cut by a character has another signature',
  causes,
  check: (c) => findingOf(c, causes),
};
