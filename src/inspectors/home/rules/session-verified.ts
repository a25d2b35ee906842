import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { find, type HomeCase, num, STEPS, unreached } from '../case.ts';
import { ladder } from '../fixes.ts';

const UNVERIFIED = 470;

/** The connection was verified before anything was asked over it. */
export const sessionVerified: Rule<HomeCase> = {
  id: 'hap.session-verified',
  cite: 'HAP §6.7.1.4 table 6-10 (470)',
  refusal: 'request_refused',
  why: 'a right that was proven on one connection says nothing about the next one',
  causes: {
    paired: {
      say: 'an accessory lets itself be identified without a pairing only as long as nobody is paired with it, and somebody is',
      fixes: [{ audience: 'client', say: 'write its Identify characteristic over a session instead' }],
    },
    unverified: {
      say: 'the accessory wants a verified connection (470), and this one is not: pair-verify was not done on it, or it is over',
      fixes: [
        {
          audience: 'client',
          say: 'do pair-verify on this very connection first; identify without pairing works only before anybody is paired',
        },
        ...ladder('pair-anew'),
      ],
    },
  },
  check: (c) => {
    const identify = find(c, ['identify'], ({ facts }) => (num(facts, 'http_status') ?? 200) >= 400);
    if (identify)
      return fail('paired', {
        expected: 'HTTP 204',
        presented: `HTTP ${identify.facts['http_status']}`,
        detail: 'at identify',
      });
    const refused = find(c, STEPS.all, ({ facts }) => num(facts, 'http_status') === UNVERIFIED);
    if (refused)
      return fail('unverified', {
        expected: 'a verified connection',
        presented: 'HTTP 470',
        detail: `at ${refused.step}`,
      });
    const reason = unreached(c, ['identify', ...STEPS.session]);
    return reason === undefined ? pass() : skip(reason);
  },
};
