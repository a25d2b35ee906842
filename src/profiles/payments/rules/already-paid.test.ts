import { describe, expect, it } from 'vitest';
import { approved, declined, NOON, paymentsCase } from '../../../../test/support/payments-case.ts';
import { alreadyPaid } from './already-paid.ts';

const attempt = { purchase: 'order-7' };

describe('payments.already-paid', () => {
  it('closes as `approved` for good once the purchase was paid, with whatever initiator or amount', () => {
    for (const near of ['key', 'amount', 'merchant'] as const) {
      const c = paymentsCase([approved(NOON - 5, { near, ...attempt })], { attempt });
      expect(alreadyPaid.check(c)).toMatchObject({ outcome: 'fail', cause: 'approved' });
    }
  });

  it('passes for another purchase, without a purchase, and behind a decline', () => {
    expect(alreadyPaid.check(paymentsCase([approved(NOON, { purchase: 'order-6' })], { attempt })).outcome).toBe(
      'pass',
    );
    expect(alreadyPaid.check(paymentsCase([approved(NOON, attempt)])).outcome).toBe('pass');
    expect(alreadyPaid.check(paymentsCase([declined('51', NOON, attempt)], { attempt })).outcome).toBe('pass');
  });
});
