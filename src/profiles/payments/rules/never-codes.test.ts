import { describe, expect, it } from 'vitest';
import { approved, DAY, declined, fact, NOON, paymentsCase, untilOf } from '../../../../test/support/payments-case.ts';
import { NEVER } from '../closing.ts';
import { at } from '../data.ts';
import { FIXES } from '../words.ts';
import { askIssuerOnce } from './ask-issuer-once.ts';
import { neverCodes } from './never-codes.ts';

const codes = [...at(NOON).codes.values()].filter(({ entry }) => entry.class === 'never').map(({ code }) => code);

describe('payments.never-codes', () => {
  it('closes as `never` for good behind every code of its class, however long ago', () => {
    expect(codes.length).toBeGreaterThan(10);
    for (const code of codes) {
      const c = paymentsCase([declined(code, NOON - 700 * DAY)], { attempt: { network: 'amex' } });
      expect(neverCodes.check(c)).toMatchObject({ outcome: 'fail', cause: 'never' });
      expect(untilOf(neverCodes, c)).toBe(NEVER);
    }
  });

  it('opens on a new card and on the account updater only, and on 3-D Secure where the table says so', () => {
    const open = (code: string, kind: Parameters<typeof fact>[0], time = NOON): boolean =>
      neverCodes.check(paymentsCase([declined(code, NOON - 5)], { newFacts: [fact(kind, time)] })).outcome === 'pass';
    expect([open('41', 'new-card'), open('41', 'account-updater')]).toEqual([true, true]);
    expect([open('41', '3-d-secure'), open('41', 'corrected-data'), open('41', 'issuer-approved')]).toEqual([
      false,
      false,
      false,
    ]);
    expect([open('57', '3-d-secure'), open('57', 'corrected-data')]).toEqual([true, false]);
    expect([open('41', 'new-card', NOON - 5), open('41', 'new-card', NOON - 6)]).toEqual([true, false]);
  });

  it('reaches every amount at the merchant, and every merchant where the card itself is gone', () => {
    const found = (code: string, near: 'merchant' | 'card'): string =>
      neverCodes.check(paymentsCase([declined(code, NOON - 5, { near })])).outcome;
    expect([found('43', 'merchant'), found('43', 'card'), found('R1', 'merchant'), found('R1', 'card')]).toEqual([
      'fail',
      'fail',
      'fail',
      'pass',
    ]);
  });

  it('ends with an approval there, and not with one elsewhere', () => {
    const then = (near: 'key' | 'card') => paymentsCase([declined('R1', NOON - 5), approved(NOON - 4, { near })]);
    expect(neverCodes.check(then('key')).outcome).toBe('pass');
    expect(neverCodes.check(then('card')).outcome).toBe('fail');
  });

  it('tells the cardholder no more than a decline without a reason does', () => {
    const owner = (fixes: readonly { audience: string }[] | undefined) =>
      fixes?.filter((fix) => fix.audience === 'owner');
    expect(owner(neverCodes.causes['never']?.fixes)).toEqual([FIXES.bank]);
    expect(owner(askIssuerOnce.causes['wait']?.fixes)).toEqual([FIXES.bank]);
  });
});
