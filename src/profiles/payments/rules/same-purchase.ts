import { pass, skip, warn } from '../../../core/rule.ts';
import { firstStep, type PaymentsCase } from '../case.ts';
import { type Closing, findingOf, type PaymentsRule, shown } from '../closing.ts';
import { at, type Epoch } from '../data.ts';
import type { HoldEntry } from '../data-types.ts';
import { FIXES } from '../words.ts';

/** An approval won soon after a decline of the same purchase could be disputed at Visa: 12 hours from the first request. */
export const samePurchase: PaymentsRule = {
  id: 'payments.same-purchase',
  cite: 'Visa Product and Service Rules PSR-564, 11.1.16, reason code 71 (2016), as quoted by others',
  refusal: 'hold',
  why: 'the issuer could charge back an approval that was got by trying again within 12 hours of the first request',
  warns: ['liability'],
  causes: {
    'dispute-window': {
      say: 'the purchase was declined less than 12 hours after its first request',
      fixes: [FIXES.wait, FIXES.other, FIXES.bank],
    },
    liability: {
      say: 'under the rules of 2016 the issuer could dispute an approval now; whether that still stands is not verified',
      fixes: [
        FIXES.wait,
        { audience: 'operator', say: 'ask the acquirer; the setting samePurchase enforces the window' },
      ],
    },
  },
  closes: (c, now, epoch) => {
    const enforced = epoch.holds.get('same-purchase');
    const hold = enforced ?? epoch.holds.get('same-purchase-since');
    if (hold === undefined || (enforced === undefined && c.settings.samePurchase === 'warn')) return undefined;
    return windowOf(c, now, hold);
  },
  check: (c) => {
    if (c.attempt.network !== 'visa') return skip('this is a rule of Visa');
    if (c.attempt.purchase === undefined) return skip('no purchase is named');
    const epoch: Epoch = at(c.now);
    if (samePurchase.closes(c, c.now, epoch) !== undefined) return findingOf(c, samePurchase);
    const since = epoch.holds.get('same-purchase-since');
    const window = since && windowOf(c, c.now, since);
    return window ? warn('liability', { expected: shown(window.until) }) : pass();
  },
};

function windowOf(c: PaymentsCase, now: number, hold: HoldEntry): Closing | undefined {
  const { network, purchase } = c.attempt;
  if (network !== 'visa' || purchase === undefined) return undefined;
  const first = c.history.find((past) => past.purchase === purchase && past.near !== 'card');
  if (first === undefined) return undefined;
  const declined = c.history.some(
    (past) =>
      past.purchase === purchase &&
      past.near !== 'card' &&
      past.outcome === 'declined' &&
      !hold.exempt?.includes(past.code ?? ''),
  );
  const until = first.at + firstStep(hold);
  return declined && now < until ? { until, cause: 'dispute-window', from: hold } : undefined;
}
