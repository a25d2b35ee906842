/** `revoke`: the end of a grant with all below it, or of one code. */
import { describe, expect, it } from 'vitest';
import type { Code } from '../../../src/core/model.ts';
import { codeOf, effectOf, grantOf, verdictOf } from '../fixtures.ts';
import { dump, freshCase, type Open } from './case.ts';

/** Declares them. */
export function revokeCases(open: Open): void {
  describe('revoke', () => {
    const t = freshCase(open);
    const { codeNow, preload, spending, strike } = t;

    it('counts the codes that were live, unexpired and had a use left', async () => {
      const { grant, codes } = await preload(7);
      const [used, , burned, ended] = codes as [Code, Code, Code, Code];
      await t.store.redeem(spending(grant, used));
      for (let i = 0; i < 3; i++) await strike(burned.id);
      await t.store.revoke({ target: { code: ended.id }, cause: 'owner' });
      const dead = [
        codeOf(grant.id, { until: t.time }),
        codeOf(grant.id, { generation: 0 }),
        codeOf(grant.id, { total: 2, used: 2 }),
      ];
      await t.store.mint({
        codes: [...dead, codeOf(grant.id, { until: t.time + 1 }), codeOf(grant.id, { total: null, used: 8 })],
      });
      const verdict = verdictOf();
      expect(await t.store.revoke({ target: { grant: grant.id }, cause: 'owner', verdict })).toEqual({
        found: true,
        revokedCodes: 6,
        undoing: 0,
      });
      const [row] = await t.store.find('verdicts', { id: verdict.id });
      expect(row?.consequence).toEqual({ revokedCodes: 6, undoing: 0 });
    });

    it('ends the grants below, however deep, and undoes all effects', async () => {
      const top = grantOf();
      const middle = grantOf({ parent: top.id, state: 'denied' });
      const leaf = grantOf({ parent: middle.id, state: 'pending' });
      const beside = grantOf();
      for (const grant of [top, middle, leaf, beside]) await t.store.mint({ grant, codes: [codeOf(grant.id)] });
      const due = effectOf(top.id, { attempts: 3, lastError: 'no answer', nextAt: t.time + 9_000 });
      const others = [effectOf(leaf.id, { state: 'done' }), effectOf(top.id, { state: 'undone' }), effectOf(beside.id)];
      await t.store.redeem({ now: t.time, grant: { id: top.id, rev: 1 }, issue: [], effects: [due, ...others] });
      expect(await t.store.revoke({ target: { grant: top.id }, cause: 'owner' })).toEqual({
        found: true,
        revokedCodes: 2,
        undoing: 2,
      });
      const states = Object.fromEntries((await t.store.find('grants', {})).map((grant) => [grant.id, grant.state]));
      expect(states).toEqual({
        [top.id]: 'revoked',
        [middle.id]: 'denied',
        [leaf.id]: 'revoked',
        [beside.id]: 'active',
      });
      const { lastError: _, ...rest } = due;
      expect((await t.store.find('effects', { id: due.id }))[0]).toEqual({
        ...rest,
        state: 'undoing',
        nextAt: t.time,
        attempts: 0,
        rev: 2,
      });
      expect((await t.store.find('effects', {})).map((effect) => effect.state).sort()).toEqual([
        'due',
        'undoing',
        'undoing',
        'undone',
      ]);
    });

    it('ending what is ended, or what does not exist, changes nothing', async () => {
      const { grant, code } = await preload();
      const second = await preload();
      expect(await t.store.revoke({ target: { code: code.id }, cause: 'x' })).toEqual({
        found: true,
        revokedCodes: 1,
        undoing: 0,
      });
      expect(await codeNow(code.id)).toEqual({ ...code, state: 'revoked', rev: 2 });
      await t.store.revoke({ target: { grant: second.grant.id }, cause: 'x' });
      const before = await dump(t.store);
      const nothing = { found: true, revokedCodes: 0, undoing: 0 };
      const verdict = verdictOf();
      expect(await t.store.revoke({ target: { code: code.id }, cause: 'y', verdict })).toEqual(nothing);
      expect(await t.store.revoke({ target: { code: second.code.id }, cause: 'y', verdict })).toEqual(nothing);
      expect(await t.store.revoke({ target: { grant: second.grant.id }, cause: 'y', verdict })).toEqual(nothing);
      expect(await t.store.revoke({ target: { grant: 'gr_no' }, cause: 'y', verdict })).toEqual({
        ...nothing,
        found: false,
      });
      expect(await t.store.revoke({ target: { code: 'cd_no' }, cause: 'y', verdict })).toEqual({
        ...nothing,
        found: false,
      });
      expect(await dump(t.store)).toEqual(before);
      expect((await t.store.load({ grants: [grant.id] })).grants.get(grant.id)?.state).toBe('active');
    });

    it('a revocation and a redemption at the same time: what was issued is dead either way', async () => {
      const { grant, code } = await preload();
      const [, won] = await Promise.all([
        t.store.revoke({ target: { grant: grant.id }, cause: 'owner' }),
        t.store.redeem(spending(grant, code, { issue: [codeOf(grant.id)] })),
      ]);
      expect((await t.store.load({ grants: [grant.id] })).grants.get(grant.id)?.state).toBe('revoked');
      expect((await t.store.find('codes', {})).length).toBe(won === 'done' ? 2 : 1);
    });
  });
}
