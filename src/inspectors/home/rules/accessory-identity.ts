import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { failedCheck, type HomeCase, seen, unreached } from '../case.ts';
import { ladder } from '../fixes.ts';

/** Who answers is the accessory that was meant, by its id. */
export const accessoryIdentity: Rule<HomeCase> = {
  id: 'hap.accessory-identity',
  cite: 'HAP §5.7.2, §5.7.4 (M2 step 4)',
  refusal: 'accessory_untrusted',
  why: 'addresses are given out again: the lamp of yesterday is the thermostat of today',
  causes: {
    other: {
      say: 'another accessory answers at that address: it gives another id',
      fixes: [
        {
          audience: 'client',
          say: 'ask mDNS for the address of the id that was meant, and forget the one that was kept',
        },
        { audience: 'owner', say: 'give both accessories fixed leases in the router' },
        ...ladder('pair-anew'),
      ],
    },
  },
  check: (c) => {
    const failed = failedCheck(c, ['pair-setup M6', 'pair-verify M2', 'pair-verify M3'], 'accessory-id');
    if (failed) return fail('other', { ...seen(failed), detail: `at ${failed.step}` });
    const reason = unreached(c, ['pair-setup M6', 'pair-verify M2']);
    return reason === undefined ? pass() : skip(reason);
  },
};
