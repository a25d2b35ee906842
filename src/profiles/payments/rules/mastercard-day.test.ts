import { describe, expect, it } from 'vitest';
import { DAY, declined, expectExact, MINUTE, NOON, paymentsCase } from '../../../../test/support/payments-case.ts';
import type { Past } from '../case.ts';
import { mastercardDay } from './mastercard-day.ts';

const attempt = { network: 'mastercard' };
const tries = (count: number, end: number): Past[] =>
  Array.from({ length: count }, (_, i) =>
    declined('51', end - (count - 1 - i) * MINUTE, { near: i % 2 ? 'key' : 'merchant' }),
  );
const LESS = Date.UTC(2022, 9, 1);

describe('payments.mastercard-day', () => {
  it('closes as `limit` after 10 declines at the merchant, of whatever amount, until the oldest is 24 hours old', () => {
    expect(mastercardDay.check(paymentsCase(tries(9, NOON), { attempt })).outcome).toBe('pass');
    const c = paymentsCase(tries(10, NOON), { attempt: { ...attempt, region: 'US' } });
    expect(mastercardDay.check(c)).toMatchObject({
      outcome: 'fail',
      cause: 'limit',
      detail: expect.stringMatching(/10 declines in 24 hours.*USD 0\.50/),
    });
    expectExact(mastercardDay, c, NOON - 9 * MINUTE + DAY);
  });

  it('allowed 20 until 1 October 2022, and 10 from that millisecond on', () => {
    const found = (count: number, now: number): string =>
      mastercardDay.check(paymentsCase(tries(count, now), { now, attempt })).outcome;
    expect([found(19, LESS - 1), found(20, LESS - 1), found(10, LESS), found(9, LESS)]).toEqual([
      'pass',
      'fail',
      'fail',
      'pass',
    ]);
  });

  it('counts attempts without an answer, and no approved ones', () => {
    const silent = tries(10, NOON).map((past): Past => ({ ...past, outcome: 'unknown' }));
    expect(mastercardDay.check(paymentsCase(silent, { attempt })).outcome).toBe('fail');
    const paid = tries(10, NOON).map((past): Past => ({ ...past, outcome: 'approved' }));
    expect(mastercardDay.check(paymentsCase(paid, { attempt })).outcome).toBe('pass');
  });
});
