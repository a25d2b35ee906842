import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { shortId } from '../../../protocols/typed-code/typed-code.ts';
import type { Presented } from '../case.ts';

/** This hub minted the code. */
export const codeKnown: Rule<Presented> = {
  id: 'oauth.code-known',
  cite: 'RFC 6749 §5.2',
  refusal: 'invalid_grant',
  why: 'a guess, and a code of another hub, must both fail, and cost the rightful holder nothing',
  open: 'all',
  causes: {
    unknown: {
      say: 'this hub never minted the code, or has forgotten it after its retention',
      fixes: [
        { audience: 'client', say: 'check that the request goes to the hub that sent the redirect' },
        { audience: 'client', say: 'check the code character by character: upper and lower case are different' },
        { audience: 'client', say: 'start again at /authorize and exchange the new code at once' },
      ],
    },
  },
  check: ({ handle, code, offline, now }) => {
    if (!handle) return skip('no code came');
    if (handle.read !== 'ok') return skip('the code cannot be read');
    if (code) return pass({ presented: shortId(code.id) });
    if (handle.form === 'signed' && now > handle.until) return skip('its signed time has ended');
    return offline ? skip("the hub's codes are not at hand") : fail('unknown');
  },
};
