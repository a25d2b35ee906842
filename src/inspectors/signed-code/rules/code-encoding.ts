import type { Rule } from '../../../core/rule.ts';
import { CAUSES } from '../../../protocols/signed-code/causes.ts';
import { findingOf, type SignedCodeCase } from '../case.ts';

const causes = {
  hex: CAUSES.hex,
  base64url: CAUSES.base64url,
  'double-encoded': CAUSES['double-encoded'],
  foreign: CAUSES.foreign,
  version: CAUSES.version,
};

/** The code is in base64, once. */
export const codeEncoding: Rule<SignedCodeCase> = {
  id: 'signed-code.code-encoding',
  cite: 'RFC 4648 §4, §5',
  refusal: 'invalid_grant',
  why: 'two encodings of one code look alike, and mean different bytes',
  causes,
  check: (c) => findingOf(c, causes),
};
