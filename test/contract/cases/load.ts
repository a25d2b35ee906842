/** `load`: one consistent reading, and the clock. */
import { describe, expect, it } from 'vitest';
import type { Code } from '../../../src/core/model.ts';
import { freshCase, type Open } from './case.ts';

/** Declares them. */
export function loadCases(open: Open): void {
  describe('load', () => {
    const t = freshCase(open);
    const { preload, spending } = t;

    it('answers the clock, the generation, and for each code its grant and its successor', async () => {
      const { grant, codes } = await preload(2);
      const [first, second] = codes as [Code, Code];
      await t.store.redeem(spending(grant, first, { spend: { code: first.id, rev: 1, next: second.id } }));
      const loaded = await t.store.load({ codes: [first.id] });
      expect(loaded.now).toBe(t.time);
      expect(loaded.generation).toBe(1);
      expect([...loaded.codes.keys()]).toEqual([first.id, second.id]);
      expect([...loaded.grants.keys()]).toEqual([grant.id]);
    });

    it('leaves out what does not exist', async () => {
      const loaded = await t.store.load({ codes: ['cd_no'], grants: ['gr_no'], holds: ['h'], once: ['o'] });
      expect([loaded.codes.size, loaded.grants.size, loaded.holds.size, loaded.once.size]).toEqual([0, 0, 0, 0]);
    });

    it('the clock never goes backwards', async () => {
      await preload();
      t.time -= 500_000;
      expect((await t.store.load({})).now).toBe(1_000_000);
      t.time = 1_000_001;
      expect((await t.store.load({})).now).toBe(1_000_001);
    });
  });
}
