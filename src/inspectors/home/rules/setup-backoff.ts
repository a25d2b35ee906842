import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { find, type HomeCase, num, STEPS, unreached } from '../case.ts';
import { ladder } from '../fixes.ts';

const BACKOFF = 3;

/** The accessory does not ask for a pause. */
export const setupBackoff: Rule<HomeCase> = {
  id: 'hap.setup-backoff',
  cite: 'HAP §5.5 table 5-5 (Backoff), §5.15 table 5-6 (RetryDelay)',
  refusal: 'pairing_refused',
  why: 'a right code that comes before the pause is over is refused like a wrong one',
  causes: {
    wait: {
      say: 'the accessory asks to be left alone for a while before the next code',
      fixes: [
        { audience: 'client', say: 'wait as long as it says, and then some, before the next try' },
        ...ladder('power-cycle', 'factory-reset'),
      ],
    },
  },
  check: (c) => {
    const refused = find(c, [...STEPS.setup, ...STEPS.verify], ({ facts }) => facts['error'] === BACKOFF);
    if (!refused) {
      const reason = unreached(c, STEPS.setup);
      return reason === undefined ? pass() : skip(reason);
    }
    const delay = num(
      find(c, [refused.step], ({ facts }) => num(facts, 'retry_delay_s') !== undefined)?.facts ?? {},
      'retry_delay_s',
    );
    return fail('wait', {
      presented: `Backoff at ${refused.step}`,
      detail: delay === undefined ? 'it does not say how long' : `wait ${delay} s`,
    });
  },
};
