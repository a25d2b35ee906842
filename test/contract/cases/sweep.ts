/** `sweep`: what is forgotten, and what is not. */
import { describe, expect, it } from 'vitest';
import type { Code, Limit } from '../../../src/core/model.ts';
import { codeOf, effectOf, verdictOf } from '../fixtures.ts';
import { freshCase, type Open } from './case.ts';

/** Declares them. */
export function sweepCases(open: Open): void {
  describe('sweep', () => {
    const t = freshCase(open);
    const { failing, preload, spending, strike } = t;

    it('forgets what is past keeping and nothing else', async () => {
      const { grant, codes } = await preload(2, { until: t.time + 100 });
      const [used, burned] = codes as [Code, Code];
      await t.store.redeem(
        spending(grant, used, {
          issue: [codeOf(grant.id, { until: 500 }), codeOf(grant.id, { until: 501 })],
          effects: [effectOf(grant.id)],
          once: [
            { key: 'past', until: t.time - 1 },
            { key: 'now', until: t.time },
          ],
        }),
      );
      for (let i = 0; i < 3; i++) await strike(burned.id);
      await t.store.refuse({ now: t.time, verdict: verdictOf({ at: 500 }) });
      await t.store.refuse({ now: t.time, verdict: verdictOf({ at: 501 }) });
      await t.store.refuse({ now: t.time, verdict: verdictOf({ at: 499 }), coalesce: 'growing' });
      await t.store.refuse({ now: t.time, verdict: verdictOf({ at: 600 }), coalesce: 'growing' });
      await t.store.refuse({ now: t.time, verdict: verdictOf({ at: 400 }), coalesce: 'over' });

      expect(await t.store.sweep({ before: 501 })).toBe(4);
      expect((await t.store.find('codes', {})).map((code) => code.until).sort((a, b) => a - b)).toEqual([
        501,
        t.time + 100,
        t.time + 100,
      ]);
      expect((await t.store.find('codes', {})).map((code) => code.state).sort()).toEqual(['burned', 'live', 'live']);
      expect((await t.store.find('verdicts', { until: 1_000 })).map((verdict) => verdict.at)).toEqual([501, 499]);
      expect(await t.store.find('grants', {})).toHaveLength(1);
      expect(await t.store.find('effects', {})).toHaveLength(1);
      expect((await t.store.load({ once: ['past', 'now'] })).once).toEqual(new Set(['now']));
      expect((await strike(burned.id)).consequence).toEqual({ hits: 4 });

      const anew = verdictOf({ at: t.time });
      expect((await t.store.refuse({ now: t.time, verdict: anew, coalesce: 'over' })).verdict).toBe(anew.id);
      expect(await t.store.sweep({ before: 501 })).toBe(0);
    });

    it('a hold that was swept and begins anew has another rev', async () => {
      const limit: Limit = { id: 's', count: 1, inMs: 10, then: { holdMs: 10 } };
      const hit = async () => {
        await t.store.refuse(failing({ strike: { key: 'k', limit } }));
        return (await t.store.load({ holds: ['k'] })).holds.get('k')?.rev ?? 0;
      };
      const first = await hit();
      t.time += 100;
      await t.store.sweep({ before: t.time });
      expect((await t.store.load({ holds: ['k'] })).holds.size).toBe(0);
      expect(await hit()).toBeGreaterThan(first);
    });

    it('goes through many rows', async () => {
      await preload(900, { until: 5 });
      const { grant } = await preload();
      for (let i = 0; i < 6; i++) {
        await t.store.mint({
          codes: Array.from({ length: 900 }, (_, n) => codeOf(grant.id, { until: n % 2 ? 5 : t.time })),
        });
      }
      expect(await t.store.sweep({ before: 6 })).toBe(900 + 6 * 450);
    });
  });
}
