import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { type HomeCase, num, STEPS, tlvError, unreached } from '../case.ts';
import { ladder } from '../fixes.ts';

const MAX_TRIES = 5;

/** The accessory still takes codes: fewer than a hundred wrong ones came. */
export const setupTries: Rule<HomeCase> = {
  id: 'hap.setup-tries',
  cite: 'HAP §5.6.2 step 2, §5.5 table 5-5 (MaxTries)',
  refusal: 'pairing_refused',
  why: 'after a hundred wrong codes the right one is refused as well, and everybody believes that the label is wrong',
  causes: {
    exhausted: {
      say: 'the accessory has seen more than a hundred wrong codes, from whomever, and takes none any more, not the right one either',
      fixes: [
        { audience: 'owner', say: 'find out who tried: anybody on the network can spend the hundred in half a minute' },
        ...ladder('power-cycle', 'factory-reset'),
      ],
    },
  },
  check: (c) => {
    const refused = tlvError(c, STEPS.setup, MAX_TRIES);
    if (refused) {
      const ours = num(c.known, 'own_failures');
      const shown = { expected: 'at most 100 wrong codes', presented: `MaxTries at ${refused.step}` };
      return fail(
        'exhausted',
        ours === undefined ? shown : { ...shown, detail: `${ours} of them were sent from here` },
      );
    }
    const reason = unreached(c, STEPS.setup);
    return reason === undefined ? pass() : skip(reason);
  },
};
