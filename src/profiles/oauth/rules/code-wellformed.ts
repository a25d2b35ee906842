import { fail, pass, type Rule, skip, warn } from '../../../core/rule.ts';
import type { Presented } from '../case.ts';

/** The code or token has the shape that this hub hands out. */
export const codeWellformed: Rule<Presented> = {
  id: 'oauth.code-wellformed',
  cite: 'RFC 6749 §5.2, §10.10',
  refusal: 'invalid_grant',
  why: 'a mangled code should be told from a wrong one',
  open: 'all',
  warns: ['blanks'],
  causes: {
    empty: {
      say: 'the code is empty',
      fixes: [{ audience: 'client', say: 'send the code exactly as it came in the redirect' }],
    },
    label: {
      say: 'the string carries a label that is not the one of this kind of code',
      fixes: [{ audience: 'client', say: 'send an authorization code as code and a refresh token as refresh_token' }],
    },
    length: {
      say: 'the code is cut off, or something was added to it',
      fixes: [{ audience: 'client', say: 'copy the whole code; mind line wraps and fixed-size buffers' }],
    },
    character: {
      say: 'a character of the code is neither letter nor digit',
      fixes: [{ audience: 'client', say: 'percent-encode the form once, not twice, and add nothing to the code' }],
    },
    blanks: {
      say: 'blanks around the code were dropped; they are presentation, as is the label',
      fixes: [{ audience: 'client', say: 'send the code without blanks around it: no other parameter is forgiven' }],
    },
  },
  check: ({ handle }) => {
    if (!handle) return skip('no code came');
    if (handle.read === 'signed') return skip('a signed code is judged by its signature');
    if (handle.read !== 'ok') return fail(handle.read, { detail: handle.detail });
    return handle.blanks ? warn('blanks') : pass();
  },
};
