import { RANK } from '../case.ts';
import { findingOf, type PaymentsRule } from '../closing.ts';
import { OURS } from '../data.ts';
import { flying } from '../window.ts';

/** Nothing of the same kind is under way. */
export const inFlight: PaymentsRule = {
  id: 'payments.in-flight',
  cite: 'Counterfoil, payments gate',
  refusal: 'in_flight',
  why: 'two tills that send the same charge at once may both be approved',
  causes: {
    'no-answer-yet': {
      say: 'an attempt for the same is under way and has not been answered',
      fixes: [
        {
          audience: 'client',
          say: 'wait for its answer and record it; without one it is given up when its lease runs out, and a pause follows',
        },
        { audience: 'owner', say: 'wait a moment; you need not present the card again' },
      ],
    },
  },
  closes: (c, now) => {
    const until = flying(c, now, RANK.amount);
    return until === undefined ? undefined : { until, cause: 'no-answer-yet', from: OURS };
  },
  check: (c) => findingOf(c, inFlight),
};
