import type { Rule } from '../../../core/rule.ts';
import { CAUSES } from '../../../protocols/signed-code/causes.ts';
import { findingOf, type SignedCodeCase } from '../case.ts';

const causes = {
  'white-space': CAUSES['white-space'],
  'percent-encoded': CAUSES['percent-encoded'],
  character: CAUSES.character,
};

/** The text of the code came through as it was. */
export const codeText: Rule<SignedCodeCase> = {
  id: 'signed-code.code-text',
  cite: 'RFC 4648 §3.3',
  refusal: 'invalid_grant',
  why: 'a code is compared as bytes: what a form, a mail or an editor did to it must be seen',
  causes,
  check: (c) => findingOf(c, causes),
};
