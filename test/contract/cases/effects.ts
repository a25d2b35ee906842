/** `claim` and `settle`: leases on what is owed to the world. */
import { describe, expect, it } from 'vitest';
import type { Effect, Grant } from '../../../src/core/model.ts';
import { effectOf } from '../fixtures.ts';
import { dump, freshCase, type Open } from './case.ts';

/** Declares them. */
export function effectCases(open: Open): void {
  describe('claim and settle', () => {
    const t = freshCase(open);
    const { preload } = t;

    const owe = async (...over: Partial<Effect>[]): Promise<{ grant: Grant; effects: Effect[] }> => {
      const { grant } = await preload();
      const effects = over.map((one) => effectOf(grant.id, one));
      await t.store.redeem({ now: t.time, grant: { id: grant.id, rev: 1 }, issue: [], effects });
      return { grant, effects };
    };

    it('leases what is due or undoing and whose time has come, the longest waiting first', async () => {
      const { effects } = await owe(
        { nextAt: t.time },
        { state: 'undoing', nextAt: 5 },
        { nextAt: t.time + 1 },
        { state: 'done' },
        { state: 'undone' },
      );
      const claimed = await t.store.claim({ limit: 10, leaseMs: 1_000 });
      const lease = (effect: Effect | undefined) => ({ ...effect, nextAt: t.time + 1_000, attempts: 1, rev: 2 });
      expect(claimed).toEqual([lease(effects[1]), lease(effects[0])]);
      expect((await t.store.find('effects', { id: effects[0]?.id as string }))[0]).toEqual(claimed[1]);
    });

    it('two workers never hold the same effect, and a lease ends', async () => {
      await owe(...Array.from({ length: 40 }, () => ({})));
      const workers = await Promise.all(Array.from({ length: 8 }, () => t.store.claim({ limit: 10, leaseMs: 1_000 })));
      const held = workers.flat().map((effect) => effect.id);
      expect(held).toHaveLength(40);
      expect(new Set(held).size).toBe(40);
      t.time += 999;
      expect(await t.store.claim({ limit: 100, leaseMs: 1_000 })).toEqual([]);
      t.time += 1;
      expect(await t.store.claim({ limit: 100, leaseMs: 1_000 })).toHaveLength(40);
    });

    it('settles a lease once; a lost lease settles nothing', async () => {
      await owe({});
      const [first] = await t.store.claim({ limit: 1, leaseMs: 10 });
      t.time += 10;
      const [second] = await t.store.claim({ limit: 1, leaseMs: 10 });
      const settle = (effect: Effect | undefined, state: 'done' | 'undone') =>
        t.store.settle({ effect: effect?.id ?? '', rev: effect?.rev ?? 0, state });
      const before = await dump(t.store);
      expect(await settle(first, 'done')).toBe(false);
      expect(await settle(second, 'undone')).toBe(false);
      expect(await t.store.settle({ effect: 'ef_nobody', rev: 1, state: 'done' })).toBe(false);
      expect(await dump(t.store)).toEqual(before);
      expect(await settle(second, 'done')).toBe(true);
      expect((await t.store.find('effects', {}))[0]).toEqual({ ...second, state: 'done', rev: 4 });
      expect(await settle(second, 'done')).toBe(false);
      expect(await t.store.settle({ effect: second?.id ?? '', rev: 4, state: 'retry' })).toBe(false);
    });

    it('retry says when and why, and the error goes when it no longer holds', async () => {
      await owe({});
      const [leased] = await t.store.claim({ limit: 1, leaseMs: 10 });
      const rev = leased?.rev ?? 0;
      const retry = {
        effect: leased?.id ?? '',
        state: 'retry',
        nextAt: t.time + 500,
        error: 'lamp does not answer',
      } as const;
      expect(await t.store.settle({ ...retry, rev })).toBe(true);
      expect((await t.store.find('effects', {}))[0]).toEqual({
        ...leased,
        nextAt: t.time + 500,
        lastError: retry.error,
        rev: rev + 1,
      });
      expect(await t.store.claim({ limit: 1, leaseMs: 10 })).toEqual([]);
      t.time += 500;
      const [again] = await t.store.claim({ limit: 1, leaseMs: 10 });
      expect(again).toMatchObject({ attempts: 2, lastError: retry.error });
      expect(await t.store.settle({ effect: retry.effect, rev: again?.rev ?? 0, state: 'done' })).toBe(true);
      expect((await t.store.find('effects', {}))[0]).not.toHaveProperty('lastError');
    });

    it('a revocation ends the lease: what was being done is undone', async () => {
      const { grant } = await owe({});
      const [leased] = await t.store.claim({ limit: 1, leaseMs: 60_000 });
      await t.store.revoke({ target: { grant: grant.id }, cause: 'owner' });
      expect(await t.store.settle({ effect: leased?.id ?? '', rev: leased?.rev ?? 0, state: 'done' })).toBe(false);
      const [undoing] = await t.store.claim({ limit: 1, leaseMs: 60_000 });
      expect(undoing).toMatchObject({ id: leased?.id, state: 'undoing', attempts: 1 });
      expect(await t.store.settle({ effect: undoing?.id ?? '', rev: undoing?.rev ?? 0, state: 'undone' })).toBe(true);
    });
  });
}
