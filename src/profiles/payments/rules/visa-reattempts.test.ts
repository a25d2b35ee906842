import { describe, expect, it } from 'vitest';
import { DAY, declined, expectExact, MINUTE, NOON, paymentsCase } from '../../../../test/support/payments-case.ts';
import type { Past } from '../case.ts';
import { visaReattempts } from './visa-reattempts.ts';

const tries = (count: number, end: number, over: Partial<Past> = {}): Past[] =>
  Array.from({ length: count }, (_, i) => declined('51', end - (count - 1 - i) * MINUTE, over));
const MORE = Date.UTC(2025, 4, 19);

describe('payments.visa-reattempts', () => {
  it('closes as `limit` after 20 reattempts behind the first decline, until the oldest of them is 30 days old', () => {
    expect(visaReattempts.check(paymentsCase(tries(20, NOON))).outcome).toBe('pass');
    const c = paymentsCase(tries(21, NOON), { attempt: { region: 'US' } });
    expect(visaReattempts.check(c)).toMatchObject({
      outcome: 'fail',
      cause: 'limit',
      detail: expect.stringMatching(/20 reattempts in 30 days.*USD 0\.10/),
    });
    expectExact(visaReattempts, c, NOON - 19 * MINUTE + 30 * DAY);
  });

  it('allowed 15 until 19 May 2025, and 20 from that millisecond on', () => {
    const c = (now: number) => paymentsCase(tries(17, MORE - DAY), { now });
    expect([visaReattempts.check(c(MORE - 1)).outcome, visaReattempts.check(c(MORE)).outcome]).toEqual([
      'fail',
      'pass',
    ]);
    expect(visaReattempts.check(paymentsCase(tries(15, MORE - DAY), { now: MORE - 1 })).outcome).toBe('pass');
  });

  it('counted both initiators together before, and each by itself since', () => {
    const c = (now: number) => paymentsCase([...tries(10, now - DAY), ...tries(12, now, { near: 'amount' })], { now });
    expect([visaReattempts.check(c(MORE - 1)).outcome, visaReattempts.check(c(NOON)).outcome]).toEqual([
      'fail',
      'pass',
    ]);
  });

  it('leaves other networks alone', () => {
    expect(visaReattempts.check(paymentsCase(tries(30, NOON), { attempt: { network: 'amex' } })).outcome).toBe('pass');
  });
});
