import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { GrantCase } from '../case.ts';

/** What is asked of the ownership is what the code was minted for. */
export const ownershipCode: Rule<GrantCase> = {
  id: 'home.ownership-code',
  cite: 'HAP §5.10, §5.11',
  refusal: 'invalid_grant',
  why: 'a code to add one controller must not hand the house over or wipe it',
  open: 'cause',
  binds: ['ownership'],
  causes: {
    missing: {
      say: 'a change of ownership was asked for with a code that was not minted for one',
      fixes: [{ audience: 'owner', say: 'mint a code for it: counterfoil home transfer, or counterfoil home reset' }],
    },
    unasked: {
      say: 'the code was minted for a change of ownership, and the redemption did not say that it wants one',
      fixes: [
        {
          audience: 'client',
          say: 'send ownership=additional, transfer or reset to /token: what the code was minted for',
        },
      ],
    },
    'other-act': {
      say: 'the code was minted for another change of ownership than the one asked for',
      fixes: [
        { audience: 'client', say: 'ask for what the code was minted for' },
        { audience: 'owner', say: 'mint a code for what you want: additional, transfer and reset each have their own' },
      ],
    },
  },
  check: ({ ownership }) => {
    if (ownership === undefined) return skip('no change of ownership is asked for');
    const { act, code } = ownership;
    if (code === undefined) return fail('missing', { expected: `a code for ${act}`, presented: 'a code for access' });
    if (act === undefined) return fail('unasked', { expected: `ownership=${code}`, presented: 'no ownership' });
    return code === act ? pass({ presented: act }) : fail('other-act', { expected: code, presented: act });
  },
};
