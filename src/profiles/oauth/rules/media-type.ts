import { fail, pass, type Rule } from '../../../core/rule.ts';
import type { Asked } from '../case.ts';

const EXPECTED = 'application/x-www-form-urlencoded';

/** The body of a token request is a form, and says so. */
export const mediaType: Rule<Asked> = {
  id: 'oauth.media-type',
  cite: 'RFC 6749 §4.1.3',
  refusal: 'invalid_request',
  why: 'a body in another format would be read as no parameters at all, and every later error would mislead',
  open: 'all',
  causes: {
    missing: {
      say: 'the request does not say what its body is',
      fixes: [{ audience: 'client', say: `send the header Content-Type: ${EXPECTED}` }],
    },
    other: {
      say: 'the body is announced as something other than a form',
      fixes: [{ audience: 'client', say: `send the parameters as a form, with Content-Type: ${EXPECTED}` }],
    },
  },
  check: ({ request: { mediaType: came } }) => {
    const type = (came ?? '').split(';', 1)[0]?.trim().toLowerCase();
    if (came === undefined || type === '') return fail('missing', { expected: EXPECTED, presented: 'nothing' });
    return type === EXPECTED ? pass() : fail('other', { expected: EXPECTED, presented: came });
  },
};
