import { describe, expect, it } from 'vitest';
import { drawCase, nextOpen, openIn } from '../../../test/support/payments-oracle.ts';
import type { PaymentsCase } from './case.ts';
import { keep } from './keep.ts';
import { closedRules, judge, nextAllowedAt } from './profile.ts';

const RUNS = 2_000;
const seeds = Array.from({ length: RUNS }, (_, i) => i + 1);
const later = (c: PaymentsCase, now: number): PaymentsCase => ({ ...c, now });

describe('when a declined card may be tried again', () => {
  it(`is what a naive second reading says, for ${RUNS} random histories around every date of the data`, () => {
    const told = { now: 0, later: 0, never: 0 };
    for (const seed of seeds) {
      const c = drawCase(seed);
      const next = nextAllowedAt(c);
      expect(next, `seed ${seed}`).toBe(nextOpen(c));
      told[next === 'never' ? 'never' : next === c.now ? 'now' : 'later'] += 1;
    }
    // the histories reach every kind of answer
    expect(Math.min(told.now, told.later, told.never)).toBeGreaterThan(RUNS / 20);
  });

  it('is closed one millisecond before, and open at it, as the verdict itself says', () => {
    for (const seed of seeds) {
      const c = drawCase(seed);
      const next = nextAllowedAt(c);
      if (next === 'never') {
        expect(judge(later(c, c.now + 40 * 365 * 86_400_000)).ok, `seed ${seed}`).toBe(false);
        continue;
      }
      expect(judge(later(c, next)).ok, `seed ${seed}`).toBe(true);
      if (next > c.now) expect(judge(later(c, next - 1)).ok, `seed ${seed}`).toBe(false);
      expect(openIn(c, c.now), `seed ${seed}`).toBe(next === c.now);
    }
  });

  it('names every rule that is closed, and none when it is open', () => {
    for (const seed of seeds.slice(0, 1_000)) {
      const c = drawCase(seed);
      const closed = closedRules(c);
      const { checks, ok } = judge(c);
      const failed = checks.flatMap(({ children }) => children ?? []).filter(({ outcome }) => outcome === 'fail');
      expect(closed.map(({ rule }) => rule)).toEqual(failed.map(({ id }) => id));
      expect(ok).toBe(closed.length === 0);
      expect(closed.every(({ from }) => from.source !== '' && from.edition !== '')).toBe(true);
      const untils = closed.map(({ until }) => (until === 'never' ? Number.POSITIVE_INFINITY : until));
      const next = nextAllowedAt(c);
      if (next !== 'never' && closed.length > 0) expect(next).toBeGreaterThanOrEqual(Math.max(...untils));
    }
  });

  it('is the same from what a gate keeps as from everything', () => {
    let left = 0;
    for (const seed of seeds) {
      const c = drawCase(seed);
      const history = keep(c.history, c.now, c.attempt.purchase);
      left += c.history.length - history.length;
      expect(nextAllowedAt({ ...c, history }), `seed ${seed}`).toBe(nextAllowedAt(c));
    }
    expect(left).toBeGreaterThan(0);
  });

  it('gives the identical tree for a snapshot', () => {
    for (const seed of seeds.slice(0, 500)) {
      const c = drawCase(seed);
      expect(judge(JSON.parse(JSON.stringify(c))).checks).toEqual(judge(c).checks);
    }
  });
});
