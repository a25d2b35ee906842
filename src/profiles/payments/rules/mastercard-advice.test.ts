import { describe, expect, it } from 'vitest';
import { declined, expectExact, fact, NOON, paymentsCase, untilOf } from '../../../../test/support/payments-case.ts';
import { NEVER } from '../closing.ts';
import { at } from '../data.ts';
import { mastercardAdvice } from './mastercard-advice.ts';

const attempt = { network: 'mastercard' };
const advised = (mac: string, near: 'key' | 'merchant' = 'key') => [declined('51', NOON, { mac, near })];

describe('payments.mastercard-advice', () => {
  it('closes as `wait` for exactly as long as each advice says', () => {
    const waits = [...at(NOON).advice.values()].filter(({ entry }) => entry.act === 'wait');
    expect(waits.map(({ mac }) => mac).sort()).toEqual(['02', '24', '25', '26', '27', '28', '29', '30']);
    for (const { mac, entry } of waits) {
      const c = paymentsCase(advised(mac), { attempt });
      expect(mastercardAdvice.check(c)).toMatchObject({ outcome: 'fail', cause: 'wait' });
      expectExact(mastercardAdvice, c, NOON + (entry.waitMs ?? 0));
    }
  });

  it('closes as `never` at the merchant whatever the amount, until there is a new card', () => {
    for (const mac of ['03', '21', '22', '41', '42']) {
      const c = paymentsCase(advised(mac, 'merchant'), { attempt });
      expect(mastercardAdvice.check(c)).toMatchObject({ outcome: 'fail', cause: 'never' });
      expect(mastercardAdvice.check({ ...c, newFacts: [fact('new-card')] }).outcome).toBe('pass');
    }
  });

  it('closes as `data` until the data change', () => {
    for (const mac of ['01', '04', '05']) {
      const c = paymentsCase(advised(mac), { attempt });
      expect(mastercardAdvice.check(c)).toMatchObject({ outcome: 'fail', cause: 'data' });
      expect(mastercardAdvice.check({ ...c, newFacts: [fact('account-updater')] }).outcome).toBe('pass');
    }
  });

  it('closes as `unknown` behind an advice that no table knows', () => {
    const c = paymentsCase(advised('77'), { attempt });
    expect(mastercardAdvice.check(c)).toMatchObject({ outcome: 'fail', cause: 'unknown' });
    expect(untilOf(mastercardAdvice, c)).toBe(NEVER);
    expect(mastercardAdvice.check({ ...c, newFacts: [fact('issuer-approved')] }).outcome).toBe('pass');
  });

  it('closes as `never` on every network, since processors have one word for all of them', () => {
    const c = paymentsCase(advised('03', 'merchant'));
    expect(c.attempt.network).toBe('visa');
    expect(mastercardAdvice.check(c)).toMatchObject({ outcome: 'fail', cause: 'never' });
    expect(mastercardAdvice.check({ ...c, newFacts: [fact('new-card')] }).outcome).toBe('pass');
  });

  it('passes notes, and says nothing else about other networks', () => {
    for (const mac of ['40', '43'])
      expect(mastercardAdvice.check(paymentsCase(advised(mac), { attempt })).outcome).toBe('pass');
    expect(mastercardAdvice.check(paymentsCase(advised('01'))).outcome).toBe('pass');
  });
});
