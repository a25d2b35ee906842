import { diagnose } from '../../../core/near-miss.ts';
import { fail, pass, type Rule } from '../../../core/rule.ts';
import type { AuthorizeCase } from '../case.ts';

/** The authorize request asks for a code. */
export const responseType: Rule<AuthorizeCase> = {
  id: 'oauth.response-type',
  cite: 'RFC 6749 §4.1.1, RFC 9700 §2.1.2',
  refusal: 'unsupported_response_type',
  why: 'tokens in a redirect leak through history and logs; only codes are handed out there',
  open: 'all',
  causes: {
    missing: {
      say: 'the parameter response_type is missing',
      fixes: [{ audience: 'client', say: 'send response_type=code' }],
    },
    unsupported: {
      say: 'the response type is not code',
      fixes: [{ audience: 'client', say: 'send response_type=code; the implicit flow does not exist here' }],
    },
  },
  check: ({ request: { values } }) => {
    const presented = values['response_type'];
    if (presented === 'code') return pass();
    if (presented === undefined) return fail('missing', { expected: 'code', presented: 'nothing' });
    return fail('unsupported', { expected: 'code', presented, detail: diagnose('code', presented).say });
  },
};
