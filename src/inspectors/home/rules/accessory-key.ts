import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { failedCheck, type HomeCase, num, seen, unreached } from '../case.ts';
import { ladder } from '../fixes.ts';

/** Who answers is the accessory that we paired with, by its key. */
export const accessoryKey: Rule<HomeCase> = {
  id: 'hap.accessory-key',
  cite: 'HAP §5.7.4 (M3 step 5)',
  refusal: 'accessory_untrusted',
  why: 'the same id with another key is a clone after a factory reset, or somebody in the middle: it must not be trusted',
  causes: {
    'other-key': {
      say: 'the accessory has the id that we know but signs with another key: it was reset and kept its id, it is a copy, or somebody stands between',
      fixes: [
        {
          audience: 'owner',
          say: 'ask who reset or replaced it; if nobody did, do not pair it, and look for what else answers on the network',
        },
        ...ladder('power-cycle', 'pair-anew', 'reset-home'),
      ],
    },
  },
  check: (c) => {
    const failed = failedCheck(c, ['pair-verify M2'], 'signature');
    if (failed && (num(c.known, 'ltpk_bytes') ?? 32) !== 32)
      return skip('the key that we keep is no key: it has not 32 bytes');
    if (failed) return fail('other-key', { expected: 'a signature by the key that we know', ...seen(failed) });
    const reason = unreached(c, ['pair-verify M2']);
    return reason === undefined ? pass() : skip(reason);
  },
};
