import { describe, expect, it } from 'vitest';
import { declined, fact, NOON, paymentsCase } from '../../../../test/support/payments-case.ts';
import { at } from '../data.ts';
import { nextAllowedAt } from '../profile.ts';
import { visaCategory } from './visa-category.ts';

const MOVED = Date.UTC(2021, 3, 17);

describe('payments.visa-category', () => {
  it('closes as `never` behind every code of category 1, with the fee at stake where it is known', () => {
    for (const code of ['04', '07', '12', '14', '15', '41', '43', '46', '57', 'R0', 'R1', 'R3']) {
      const c = paymentsCase([declined(code, NOON)], { attempt: { region: 'US' } });
      expect(visaCategory.check(c)).toMatchObject({
        outcome: 'fail',
        cause: 'never',
        detail: expect.stringContaining('USD 0.10'),
      });
    }
  });

  it('closes as `data` behind category 3 until something is corrected', () => {
    for (const code of ['54', '55', '82', '6P', 'N7']) {
      const history = [declined(code, NOON)];
      expect(visaCategory.check(paymentsCase(history))).toMatchObject({ outcome: 'fail', cause: 'data' });
      expect(visaCategory.check(paymentsCase(history, { newFacts: [fact('corrected-data')] })).outcome).toBe('pass');
    }
  });

  it('counts 70 and 1A as category 3 in Europe and where the region is not known', () => {
    const found = (region?: string): string =>
      visaCategory.check(paymentsCase([declined('70', NOON)], region ? { attempt: { region } } : {})).outcome;
    expect([found('EU'), found(), found('US')]).toEqual(['fail', 'fail', 'pass']);
  });

  it('moved 03, 62, 78 and 93 from never to later on 17 April 2021, to the millisecond', () => {
    for (const code of ['03', '62', '78', '93']) {
      const on = (now: number) => paymentsCase([declined(code, MOVED - 86_400_000)], { now });
      expect(visaCategory.check(on(MOVED - 1))).toMatchObject({ outcome: 'fail', cause: 'never' });
      expect(visaCategory.check(on(MOVED)).outcome).toBe('pass');
    }
    // 62 waits a day for the issuer besides, so the date is what opens it
    expect(nextAllowedAt(paymentsCase([declined('62', MOVED - 9 * 86_400_000)], { now: MOVED - 5 }))).toBe(MOVED);
  });

  it('counts 83 among the others until 25 July 2026, and as later from then on', () => {
    const then = Date.UTC(2026, 6, 25);
    expect(
      [then - 1, then].map((now) =>
        at(now)
          .categories.get('83')
          ?.map(({ category }) => category),
      ),
    ).toEqual([[4], [2]]);
  });

  it('says nothing about other networks and later answers', () => {
    expect(visaCategory.check(paymentsCase([declined('14', NOON)], { attempt: { network: 'amex' } })).outcome).toBe(
      'pass',
    );
    expect(visaCategory.check(paymentsCase([declined('51', NOON)])).outcome).toBe('pass');
  });
});
