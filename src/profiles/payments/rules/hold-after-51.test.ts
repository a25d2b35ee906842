import { describe, expect, it } from 'vitest';
import {
  approved,
  declined,
  expectExact,
  HOUR,
  NOON,
  paymentsCase,
  SECOND,
} from '../../../../test/support/payments-case.ts';
import { DEFAULT_SETTINGS } from '../case.ts';
import { nextAllowedAt } from '../profile.ts';
import { holdAfter51 } from './hold-after-51.ts';

const later = (ms: number, past = declined('51', NOON)) => paymentsCase([past], { now: NOON + ms });

describe('payments.hold-after-51', () => {
  it('refuses as `funds` at 11 h 59 min 59.999 s and allows at 12 h', () => {
    const before = later(11 * HOUR + 59 * 60 * SECOND + 59_999);
    expect(holdAfter51.check(before)).toMatchObject({
      outcome: 'fail',
      cause: 'funds',
      expected: '2026-09-21T00:00:00.000Z',
    });
    expect(nextAllowedAt(before)).toBe(NOON + 12 * HOUR);
    expect(holdAfter51.check(later(12 * HOUR)).outcome).toBe('pass');
    expect(nextAllowedAt(later(12 * HOUR))).toBe(NOON + 12 * HOUR);
    expectExact(holdAfter51, later(0), NOON + 12 * HOUR);
  });

  it('says that 12 hours is a default, whose figure comes from a rule of 2016 as others quote it', () => {
    expect(DEFAULT_SETTINGS.holdMs).toBe(12 * HOUR);
    const found = holdAfter51.check(later(1));
    expect(found).toMatchObject({
      detail: expect.stringMatching(/a default of ours, no network's rule.*2016.*quoted by .*secondary/),
    });
  });

  it('counts from the answer, not from the sending', () => {
    expectExact(holdAfter51, later(0, declined('51', NOON, { respondedAt: NOON + 700 })), NOON + 700 + 12 * HOUR);
  });

  it('starts anew with another 51 that was really sent, and ends with an approval', () => {
    const again = paymentsCase([declined('51', NOON), declined('51', NOON + HOUR)], { now: NOON + 2 * HOUR });
    expectExact(holdAfter51, again, NOON + 13 * HOUR);
    const paid = paymentsCase([declined('51', NOON), approved(NOON + HOUR)], { now: NOON + 2 * HOUR });
    expect(holdAfter51.check(paid).outcome).toBe('pass');
  });

  it('holds for the initiator’s other half, and not for another amount', () => {
    expect(holdAfter51.check(later(1, declined('51', NOON, { near: 'amount' }))).outcome).toBe('fail');
    expect(holdAfter51.check(later(1, declined('51', NOON, { near: 'merchant' }))).outcome).toBe('pass');
  });

  it('is as long as it was set, and as short as the advice where that may shorten it', () => {
    const set = paymentsCase([declined('51', NOON)], { settings: { holdMs: HOUR } });
    expectExact(holdAfter51, set, NOON + HOUR);
    expect(holdAfter51.check(set)).toMatchObject({ detail: 'set by whoever runs the gate (1 h; ours)' });
    const advised = [declined('51', NOON, { mac: '24' })];
    const on = (adviceMayShorten: boolean, network = 'mastercard') =>
      paymentsCase(advised, { settings: { adviceMayShorten }, attempt: { network } });
    expectExact(holdAfter51, on(false), NOON + 12 * HOUR);
    expectExact(holdAfter51, on(true), NOON + HOUR);
    expect(holdAfter51.check(on(true))).toMatchObject({
      detail: expect.stringMatching(/^Mastercard merchant advice codes/),
    });
    expectExact(holdAfter51, on(true, 'visa'), NOON + 12 * HOUR);
  });
});
