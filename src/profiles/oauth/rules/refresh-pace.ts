import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { TokenCase } from '../case.ts';

/** An app refreshes when it needs to, and not without pause. Last of all: only who would be served hears of it. */
export const refreshPace: Rule<TokenCase> = {
  id: 'oauth.refresh-pace',
  cite: 'RFC 6585 §4, RFC 8628 §3.5',
  refusal: 'slow_down',
  why: 'every refresh is kept, so an app that loops would fill the disk of the person whose hub it is',
  open: 'all',
  causes: {
    'too-often': {
      say: 'this grant is refreshed over and over; nothing was used up, and the same token works after the wait',
      fixes: [
        { audience: 'client', say: 'wait as long as Retry-After says, and send the same refresh token again' },
        { audience: 'client', say: 'use an access token until it expires (expires_in), or the API answers 401' },
        { audience: 'client', say: 'let one task refresh for all others, and look for a loop around it' },
      ],
    },
  },
  check: ({ intent, pace }) => {
    if (intent !== 'refresh_token') return skip('no refresh');
    if (pace === undefined) return pass();
    return fail('too-often', { expected: 'a refresh now and then', presented: `one more in ${pace.waitSeconds} s` });
  },
};
