import { classOf, holdOf, newest, overAt, RANK } from '../case.ts';
import { findingOf, type PaymentsRule } from '../closing.ts';
import { FIXES } from '../words.ts';

/** The waiting time after a decline for funds is over. Counted from the last such answer; what is refused here never is. */
export const holdAfter51: PaymentsRule = {
  id: 'payments.hold-after-51',
  cite: 'Visa Product and Service Rules PSR-564, 11.1.16 (2016), as quoted by others; a default of ours, no network’s rule',
  refusal: 'hold',
  why: 'an account that is empty now is empty in five minutes too, and every attempt counts against the merchant',
  causes: {
    funds: {
      say: 'the last answer was a decline for funds, and the waiting time behind it is not over',
      fixes: [FIXES.wait, FIXES.other, FIXES.lower, FIXES.payday, FIXES.voice, FIXES.funds],
    },
  },
  closes: (c, now, epoch) => {
    const last = newest(c, RANK.amount, (past) => past.outcome === 'declined' && classOf(c, past, epoch) === 'funds');
    if (last === undefined) return undefined;
    const advised = last.mac === undefined ? undefined : epoch.advice.get(last.mac)?.entry.waitMs;
    const shorter = c.settings.adviceMayShorten && advised !== undefined && c.attempt.network === 'mastercard';
    const until = overAt(last) + (shorter ? Math.min(advised, c.settings.holdMs) : c.settings.holdMs);
    if (now >= until) return undefined;
    const refused = c.refused ?? 0;
    return {
      until,
      cause: 'funds',
      from: holdOf(epoch, 'funds'),
      ...(refused > 0 && { detail: `${refused} refused meanwhile, which does not make it longer` }),
    };
  },
  check: (c) => findingOf(c, holdAfter51),
};
