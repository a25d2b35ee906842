import { classOf, holdOf, inFlight, overAt, type Past, RANK, standing } from '../case.ts';
import { findingOf, type PaymentsRule } from '../closing.ts';
import { FIXES } from '../words.ts';

/** After a technical fault, or no answer at all, there is a pause that grows. */
export const technicalBackoff: PaymentsRule = {
  id: 'payments.technical-backoff',
  cite: 'Counterfoil, payments gate; ISO 8583:1987 field 39',
  refusal: 'later',
  why: 'an issuer that is down is not helped by every merchant knocking at once, and no answer is not a no',
  causes: {
    technical: {
      say: 'the issuer or the way to it failed, and the pause after that is not over',
      fixes: [FIXES.wait, FIXES.other, { audience: 'owner', say: 'try again later, or use another card' }],
    },
    'no-answer': {
      say: 'the last attempt was never answered: it may have been approved',
      fixes: [FIXES.outcome, FIXES.wait, { audience: 'owner', say: 'look at your account before you pay again' }],
    },
  },
  closes: (c, now, epoch) => {
    const { stepsMs } = holdOf(epoch, 'technical');
    let count = 0;
    let last: Past | undefined;
    for (const past of standing(c, RANK.amount)) {
      if (count === stepsMs.length) break;
      if (inFlight(past, now)) continue;
      const silent = past.outcome === 'unknown' || past.outcome === 'pending';
      if (!silent && !(past.outcome === 'declined' && classOf(c, past, epoch) === 'technical')) break;
      last ??= past;
      count += 1;
    }
    if (last === undefined) return undefined;
    const until = overAt(last) + (stepsMs[count - 1] as number);
    if (now >= until) return undefined;
    const cause = last.outcome === 'declined' ? 'technical' : 'no-answer';
    return { until, cause, from: holdOf(epoch, 'technical') };
  },
  check: (c) => findingOf(c, technicalBackoff),
};
