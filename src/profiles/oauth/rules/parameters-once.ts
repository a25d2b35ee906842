import { fail, pass, type Rule } from '../../../core/rule.ts';
import type { Asked } from '../case.ts';

/** No parameter comes twice. */
export const parametersOnce: Rule<Asked> = {
  id: 'oauth.parameters-once',
  cite: 'RFC 6749 §3.2',
  refusal: 'invalid_request',
  why: 'a proxy and the hub could each take a different one of two values',
  open: 'all',
  causes: {
    duplicate: {
      say: 'a parameter was sent more than once',
      fixes: [{ audience: 'client', say: 'send every parameter exactly once' }],
    },
  },
  check: ({ request: { duplicates } }) =>
    duplicates.length === 0 ? pass() : fail('duplicate', { expected: 'each parameter once', presented: duplicates }),
};
