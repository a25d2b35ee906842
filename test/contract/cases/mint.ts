/** `mint`: decisions and codes, and what takes the place of what. */
import { describe, expect, it } from 'vitest';
import type { Code } from '../../../src/core/model.ts';
import { StoreFaultError } from '../../../src/store/errors.ts';
import { codeOf, grantOf, verdictOf } from '../fixtures.ts';
import { dump, freshCase, type Open } from './case.ts';

/** Declares them. */
export function mintCases(open: Open): void {
  describe('mint', () => {
    const t = freshCase(open);
    const { codeNow, preload, spending } = t;

    it('adds a code to a grant that is kept', async () => {
      const { grant } = await preload();
      const code = codeOf(grant.id);
      expect(await t.store.mint({ codes: [code] })).toBe('done');
      expect(await codeNow(code.id)).toEqual(code);
    });

    it('a code of an unknown grant, or an id that is kept already, is a fault that writes nothing', async () => {
      const { grant, code } = await preload();
      const verdict = verdictOf();
      await t.store.mint({ codes: [], verdict });
      const before = await dump(t.store);
      await expect(t.store.mint({ codes: [codeOf('gr_nobody')] })).rejects.toThrow(StoreFaultError);
      await expect(t.store.mint({ grant: grantOf({ id: grant.id }), codes: [] })).rejects.toThrow(StoreFaultError);
      await expect(t.store.mint({ grant: grantOf(), codes: [code] })).rejects.toThrow(StoreFaultError);
      await expect(t.store.mint({ codes: [codeOf(grant.id)], verdict })).rejects.toThrow(StoreFaultError);
      const twice = codeOf(grant.id);
      await expect(t.store.mint({ codes: [twice, twice] })).rejects.toThrow(StoreFaultError);
      expect(await dump(t.store)).toEqual(before);
    });

    it('supersedes a live code, which names its successor, once', async () => {
      const { grant, code } = await preload();
      const next = codeOf(grant.id);
      expect(await t.store.mint({ codes: [next], supersedes: { code: code.id, rev: 1 } })).toBe('done');
      expect(await codeNow(code.id)).toEqual({ ...code, state: 'superseded', next: next.id, rev: 2 });
      const before = await dump(t.store);
      for (const rev of [1, 2]) {
        expect(
          await t.store.mint({ codes: [codeOf(grant.id)], supersedes: { code: code.id, rev }, verdict: verdictOf() }),
        ).toBe('stale');
      }
      expect(await dump(t.store)).toEqual(before);
      await expect(t.store.mint({ codes: [], supersedes: { code: next.id, rev: 1 } })).rejects.toThrow(StoreFaultError);
    });

    it('supersedes no used, old or unknown code, and none of a revoked grant', async () => {
      const { grant, codes } = await preload(3);
      const [used, live] = codes as [Code, Code];
      const old = codeOf(grant.id, { generation: 0 });
      await t.store.mint({ codes: [old] });
      await t.store.redeem(spending(grant, used));
      const supersede = (code: string, rev: number) =>
        t.store.mint({ codes: [codeOf(grant.id)], supersedes: { code, rev } });
      expect(await supersede(used.id, 2)).toBe('stale');
      expect(await supersede(old.id, 1)).toBe('stale');
      expect(await supersede('cd_nobody', 1)).toBe('stale');
      await t.store.revoke({ target: { grant: grant.id }, cause: 'owner' });
      expect(await supersede(live.id, 1)).toBe('stale');
    });

    it('one of 50 parallel supersessions wins', async () => {
      const { grant, code } = await preload();
      const all = Array.from({ length: 50 }, () =>
        t.store.mint({ codes: [codeOf(grant.id)], supersedes: { code: code.id, rev: 1 } }),
      );
      expect((await Promise.all(all)).filter((won) => won === 'done')).toHaveLength(1);
      expect(await t.store.find('codes', {})).toHaveLength(2);
    });
  });
}
