import { describe, expect, it } from 'vitest';
import { approved, declined, expectExact, NOON, paymentsCase } from '../../../../test/support/payments-case.ts';
import type { Past } from '../case.ts';
import { NEVER } from '../closing.ts';
import { inFlight } from './in-flight.ts';

const sent: Past = { near: 'key', at: NOON - 1_000, outcome: 'pending', leaseUntil: NOON + 29_000 };

describe('payments.in-flight', () => {
  it('closes as `no-answer-yet` until the lease of a pending attempt runs out', () => {
    const c = paymentsCase([sent]);
    expect(inFlight.check(c)).toMatchObject({ outcome: 'fail', cause: 'no-answer-yet' });
    expectExact(inFlight, c, NOON + 29_000);
  });

  it('counts the other initiator of the same charge, and no other amount', () => {
    expect(inFlight.check(paymentsCase([{ ...sent, near: 'amount' }])).outcome).toBe('fail');
    expect(inFlight.check(paymentsCase([{ ...sent, near: 'merchant' }])).outcome).toBe('pass');
  });

  it('stays closed where nobody said when the lease ends', () => {
    const c = paymentsCase([{ near: 'key', at: NOON, outcome: 'pending' }]);
    expect(inFlight.closes(c, NOON, undefined as never)?.until).toBe(NEVER);
  });

  it('passes behind an answer', () => {
    for (const past of [approved(NOON), declined('51', NOON)])
      expect(inFlight.check(paymentsCase([past])).outcome).toBe('pass');
  });
});
