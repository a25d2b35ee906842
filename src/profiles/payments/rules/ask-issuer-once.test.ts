import { describe, expect, it } from 'vitest';
import { DAY, declined, expectExact, fact, HOUR, NOON, paymentsCase } from '../../../../test/support/payments-case.ts';
import { askIssuerOnce } from './ask-issuer-once.ts';

describe('payments.ask-issuer-once', () => {
  it('closes as `wait` for a day after the first decline without a reason', () => {
    const c = paymentsCase([declined('05', NOON)]);
    expect(askIssuerOnce.check(c)).toMatchObject({ outcome: 'fail', cause: 'wait' });
    expectExact(askIssuerOnce, c, NOON + DAY);
  });

  it('closes as `again` after the second, until the first has left the 30 days', () => {
    const c = paymentsCase([declined('05', NOON - 2 * DAY), declined('62', NOON)]);
    expect(askIssuerOnce.check(c)).toMatchObject({ outcome: 'fail', cause: 'again' });
    expectExact(askIssuerOnce, c, NOON + 28 * DAY);
    expectExact(
      askIssuerOnce,
      paymentsCase([declined('05', NOON - 30 * DAY + HOUR), declined('05', NOON)]),
      NOON + DAY,
    );
  });

  it('opens when the issuer has been asked, and counts anew from there', () => {
    const newFacts = [fact('issuer-approved')];
    expect(askIssuerOnce.check(paymentsCase([declined('05', NOON)], { newFacts })).outcome).toBe('pass');
    const since = paymentsCase([declined('05', NOON - 1), declined('05', NOON + 1)], { now: NOON + 1, newFacts });
    expectExact(askIssuerOnce, since, NOON + 1 + DAY);
  });
});
