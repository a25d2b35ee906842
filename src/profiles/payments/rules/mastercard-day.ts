import { findingOf, type PaymentsRule } from '../closing.ts';
import { windowClosing } from '../window.ts';
import { FIXES } from '../words.ts';

/** The limit of Mastercard on declines in a day leaves room for one more. */
export const mastercardDay: PaymentsRule = {
  id: 'payments.mastercard-day',
  cite: 'Mastercard Transaction Processing Excellence, excessive authorization attempts',
  refusal: 'limit',
  why: 'so many declines on one card at one merchant in 24 hours are free at Mastercard, and each one more is charged',
  causes: {
    limit: {
      say: 'the limit of the network is used up',
      fixes: [FIXES.wait, FIXES.other, FIXES.bank],
    },
  },
  closes: (c, now, epoch) =>
    c.attempt.network === 'mastercard' ? windowClosing(c, now, epoch, 'mastercard-day', 'attempts') : undefined,
  check: (c) => findingOf(c, mastercardDay),
};
