import { classOf, cleared, codeOf, newest, type Past, RANK } from '../case.ts';
import { findingOf, NEVER, type PaymentsRule } from '../closing.ts';
import { OURS } from '../data.ts';
import { FIXES } from '../words.ts';

/** No answer on this card has said "never". */
export const neverCodes: PaymentsRule = {
  id: 'payments.never-codes',
  cite: 'ISO 8583:1987 field 39',
  refusal: 'never_again',
  why: 'a lost, stolen or closed card is not found again by asking the issuer once more',
  causes: {
    never: {
      say: 'the issuer will never approve this on this card',
      fixes: [FIXES.newCard, FIXES.other, FIXES.bank],
    },
  },
  closes: (c, _now, epoch) => {
    const stands = (past: Past): boolean => {
      if (past.outcome !== 'declined' || classOf(c, past, epoch) !== 'never') return false;
      const meaning = codeOf(c, past, epoch);
      if (past.near === 'card' && meaning?.entry.reach !== 'card') return false;
      return !cleared(c, meaning?.clears ?? epoch.classes.get('never')?.clears ?? [], past);
    };
    // An approval at another merchant shows that the card lives, not that this merchant may use it.
    const found = newest(c, RANK.merchant, stands) ?? newest(c, RANK.card, stands);
    if (found === undefined) return undefined;
    return { until: NEVER, cause: 'never', from: codeOf(c, found, epoch)?.entry ?? OURS };
  },
  check: (c) => findingOf(c, neverCodes),
};
