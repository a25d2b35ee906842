import { describe, expect, it } from 'vitest';
import { declined, fact, NOON, paymentsCase, untilOf } from '../../../../test/support/payments-case.ts';
import { NEVER } from '../closing.ts';
import { fixDataFirst } from './fix-data-first.ts';

describe('payments.fix-data-first', () => {
  it('closes as `data` until something new comes in', () => {
    const history = [declined('54', NOON - 9)];
    expect(fixDataFirst.check(paymentsCase(history))).toMatchObject({ outcome: 'fail', cause: 'data' });
    expect(untilOf(fixDataFirst, paymentsCase(history))).toBe(NEVER);
    for (const kind of ['corrected-data', 'new-card', 'account-updater'] as const)
      expect(fixDataFirst.check(paymentsCase(history, { newFacts: [fact(kind)] })).outcome).toBe('pass');
    expect(fixDataFirst.check(paymentsCase(history, { newFacts: [fact('3-d-secure')] })).outcome).toBe('fail');
  });

  it('opens on 3-D Secure where the issuer asked for it', () => {
    const c = paymentsCase([declined('1A', NOON - 9)], { newFacts: [fact('3-d-secure')] });
    expect(fixDataFirst.check(c).outcome).toBe('pass');
  });

  it('stands behind later faults, and leaves other amounts alone', () => {
    expect(fixDataFirst.check(paymentsCase([declined('55', NOON - 9), declined('91', NOON)])).outcome).toBe('fail');
    expect(fixDataFirst.check(paymentsCase([declined('55', NOON, { near: 'merchant' })])).outcome).toBe('pass');
  });
});
