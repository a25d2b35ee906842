import type { Rule } from '../../../core/rule.ts';
import { CAUSES } from '../../../protocols/signed-code/causes.ts';
import { findingOf, type SignedCodeCase } from '../case.ts';

const causes = { expired: CAUSES.expired };

/** The signed time has not ended. */
export const codeCurrent: Rule<SignedCodeCase> = {
  id: 'signed-code.code-current',
  cite: 'RFC 6749 §4.1.2',
  refusal: 'invalid_grant',
  why: 'a code that was found later must be worthless',
  causes,
  check: (c) => findingOf(c, causes),
};
