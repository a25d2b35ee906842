import { describe, expect, it } from 'vitest';
import {
  DAY,
  declined,
  expectExact,
  fact,
  MINUTE,
  NOON,
  paymentsCase,
} from '../../../../test/support/payments-case.ts';
import type { Past } from '../case.ts';
import { networkLimitsPublished } from './network-limits-published.ts';

const tries = (count: number): Past[] =>
  Array.from({ length: count }, (_, i) => declined('51', NOON - (count - 1 - i) * MINUTE));
const on = (network: string, history: readonly Past[] = []) => paymentsCase(history, { attempt: { network } });

describe('payments.network-limits-published', () => {
  it('warns of `none-published` where a network publishes no limits', () => {
    for (const network of ['amex', 'discover', 'diners', 'jcb', 'unionpay', 'elo'])
      expect(networkLimitsPublished.check(on(network))).toMatchObject({ outcome: 'warn', cause: 'none-published' });
    for (const network of ['visa', 'mastercard'])
      expect(networkLimitsPublished.check(on(network)).outcome).toBe('pass');
  });

  it('closes as `limit` where ours is used up, and says that it is ours', () => {
    expect(networkLimitsPublished.check(on('amex', tries(9))).outcome).toBe('warn');
    const c = on('amex', tries(10));
    expect(networkLimitsPublished.check(c)).toMatchObject({
      outcome: 'fail',
      cause: 'limit',
      detail: expect.stringContaining('; ours)'),
    });
    expectExact(networkLimitsPublished, c, NOON - 9 * MINUTE + DAY);
  });

  it('closes as `unknown` behind a decline on a network that nobody knows', () => {
    expect(networkLimitsPublished.check(on('nobody')).outcome).toBe('pass');
    const c = on('nobody', [declined('51', NOON - DAY)]);
    expect(networkLimitsPublished.check(c)).toMatchObject({ outcome: 'fail', cause: 'unknown' });
    expect(networkLimitsPublished.check({ ...c, newFacts: [fact('issuer-approved')] }).outcome).toBe('pass');
  });
});
