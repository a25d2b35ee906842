import { describe, expect, it } from 'vitest';
import { approved, NOON, paymentsCase, untilOf } from '../../../../test/support/payments-case.ts';
import { NEVER } from '../closing.ts';
import { nextAllowedAt } from '../profile.ts';
import { cardRecord } from './card-record.ts';

describe('payments.card-record', () => {
  it('closes as `full` where as many attempts stand as a gate keeps, whatever they were', () => {
    const c = paymentsCase([approved(NOON - 1)], { full: true });
    expect(cardRecord.check(c)).toMatchObject({ outcome: 'fail', cause: 'full' });
    expect(untilOf(cardRecord, c)).toBe(NEVER);
    expect(nextAllowedAt(c)).toBe('never');
  });

  it('passes otherwise', () => {
    expect(cardRecord.check(paymentsCase([approved(NOON - 1)])).outcome).toBe('pass');
  });
});
