import { describe, expect, it } from 'vitest';
import { random } from '../../../fuzz/random.ts';
import type { Attempt } from './case.ts';
import { DEFAULT_SETTINGS } from './case.ts';
import { nextAllowedAt } from './profile.ts';
import {
  factsOf,
  historyOf,
  type KeptAttempt,
  PURCHASES_MAX,
  UNTRIED,
  withAnswer,
  withAttempt,
  withFacts,
} from './record.ts';

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

  it('drops nothing that a rule asks for, whatever came in which order', () => {
    const draw = random(7);
    const step = [60_000, 3_600_000, 86_400_000, 5 * 86_400_000];
    for (const network of ['visa', 'mastercard', 'amex']) {
      let short = UNTRIED;
      let whole: readonly KeptAttempt[] = [];
      let at = START;
      for (let n = 1; n <= 200; n++) {
        at += draw.pick(step);
        const purchase = draw.nat(2) === 0 && `p${draw.nat(20)}`;
        const initiator = draw.pick(['cardholder', 'merchant'] as const);
        const amount = { minor: 100 + draw.nat(4), currency: 'EUR' };
        const merchant = `m${draw.nat(2)}`;
        const one = kept(n, {
          at,
          leaseUntil: at + 30_000,
          network,
          merchant,
          amount,
          initiator,
          ...(purchase && { purchase }),
        });
        const outcome = draw.pick(['approved', 'declined', 'declined', 'pending'] as const);
        const code = outcome === 'approved' ? '00' : draw.pick(['51', '05', '91', '91', '41', '54', 'ZZ', '61']);
        const mac = draw.nat(3) === 0 && draw.pick(['03', '24', '01', '02']);
        const answer = outcome === 'pending' ? {} : { outcome, respondedAt: at + 1_000, code, ...(mac && { mac }) };
        short = withAnswer(withAttempt(short, one), one.id, answer);
        whole = [...whole, { ...one, ...answer }];
        for (const merchant of ['m0', 'm1', 'new']) {
          for (const minor of [100, 103, 999]) {
            for (const purchase of [undefined, 'p1', 'p7']) {
              const amount = { minor, currency: 'EUR' };
              const attempt = { ...asked, network, merchant, amount, ...(purchase !== undefined && { purchase }) };
              const next = (attempts: readonly KeptAttempt[]): number | 'never' => {
                const history = historyOf({ ...UNTRIED, attempts }, attempt);
                return nextAllowedAt({ now: at + 40_000, attempt, history, settings: DEFAULT_SETTINGS });
              };
              expect(next(short.attempts), `${network} ${n} ${merchant} ${minor} ${purchase}`).toBe(next(whole));
            }
          }
        }
      }
      expect(short.attempts.length).toBeLessThan(whole.length);
    }
  });

  it('does not grow with payments that went well, whatever they were for', () => {
    const grown = (over: (n: number) => Partial<KeptAttempt>): number => {
      let record = UNTRIED;
      for (let n = 1; n <= 1_000; n++)
        record = withAnswer(withAttempt(record, kept(n, over(n))), `at_${n}`, {
          outcome: 'approved',
          respondedAt: START,
          code: '00',
        });
      return record.attempts.length;
    };
    expect(grown((n) => ({ amount: { minor: n, currency: 'EUR' } }))).toBe(40);
    expect(grown((n) => ({ purchase: `p${n}` }))).toBe(PURCHASES_MAX);
  });

  it('forgets no new fact of a merchant for those that others bring', () => {
    const ours = { kind: 'issuer-approved', at: START, merchant: 'acme' } as const;
    const theirs = Array.from({ length: 100 }, (_, i) => ({ ...ours, at: START + i, merchant: 'other' }));
    const record = withFacts(withFacts(UNTRIED, [ours]), theirs);
    expect(factsOf(record, 'acme')).toEqual([{ kind: 'issuer-approved', at: START }]);
    expect(factsOf(record, 'other')).toHaveLength(20);
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
