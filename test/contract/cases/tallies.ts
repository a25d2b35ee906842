/** `find` of tallies: verdicts, counted for a chart. */
import { describe, expect, it } from 'vitest';
import type { Query } from '../../../src/store/port.ts';
import { grantOf, verdictOf } from '../fixtures.ts';
import { freshCase, type Open } from './case.ts';

/** Declares them. */
export function tallyCases(open: Open): void {
  describe('find tallies', () => {
    const t = freshCase(open);

    const keep = async () => {
      const grant = grantOf();
      await t.store.mint({ grant, codes: [], verdict: verdictOf({ at: 100, ok: true, subject: 'app_a' }) });
      for (const [at, cause, subject, times] of [
        [100, 'used', 'app_a', 1],
        [149, 'used', 'app_b', 1],
        [150, 'used', 'app_a', 4],
        [199, 'expired', 'app_a', 1],
        [200, 'expired', 'app_a', 1],
      ] as const) {
        await t.store.refuse({
          now: t.time,
          verdict: verdictOf({ at, cause, subject, times, decisive: `of.${cause}` }),
        });
      }
      const home = verdictOf({ at: 210, profile: 'home', cause: 'used', decisive: 'home.used' });
      for (let i = 0; i < 3; i++) {
        await t.store.refuse({ now: t.time, verdict: { ...home, id: `${home.id}${i}` }, coalesce: 'k' });
      }
    };

    it('counts attempts by bucket, outcome and cause, with the filters of verdicts', async () => {
      await keep();
      const span = { since: 100, until: 210, bucketMs: 50 };
      const counted = async (query: Query) =>
        (await t.store.find('tallies', query)).map(({ at, ok, cause, count }) => `${at} ${ok} ${cause} ${count}`);
      const all = [
        '200 false expired 1',
        '200 false used 3',
        '150 false expired 1',
        '150 false used 4',
        '100 true null 1',
        '100 false used 2',
      ];
      expect(await counted(span)).toEqual(all);
      expect(await counted({ ...span, limit: 1, before: { at: 0, id: 'no effect here' } })).toEqual(all);
      expect(await counted({ ...span, until: 200, since: 149 })).toEqual([
        '200 false expired 1',
        '150 false expired 1',
        '150 false used 4',
        '100 false used 1',
      ]);
      expect(await counted({ ...span, ok: true })).toEqual(['100 true null 1']);
      expect(await counted({ ...span, profile: 'home' })).toEqual(['200 false used 3']);
      expect(await counted({ ...span, cause: 'home.used' })).toEqual(['200 false used 3']);
      expect(await counted({ ...span, client: ['app_b'] })).toEqual(['100 false used 1']);
      expect(await counted({ ...span, bucketMs: 1_000, ok: false })).toEqual(['0 false expired 2', '0 false used 9']);
      expect(await counted({ ...span, client: [] })).toEqual([]);
      expect(await counted({ ...span, since: 211, until: 100 })).toEqual([]);
      expect(await t.store.find('tallies', { ...span, ok: true })).toEqual([
        { at: 100, ok: true, cause: null, count: 1 },
      ]);
    });

    it('takes up to 400 buckets; refuses more, and what has no bucket, no beginning or no end', async () => {
      await keep();
      const find = (query: Query) => t.store.find('tallies', query);
      expect(await find({ since: 0, until: 399, bucketMs: 1 })).toHaveLength(7);
      const wrong = [
        { since: 0, until: 400, bucketMs: 1 },
        { since: 0, until: 399 },
        { since: 0, until: 399, bucketMs: 0 },
        { since: 0, until: 399, bucketMs: 0.5 },
        { since: 0, bucketMs: 1_000 },
        { until: 399, bucketMs: 1_000 },
        { since: Number.NaN, until: 399, bucketMs: 1_000 },
      ];
      for (const query of wrong) await expect(find(query)).rejects.toThrow(RangeError);
    });
  });
}
