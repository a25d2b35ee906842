import { describe, expect, it } from 'vitest';
import {
  DAY,
  declined,
  expectExact,
  HOUR,
  MINUTE,
  NOON,
  paymentsCase,
} from '../../../../test/support/payments-case.ts';
import type { Past } from '../case.ts';
import { technicalBackoff } from './technical-backoff.ts';

const faults = (count: number): Past[] => Array.from({ length: count }, (_, i) => declined('91', NOON - count + 1 + i));

describe('payments.technical-backoff', () => {
  it('closes as `technical` for 10 minutes, then 1 hour, 6 hours, a day, and never longer', () => {
    const pauses = [10 * MINUTE, HOUR, 6 * HOUR, DAY, DAY, DAY];
    for (const [i, pause] of pauses.entries()) {
      const c = paymentsCase(faults(i + 1));
      expect(technicalBackoff.check(c)).toMatchObject({ outcome: 'fail', cause: 'technical' });
      expectExact(technicalBackoff, c, NOON + pause);
    }
  });

  it('closes as `no-answer` behind an attempt whose outcome nobody knows, from the end of its lease on', () => {
    const lost: Past = { near: 'key', at: NOON - 60_000, outcome: 'pending', leaseUntil: NOON };
    const c = paymentsCase([lost]);
    expect(technicalBackoff.check(c)).toMatchObject({ outcome: 'fail', cause: 'no-answer' });
    expectExact(technicalBackoff, c, NOON + 10 * MINUTE);
  });

  it('says nothing of an attempt that may still be answered', () => {
    const sent: Past = { near: 'key', at: NOON - 1, outcome: 'pending', leaseUntil: NOON + 1_000 };
    expect(technicalBackoff.check(paymentsCase([sent])).outcome).toBe('pass');
  });

  it('starts anew behind another answer', () => {
    const c = paymentsCase([...faults(3), declined('51', NOON), declined('96', NOON)]);
    expectExact(technicalBackoff, c, NOON + 10 * MINUTE);
    expect(technicalBackoff.check(paymentsCase([declined('91', NOON), declined('05', NOON)])).outcome).toBe('pass');
  });
});
