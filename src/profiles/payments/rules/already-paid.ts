import { findingOf, NEVER, type PaymentsRule } from '../closing.ts';
import { OURS } from '../data.ts';

/** The purchase has not been paid yet. */
export const alreadyPaid: PaymentsRule = {
  id: 'payments.already-paid',
  cite: 'Counterfoil, payments gate',
  refusal: 'already_paid',
  why: 'a late answer may have approved what somebody is about to charge again',
  causes: {
    approved: {
      say: 'an attempt for the same purchase was approved',
      fixes: [
        { audience: 'client', say: 'take the approval that was recorded; a new purchase has a new purchase id' },
        { audience: 'owner', say: 'you have paid; nothing else is needed' },
      ],
    },
  },
  closes: (c) => {
    const { purchase } = c.attempt;
    if (purchase === undefined) return undefined;
    const paid = c.history.some(
      (past) => past.outcome === 'approved' && past.purchase === purchase && past.near !== 'card',
    );
    return paid ? { until: NEVER, cause: 'approved', from: OURS } : undefined;
  },
  check: (c) => findingOf(c, alreadyPaid),
};
