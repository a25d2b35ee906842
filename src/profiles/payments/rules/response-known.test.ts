import { describe, expect, it } from 'vitest';
import { approved, declined, fact, NOON, paymentsCase, untilOf } from '../../../../test/support/payments-case.ts';
import { NEVER } from '../closing.ts';
import { responseKnown } from './response-known.ts';

describe('payments.response-known', () => {
  it('closes as `code` behind a code that no table knows: unknown means do not retry', () => {
    const c = paymentsCase([declined('ZZ', NOON - 1)]);
    expect(responseKnown.check(c)).toMatchObject({ outcome: 'fail', cause: 'code' });
    expect(untilOf(responseKnown, c)).toBe(NEVER);
    const silent = { near: 'key', at: 1, outcome: 'declined' } as const;
    expect(responseKnown.check(paymentsCase([silent]))).toMatchObject({ outcome: 'fail', cause: 'code' });
  });

  it('closes as `dialect` behind the words of a processor that no table knows', () => {
    const c = paymentsCase([declined('E-77', NOON - 1)], { attempt: { processor: 'nobody' } });
    expect(responseKnown.check(c)).toMatchObject({ outcome: 'fail', cause: 'dialect' });
  });

  it('takes a code that means different things for what it means on the network, or for unknown', () => {
    for (const [network, outcome] of [
      ['visa', 'pass'],
      ['mastercard', 'pass'],
      ['amex', 'fail'],
    ] as const) {
      const c = paymentsCase([declined('82', NOON - 1)], { attempt: { network } });
      expect(responseKnown.check(c).outcome).toBe(outcome);
    }
  });

  it('opens on a new fact, on an approval, and before anything was declined', () => {
    const history = [declined('ZZ', NOON - 1)];
    expect(responseKnown.check(paymentsCase(history, { newFacts: [fact('issuer-approved')] })).outcome).toBe('pass');
    expect(responseKnown.check(paymentsCase([...history, approved(NOON)])).outcome).toBe('pass');
    expect(responseKnown.check(paymentsCase([])).outcome).toBe('pass');
  });
});
