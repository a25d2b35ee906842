import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODE_FAILURES, recent, strike } from './limit.ts';
import type { Limit } from './model.ts';

const T = 1_700_000_000_000;

/** Strikes one after the other; true when any of them tripped. */
function tripsAt(times: readonly number[], limit: Limit = CODE_FAILURES): boolean[] {
  let hits: readonly number[] = [];
  return times.map((now) => {
    const struck = strike(hits, now, limit);
    hits = struck.hits;
    return struck.tripped;
  });
}

describe('the failures of a code', () => {
  it('trips at exactly the third failure within 10,000 ms, the edge included', () => {
    expect(tripsAt([T, T + 5_000, T + 10_000])).toEqual([false, false, true]);
    expect(tripsAt([T, T, T])).toEqual([false, false, true]);
  });

  it('does not trip when the third comes within 10,001 ms', () => {
    expect(tripsAt([T, T + 5_000, T + 10_001])).toEqual([false, false, false]);
    expect(tripsAt([T, T + 1, T + 10_001])).toEqual([false, false, false]);
    expect(tripsAt([T, T + 1, T + 10_001, T + 10_001])).toEqual([false, false, false, true]);
  });

  it('never trips on failures that come 5,001 ms apart, however many', () => {
    expect(tripsAt(Array.from({ length: 100 }, (_, i) => T + 5_001 * i))).not.toContain(true);
  });
});

describe('laws', () => {
  const limits = fc.record({
    id: fc.constant('any'),
    count: fc.integer({ min: 1, max: 6 }),
    inMs: fc.integer({ min: 0, max: 50 }),
    then: fc.constant('burn' as const),
  });
  const hits = fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 12 });

  it('does not depend on the order in which the hits were kept', () => {
    const shuffled = hits.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, limits, ([list, other], limit) => {
        const [a, b] = [strike(list, 100, limit), strike(other, 100, limit)];
        expect(a.tripped).toBe(b.tripped);
        expect(a.hits.toSorted()).toEqual(b.hits.toSorted());
      }),
    );
  });

  it('trips exactly when the window holds at least the count, the new failure among them', () => {
    fc.assert(
      fc.property(hits, limits, (list, limit) => {
        const inside = list.filter((at) => at >= 100 - limit.inMs).length + 1;
        const struck = strike(list, 100, limit);
        expect(struck.tripped).toBe(inside >= limit.count);
        expect(struck.hits).toHaveLength(inside);
        expect(recent(list, 100, limit)).toHaveLength(inside - 1);
      }),
    );
  });

  it('changes no list it was given', () => {
    fc.assert(
      fc.property(hits, limits, (list, limit) => {
        strike(Object.freeze([...list]), 100, limit);
      }),
    );
  });
});
