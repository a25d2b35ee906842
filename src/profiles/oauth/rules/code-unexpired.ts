import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { Presented } from '../case.ts';

/** The code is within its lifetime; the last millisecond is still inside. */
export const codeUnexpired: Rule<Presented> = {
  id: 'oauth.code-unexpired',
  cite: 'RFC 6749 §4.1.2',
  refusal: 'invalid_grant',
  why: 'a short life bounds what a leaked code is worth',
  open: 'own',
  causes: {
    expired: {
      say: 'code expired: it took too long to exchange',
      fixes: [
        { audience: 'client', say: 're-initiate the pairing flow: send the person through /authorize again' },
        { audience: 'client', say: 'exchange the code for tokens immediately after receiving it' },
      ],
    },
    'token-expired': {
      say: 'the token is past its lifetime',
      fixes: [{ audience: 'client', say: 'refresh; when that is refused too, start again at /authorize' }],
    },
    early: {
      say: 'the code is not valid yet',
      fixes: [{ audience: 'operator', say: "check the hub's clock: it ran backwards" }],
    },
  },
  check: ({ code, now }) => {
    if (!code) return skip('the code is not known');
    const life = span((code.until - code.from) / 1000);
    const presented = `${span((now - code.from) / 1000)} of ${life} old`;
    if (now < code.from) return fail('early', { expected: `at most ${life} old`, presented });
    if (now <= code.until) return pass({ because: presented });
    const late = Math.ceil((now - code.until) / 1000);
    const cause = code.purpose === 'authorization_code' ? 'expired' : 'token-expired';
    return fail(cause, { expected: `at most ${life} old`, presented, detail: `${span(late)} too late` });
  },
};

/** Seconds where they tell something; whole minutes, hours and days beyond. */
function span(seconds: number): string {
  const whole = Math.floor(seconds);
  if (whole <= 3_600) return `${whole} s`;
  return whole < 2 * 86_400 ? `${Math.floor(whole / 3_600)} h` : `${Math.floor(whole / 86_400)} days`;
}
