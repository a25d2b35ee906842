import { findingOf, NEVER, type PaymentsRule } from '../closing.ts';
import { OURS } from '../data.ts';
import { FIXES } from '../words.ts';

/** The card's record has room for one more attempt of this merchant. */
export const cardRecord: PaymentsRule = {
  id: 'payments.card-record',
  cite: 'Counterfoil, payments gate',
  refusal: 'limit',
  why: 'every attempt that still stands is weighed before the next one, so there must be an end to them',
  causes: {
    full: {
      say: 'as many of your attempts of this card stand as a gate keeps',
      fixes: [
        FIXES.other,
        FIXES.bank,
        {
          audience: 'operator',
          say: 'look who tries it: a card that somebody means to pay with is not tried so often',
        },
      ],
    },
  },
  closes: ({ full }) => (full ? { until: NEVER, cause: 'full', from: OURS } : undefined),
  check: (c) => findingOf(c, cardRecord),
};
