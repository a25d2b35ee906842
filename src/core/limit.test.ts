import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODE_FAILURES, FOR_GOOD_MS, recent, slotFailures, slotKey, strike, strikeOf, waits } from './limit.ts';
import type { HandleKind, Limit } from './model.ts';

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

describe('what a failure counts against', () => {
  const seat = { name: 'licence/7', values: 100_000_000 };
  const kinds: readonly HandleKind[] = ['opaque', 'bound', 'short', 'signed', 'reference'];

  it('is the code, by whoever holds it; a reference is a public number and never burns', () => {
    const struck = kinds.map((kind) => strikeOf(kind, { by: 'holder', code: 'cd_1' }));
    const burns = { key: 'code:cd_1', limit: CODE_FAILURES, code: 'cd_1' };
    expect(struck).toEqual([burns, burns, burns, burns, undefined]);
  });

  it('is nothing by strangers, but for the slot of a short code', () => {
    const struck = kinds.map((kind) => strikeOf(kind, { by: 'stranger', slot: seat }));
    const spends = { key: 'slot:licence/7', limit: slotFailures(seat) };
    expect(struck).toEqual([undefined, undefined, spends, undefined, undefined]);
    expect(kinds.map((kind) => strikeOf(kind, { by: 'stranger' }))).toEqual(kinds.map(() => undefined));
    expect(spends.key).toBe(slotKey(seat));
  });

  it('leaves no slot better odds than a millionth, and none more than a hundred tries', () => {
    expect(slotFailures(seat).count).toBe(100);
    // HomeKit forbids twelve of the 10⁸ (HAP §4.2.1.2): a hundred tries would be a hair too many.
    expect(slotFailures({ ...seat, values: 99_999_988 }).count).toBe(99);
    expect(slotFailures({ ...seat, values: 62 ** 16 }).count).toBe(100);
    expect(slotFailures({ ...seat, values: 1_000_000 }).count).toBe(1);
    fc.assert(
      fc.property(fc.integer({ min: 1_000_000, max: 2 ** 40 }), (values) => {
        const { count } = slotFailures({ name: 'x', values });
        expect(count / values).toBeLessThanOrEqual(1e-6);
        expect(count).toBeLessThanOrEqual(100);
      }),
    );
  });

  it('refuses a slot whose strings are too few to be guessed at once', () => {
    for (const values of [999_999, 10_000, 0, -1, Number.NaN]) {
      expect(() => slotFailures({ name: 'x', values })).toThrow(RangeError);
    }
  });

  it('is for good in numbers that every store keeps exactly, far beyond any hub', () => {
    const end = Date.UTC(2100, 0) + 2 * FOR_GOOD_MS;
    expect(Number.isSafeInteger(end)).toBe(true);
    // SQLite takes a double for an integer column up to 2⁵¹.
    expect(end).toBeLessThan(2 ** 51);
    expect(JSON.parse(JSON.stringify(slotFailures(seat)))).toEqual(slotFailures(seat));
  });

  it('waits until the end of a hold, and not at its end', () => {
    expect([T - 1, T, T + 1].map((now) => waits({ until: T }, now))).toEqual([true, false, false]);
    expect(waits(undefined, T)).toBe(false);
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
