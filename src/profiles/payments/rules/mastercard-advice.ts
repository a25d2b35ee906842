import { cleared, newest, overAt, type Past, type PaymentsCase, RANK } from '../case.ts';
import { type Closing, feeOf, findingOf, NEVER, type PaymentsRule } from '../closing.ts';
import { type Epoch, OURS } from '../data.ts';
import type { AdviceEntry } from '../data-types.ts';
import { FIXES } from '../words.ts';

/** The merchant advice code of the last decline lets it be tried again. */
export const mastercardAdvice: PaymentsRule = {
  id: 'payments.mastercard-advice',
  cite: 'Mastercard merchant advice codes, field 48.84',
  refusal: 'advice',
  why: 'the issuer itself says when it is worth trying, and Mastercard charges at once where it said never',
  causes: {
    wait: {
      say: 'the issuer said how long to wait, and that is not over',
      fixes: [FIXES.wait, FIXES.other, FIXES.funds],
    },
    never: {
      say: 'the issuer said not to try again',
      fixes: [FIXES.newCard, FIXES.other, FIXES.bank],
    },
    data: {
      say: 'the issuer said that the data have to change first',
      fixes: [FIXES.newCard, FIXES.correct, FIXES.details],
    },
    unknown: {
      say: 'the last answer carries an advice code that no table here knows',
      fixes: [
        { audience: 'client', say: 'ask the processor what the code means; processors number them differently' },
        { audience: 'operator', say: 'add the code to rules-data/mastercard.json with its source' },
        FIXES.bank,
      ],
    },
  },
  // Other networks have no such codes, but processors say "do not try again" in the same words for all of them.
  closes: (c, now, epoch) =>
    forEver(c, epoch) ?? (c.attempt.network === 'mastercard' ? ofTheLast(c, now, epoch) : undefined),
  check: (c) => findingOf(c, mastercardAdvice),
};

const adviceOf = ({ mac }: Past, epoch: Epoch): AdviceEntry | undefined =>
  mac === undefined ? undefined : epoch.advice.get(mac)?.entry;

/** "Never" holds for the card at this merchant, whatever the amount. */
function forEver(c: PaymentsCase, epoch: Epoch): Closing | undefined {
  const clears = epoch.classes.get('never')?.clears ?? [];
  const found = newest(
    c,
    RANK.merchant,
    (past) => past.outcome === 'declined' && adviceOf(past, epoch)?.act === 'never' && !cleared(c, clears, past),
  );
  if (found === undefined) return undefined;
  return { until: NEVER, cause: 'never', from: adviceOf(found, epoch) ?? OURS, ...feeOf(c, epoch, 'attempts') };
}

function ofTheLast(c: PaymentsCase, now: number, epoch: Epoch): Closing | undefined {
  const last = newest(c, RANK.amount, (past) => past.outcome === 'declined' && past.mac !== undefined);
  if (last === undefined) return undefined;
  const advice = adviceOf(last, epoch);
  if (advice === undefined) {
    const known = cleared(c, epoch.classes.get('unknown')?.clears ?? [], last);
    return known ? undefined : { until: NEVER, cause: 'unknown', from: OURS };
  }
  if (advice.act === 'fix-data') {
    const fixed = cleared(c, epoch.classes.get('fix-data')?.clears ?? [], last);
    return fixed ? undefined : { until: NEVER, cause: 'data', from: advice };
  }
  const until = advice.act === 'wait' ? overAt(last) + (advice.waitMs as number) : now;
  return now < until ? { until, cause: 'wait', from: advice } : undefined;
}
