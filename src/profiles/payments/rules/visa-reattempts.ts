import { findingOf, type PaymentsRule } from '../closing.ts';
import { windowClosing } from '../window.ts';
import { FIXES } from '../words.ts';

/** The limit of Visa on reattempts leaves room for one more. */
export const visaReattempts: PaymentsRule = {
  id: 'payments.visa-reattempts',
  cite: 'Visa Core Rules 7.3.6.3',
  refusal: 'limit',
  why: 'so many reattempts of one charge in 30 days are free at Visa, and each one more is charged',
  causes: {
    limit: {
      say: 'the limit of the network is used up',
      fixes: [FIXES.wait, FIXES.other, FIXES.bank],
    },
  },
  closes: (c, now, epoch) =>
    c.attempt.network === 'visa' ? windowClosing(c, now, epoch, 'visa-reattempts', 'reattempts') : undefined,
  check: (c) => findingOf(c, visaReattempts),
};
