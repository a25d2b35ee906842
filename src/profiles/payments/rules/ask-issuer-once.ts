import { classOf, cleared, codeOf, holdOf, overAt, type Past, RANK, standing } from '../case.ts';
import { findingOf, type PaymentsRule } from '../closing.ts';
import { FIXES } from '../words.ts';

/** A decline without a reason is tried once more, a day later; then the customer has to ask the issuer. */
export const askIssuerOnce: PaymentsRule = {
  id: 'payments.ask-issuer-once',
  cite: 'Counterfoil, payments gate; ISO 8583:1987 field 39',
  refusal: 'ask_issuer',
  why: 'an issuer that says no without a reason mostly says it again, and counts how often it was asked',
  causes: {
    wait: {
      say: 'the issuer declined and named nothing that could be put right; one more attempt is due, but not yet',
      fixes: [FIXES.wait, FIXES.other, FIXES.bank],
    },
    again: {
      say: 'the issuer declined twice within the window and named nothing that could be put right',
      fixes: [
        { audience: 'client', say: 'ask the customer to call the bank, and record the new fact issuer-approved' },
        FIXES.other,
        FIXES.bank,
      ],
    },
  },
  closes: (c, now, epoch) => {
    const hold = holdOf(epoch, 'ask-issuer');
    const [pauseMs = 0, windowMs = 0] = hold.stepsMs;
    let last: Past | undefined;
    for (const past of standing(c, RANK.amount)) {
      if (past.outcome !== 'declined' || classOf(c, past, epoch) !== 'ask-issuer') continue;
      if (cleared(c, codeOf(c, past, epoch)?.clears ?? epoch.classes.get('ask-issuer')?.clears ?? [], past)) break;
      if (last === undefined) {
        last = past;
        continue;
      }
      // Two of them: none more until the older one has left the window.
      const until = Math.max(overAt(past) + windowMs, overAt(last) + pauseMs);
      return now < until ? { until, cause: 'again', from: hold } : undefined;
    }
    const until = last === undefined ? now : overAt(last) + pauseMs;
    return now < until ? { until, cause: 'wait', from: hold } : undefined;
  },
  check: (c) => findingOf(c, askIssuerOnce),
};
