import type { Rule } from '../../../core/rule.ts';
import { CAUSES } from '../../../protocols/signed-code/causes.ts';
import { findingOf, type SignedCodeCase } from '../case.ts';

const causes = { 'bad-signature': CAUSES['bad-signature'] };

/** The signature holds. */
export const signatureValid: Rule<SignedCodeCase> = {
  id: 'signed-code.signature-valid',
  cite: 'RFC 8032 §5.1.7',
  refusal: 'invalid_grant',
  why: 'whoever changes a byte of a code must not get another good one',
  causes,
  check: (c) => findingOf(c, causes),
};
