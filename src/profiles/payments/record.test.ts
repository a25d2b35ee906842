import { describe, expect, it } from 'vitest';
import type { Attempt } from './case.ts';
import { DEFAULT_SETTINGS } from './case.ts';
import { nextAllowedAt } from './profile.ts';
import { historyOf, type KeptAttempt, UNTRIED, withAnswer, withAttempt } from './record.ts';

const START = Date.UTC(2026, 10, 1);
const asked: Attempt = {
  merchant: 'acme',
  card: 'pf_a',
  amount: { minor: 100, currency: 'EUR' },
  initiator: 'cardholder',
  network: 'visa',
  processor: 'raw',
};

function kept(n: number, over: Partial<KeptAttempt> = {}): KeptAttempt {
  const { card: _, ...attempt } = asked;
  const at = START + n * 60_000;
  return { ...attempt, id: `at_${n}`, fence: n, at, leaseUntil: at + 30_000, outcome: 'pending', ...over };
}

describe('the record of a card', () => {
  it('drops nothing that a rule asks for, though it was tried far more often than any rule counts', () => {
    let short = UNTRIED;
    let whole: readonly KeptAttempt[] = [];
    for (let n = 1; n <= 300; n++) {
      const outcome = n % 7 === 0 ? 'not-sent' : 'declined';
      const one = kept(n, { amount: { minor: 100 * (1 + (n % 3)), currency: 'EUR' }, purchase: `p${n % 5}` });
      const answer: Partial<KeptAttempt> = { outcome, respondedAt: one.at + 1_000, code: n === 3 ? '41' : '51' };
      short = withAnswer(withAttempt(short, one), one.id, answer);
      whole = [...whole, { ...one, ...answer }];
      for (const minor of [100, 200, 300]) {
        const attempt = { ...asked, amount: { minor, currency: 'EUR' } };
        const next = (attempts: readonly KeptAttempt[]): number | 'never' =>
          nextAllowedAt({
            now: one.at + 2_000,
            attempt,
            history: historyOf({ ...UNTRIED, attempts }, attempt),
            settings: DEFAULT_SETTINGS,
          });
        expect(next(short.attempts), `${n} ${minor}`).toBe(next(whole));
      }
    }
    expect(short.attempts.length).toBeLessThan(200);
    expect(short.attempts.some(({ id }) => id === 'at_3')).toBe(true);
  });

  it('remembers the newest attempts that were never sent, and counts none of them', () => {
    let record = UNTRIED;
    for (let n = 1; n <= 100; n++) {
      record = withAnswer(withAttempt(record, kept(n)), `at_${n}`, { outcome: 'not-sent' });
    }
    expect(record.attempts.at(-1)?.id).toBe('at_100');
    expect(record.attempts.length).toBeLessThanOrEqual(41);
    expect(historyOf(record, asked)).toEqual([]);
  });
});
