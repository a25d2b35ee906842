import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { failedCheck, type HomeCase, unreached } from '../case.ts';
import { ladder } from '../fixes.ts';

/** The accessory proved in turn that it knows the code. */
export const accessoryProof: Rule<HomeCase> = {
  id: 'hap.accessory-proof',
  cite: 'HAP §5.6.5 (M5 step 1)',
  refusal: 'accessory_untrusted',
  why: 'somebody in the middle can take our proof, but cannot make one without the code',
  causes: {
    wrong: {
      say: 'the accessory took our proof but could not make its own: it does not know the code that it accepted',
      fixes: [
        {
          audience: 'owner',
          say: 'see that no other device answers under the name of this accessory: a proxy, a second hub',
        },
        { audience: 'owner', say: 'pair with nothing else between: the accessory and this hub in one network' },
        ...ladder('firmware', 'tell-maker'),
      ],
    },
  },
  check: (c) => {
    const failed = failedCheck(c, ['pair-setup M4', 'pair-setup M5'], 'srp-proof');
    if (failed) return fail('wrong', { expected: "the accessory's proof (SRP M2)", presented: 'another one' });
    const reason = unreached(c, ['pair-setup M5', 'pair-setup M6']);
    return reason === undefined ? pass() : skip(reason);
  },
};
