import { fail, pass, type Rule } from '../../../core/rule.ts';
import type { Asked } from '../case.ts';

/** The form can be decoded: bounded, sound percent-escapes, UTF-8. */
export const formReadable: Rule<Asked> = {
  id: 'oauth.form-readable',
  cite: 'RFC 6749 appendix B',
  refusal: 'invalid_request',
  why: 'two readers of one broken form may read two different requests',
  open: 'all',
  causes: {
    'too-large': {
      say: 'the body, a parameter or their number is larger than a token request can be',
      fixes: [{ audience: 'client', say: 'send the token parameters only, under 64 KiB in all' }],
    },
    escape: {
      say: 'a percent sign is not followed by two hexadecimal digits',
      fixes: [{ audience: 'client', say: 'let a form encoder write the body; a literal percent sign is %25' }],
    },
    utf8: {
      say: 'the decoded bytes are not UTF-8',
      fixes: [{ audience: 'client', say: 'encode text as UTF-8 before percent-encoding it' }],
    },
  },
  check: ({ request: { fault } }) => {
    if (!fault) return pass();
    const cause = fault.kind === 'escape' || fault.kind === 'utf8' ? fault.kind : 'too-large';
    return fail(cause, { detail: fault.detail });
  },
};
