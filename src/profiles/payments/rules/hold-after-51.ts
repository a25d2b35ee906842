import { classOf, firstStep, holdOf, newest, overAt, type Past, type PaymentsCase, RANK } from '../case.ts';
import { findingOf, type PaymentsRule } from '../closing.ts';
import { type Epoch, OURS } from '../data.ts';
import type { Sourced } from '../data-types.ts';
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
    const { holdMs, from } = pauseOf(c, last, epoch);
    const until = overAt(last) + holdMs;
    return now < until ? { until, cause: 'funds', from } : undefined;
  },
  check: (c) => findingOf(c, holdAfter51),
};

/** How long, and who says so. */
function pauseOf({ attempt, settings }: PaymentsCase, { mac }: Past, epoch: Epoch): { holdMs: number; from: Sourced } {
  const { holdMs } = settings;
  const advice = mac === undefined ? undefined : epoch.advice.get(mac)?.entry;
  const mayShorten = settings.adviceMayShorten && attempt.network === 'mastercard';
  if (mayShorten && advice?.waitMs !== undefined && advice.waitMs < holdMs)
    return { holdMs: advice.waitMs, from: advice };
  const usual = holdOf(epoch, 'funds');
  if (holdMs === firstStep(usual)) return { holdMs, from: usual };
  return { holdMs, from: { ...OURS, source: 'set by whoever runs the gate', edition: `${holdMs / 3_600_000} h` } };
}
