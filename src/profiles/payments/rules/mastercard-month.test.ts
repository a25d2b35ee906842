import { describe, expect, it } from 'vitest';
import { DAY, declined, expectExact, HOUR, NOON, paymentsCase } from '../../../../test/support/payments-case.ts';
import type { Past } from '../case.ts';
import { mastercardMonth } from './mastercard-month.ts';

const tries = (count: number, end: number, near: Past['near'] = 'amount'): Past[] =>
  Array.from({ length: count }, (_, i) => declined('51', end - (count - 1 - i) * 4 * HOUR, { near }));
const on = (count: number, now: number, region?: string, near?: Past['near']) =>
  paymentsCase(tries(count, now, near), { now, attempt: { network: 'mastercard', ...(region && { region }) } });
const outcome = (...args: Parameters<typeof on>): string => mastercardMonth.check(on(...args)).outcome;

describe('payments.mastercard-month', () => {
  it('closes as `limit` after 35 declines of one amount, until the oldest is 30 days old', () => {
    expect(outcome(34, NOON)).toBe('pass');
    expect(mastercardMonth.check(on(35, NOON))).toMatchObject({ outcome: 'fail', cause: 'limit' });
    expectExact(mastercardMonth, on(35, NOON), NOON - 34 * 4 * HOUR + 30 * DAY);
    expect(outcome(35, NOON, 'US', 'merchant')).toBe('pass');
  });

  it('began on 1 November 2023 in the United States and on 1 April 2024 in Canada, to the millisecond', () => {
    const us = Date.UTC(2023, 10, 1);
    const ca = Date.UTC(2024, 3, 1);
    expect([outcome(35, us - 1, 'US'), outcome(35, us, 'US')]).toEqual(['pass', 'fail']);
    expect([outcome(35, ca - 1, 'CA'), outcome(35, ca, 'CA')]).toEqual(['pass', 'fail']);
    expect([outcome(35, us, 'EU'), outcome(35, us)]).toEqual(['fail', 'fail']);
  });
});
