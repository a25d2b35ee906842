import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { type HomeCase, STEPS, tlvError, unreached } from '../case.ts';
import { ladder } from '../fixes.ts';

const BUSY = 7;

/** Nobody else is pairing with the accessory at this moment. */
export const setupFree: Rule<HomeCase> = {
  id: 'hap.setup-free',
  cite: 'HAP §5.6.2 step 3, §5.5 table 5-5 (Busy)',
  refusal: 'pairing_refused',
  why: 'a half-done pairing of another app blocks the door for half a minute, without a word to whoever waits',
  causes: {
    busy: {
      say: 'another controller is in the middle of pairing with this accessory',
      fixes: [
        { audience: 'owner', say: 'close other apps that try to add it, on all phones' },
        ...ladder('retry-soon', 'power-cycle'),
      ],
    },
  },
  check: (c) => {
    const refused = tlvError(c, [...STEPS.setup, ...STEPS.verify], BUSY);
    if (refused) return fail('busy', { expected: 'no other pairing at work', presented: `Busy at ${refused.step}` });
    const reason = unreached(c, STEPS.setup);
    return reason === undefined ? pass() : skip(reason);
  },
};
