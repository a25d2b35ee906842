import { describe, expect, it } from 'vitest';
import { declined, expectExact, HOUR, NOON, paymentsCase } from '../../../../test/support/payments-case.ts';
import type { Past } from '../case.ts';
import { samePurchase } from './same-purchase.ts';

const attempt = { purchase: 'order-7' };
const history = (end: number, code = '91'): Past[] => [
  declined('91', end - 5 * HOUR, { ...attempt, near: 'merchant', code }),
  declined(code, end, attempt),
];
const closing = { attempt, settings: { samePurchase: 'close' } } as const;

describe('payments.same-purchase', () => {
  it('closes as `dispute-window` for 12 hours from the first request of the purchase, where it is enforced', () => {
    const c = paymentsCase(history(NOON), closing);
    expect(samePurchase.check(c)).toMatchObject({ outcome: 'fail', cause: 'dispute-window' });
    expectExact(samePurchase, c, NOON + 7 * HOUR);
  });

  it('warns of `liability` where it is not, because nobody could verify that the rule still stands', () => {
    expect(samePurchase.check(paymentsCase(history(NOON), { attempt }))).toMatchObject({
      outcome: 'warn',
      cause: 'liability',
    });
    const past = paymentsCase(history(NOON), { attempt, now: NOON + 7 * HOUR });
    expect(samePurchase.check(past).outcome).toBe('pass');
  });

  it('was a rule from 15 April 2016 until 14 April 2018, to the millisecond', () => {
    const from = Date.UTC(2016, 3, 15);
    const to = Date.UTC(2018, 3, 14);
    const found = (now: number): string =>
      samePurchase.check(paymentsCase(history(now - HOUR), { now, attempt })).outcome;
    expect([found(from - 1), found(from), found(to - 1), found(to)]).toEqual(['pass', 'fail', 'fail', 'warn']);
  });

  it('does not count pick-up answers, other networks, or attempts without a purchase', () => {
    expect(samePurchase.check(paymentsCase(history(NOON, '04'), closing)).outcome).toBe('pass');
    const elsewhere = { ...closing, attempt: { ...attempt, network: 'amex' } };
    expect(samePurchase.check(paymentsCase(history(NOON), elsewhere)).outcome).toBe('skip');
    expect(samePurchase.check(paymentsCase(history(NOON))).outcome).toBe('skip');
  });
});
