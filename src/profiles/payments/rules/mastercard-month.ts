import { findingOf, type PaymentsRule } from '../closing.ts';
import { windowClosing } from '../window.ts';
import { FIXES } from '../words.ts';

/** The limit of Mastercard on declines in a month leaves room for one more. */
export const mastercardMonth: PaymentsRule = {
  id: 'payments.mastercard-month',
  cite: 'Mastercard Transaction Processing Excellence, excessive authorization attempts',
  refusal: 'limit',
  why: 'so many declines of one amount on one card at one merchant in 30 days are free at Mastercard, and each one more is charged',
  causes: {
    limit: {
      say: 'the limit of the network is used up',
      fixes: [FIXES.wait, FIXES.other, FIXES.bank],
    },
  },
  closes: (c, now, epoch) =>
    c.attempt.network === 'mastercard' ? windowClosing(c, now, epoch, 'mastercard-month', 'attempts') : undefined,
  check: (c) => findingOf(c, mastercardMonth),
};
