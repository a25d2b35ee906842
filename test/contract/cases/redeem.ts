/** `redeem`: one use, one winner; all of it or nothing. */
import { describe, expect, it } from 'vitest';
import type { Code } from '../../../src/core/model.ts';
import { StoreFaultError } from '../../../src/store/errors.ts';
import type { Redemption } from '../../../src/store/port.ts';
import { codeOf, effectOf, fullVerdict, grantOf, verdictOf } from '../fixtures.ts';
import { dump, freshCase, type Open } from './case.ts';

/** Declares them. */
export function redeemCases(open: Open): void {
  describe('redeem', () => {
    const t = freshCase(open);
    const { codeNow, failing, preload, spending, strike } = t;

    it('uses the code, issues, takes keys, owes effects and keeps the verdict, at once', async () => {
      const { grant, code } = await preload();
      const issue = [
        codeOf(grant.id, { purpose: 'access_token', total: null }),
        codeOf(grant.id, { purpose: 'refresh_token' }),
      ];
      const effects = [effectOf(grant.id)];
      const verdict = fullVerdict({ ok: true, grant: grant.id });
      const once = [{ key: 'jkt jti', until: t.time + 60_000 }];
      const spend = { code: code.id, rev: 1, next: issue[1]?.id as string };
      expect(await t.store.redeem(spending(grant, code, { spend, issue, effects, verdict, once }))).toBe('done');
      expect(await codeNow(code.id)).toEqual({ ...code, used: 1, usedAt: t.time, next: spend.next, rev: 2 });
      expect(await t.store.find('codes', { grant: grant.id })).toHaveLength(3);
      expect(await t.store.find('effects', {})).toEqual(effects);
      expect(await t.store.find('verdicts', {})).toEqual([verdict]);
      expect((await t.store.load({ once: ['jkt jti', 'other'] })).once).toEqual(new Set(['jkt jti']));
    });

    it('only one of 100 parallel redemptions of one code wins', async () => {
      const { grant, code } = await preload();
      const all = Array.from({ length: 100 }, () =>
        t.store.redeem(spending(grant, code, { issue: [codeOf(grant.id)], verdict: verdictOf({ ok: true }) })),
      );
      expect((await Promise.all(all)).filter((won) => won === 'done')).toHaveLength(1);
      expect(await t.store.find('codes', {})).toHaveLength(2);
      expect(await t.store.find('verdicts', {})).toHaveLength(1);
    });

    it('a code with three uses is used three times, one after the other', async () => {
      const { grant, code } = await preload(1, { total: 3 });
      for (const rev of [1, 2, 3]) {
        expect(await t.store.redeem(spending(grant, code, { spend: { code: code.id, rev } }))).toBe('done');
      }
      expect(await t.store.redeem(spending(grant, code, { spend: { code: code.id, rev: 4 } }))).toBe('stale');
      expect((await codeNow(code.id))?.used).toBe(3);
    });

    it('a code without limit is never used up, and keeps its successor', async () => {
      const { grant, code } = await preload(1, { total: null, next: 'cd_successor' });
      expect(await t.store.redeem(spending(grant, code))).toBe('done');
      expect(await t.store.redeem(spending(grant, code, { spend: { code: code.id, rev: 2 } }))).toBe('done');
      expect(await codeNow(code.id)).toMatchObject({ used: 2, next: 'cd_successor', rev: 3 });
    });

    it('is stale, and writes nothing, when anything it read has changed', async () => {
      const { grant, codes } = await preload(5);
      const [code, other, burned, spent] = codes as [Code, Code, Code, Code];
      const old = codeOf(grant.id, { generation: 0 });
      const foreign = await preload();
      await t.store.mint({ codes: [old] });
      for (let i = 0; i < 3; i++) await strike(burned.id);
      await t.store.redeem(spending(grant, spent, { once: [{ key: 'taken', until: t.time + 1_000 }] }));
      await t.store.refuse(
        failing({ strike: { key: 'held', limit: { id: 's', count: 1, inMs: 10, then: { holdMs: 50 } } } }),
      );
      const held = (await t.store.load({ holds: ['held'] })).holds.get('held');
      const before = await dump(t.store);

      const stale: Partial<Redemption>[] = [
        { grant: { id: grant.id, rev: 2 } },
        { grant: { id: 'gr_nobody', rev: 1 } },
        { spend: { code: code.id, rev: 2 } },
        { spend: { code: 'cd_nobody', rev: 1 } },
        { spend: { code: burned.id, rev: 2 } },
        { spend: { code: spent.id, rev: 2 } },
        { spend: { code: old.id, rev: 1 } },
        { spend: { code: foreign.code.id, rev: 1 } },
        {
          unchanged: [
            { code: other.id, rev: 1 },
            { code: burned.id, rev: 1 },
          ],
        },
        { unchanged: [{ code: 'cd_nobody', rev: 1 }] },
        { holds: [{ key: 'held', rev: null }] },
        { holds: [{ key: 'held', rev: (held?.rev ?? 0) + 1 }] },
        { holds: [{ key: 'free', rev: 1 }] },
        {
          once: [
            { key: 'new', until: t.time },
            { key: 'taken', until: t.time },
          ],
        },
      ];
      const full = { issue: [codeOf(grant.id)], effects: [effectOf(grant.id)], verdict: verdictOf() };
      for (const over of stale) {
        expect(await t.store.redeem(spending(grant, code, { ...full, ...over })), JSON.stringify(over)).toBe('stale');
      }
      expect(await dump(t.store)).toEqual(before);
      expect((await t.store.load({ once: ['new'] })).once.size).toBe(0);

      const holds = [
        { key: 'held', rev: held?.rev ?? 0 },
        { key: 'free', rev: null },
      ];
      const unchanged = [
        { code: other.id, rev: 1 },
        { code: burned.id, rev: 2 },
      ];
      expect(
        await t.store.redeem(
          spending(grant, code, { ...full, holds, unchanged, once: [{ key: 'new', until: t.time }] }),
        ),
      ).toBe('done');
    });

    it('sets a hold for one of those that have read it alike, and keeps its data to the byte', async () => {
      const grant = grantOf();
      await t.store.mint({ grant, codes: [] });
      const setting = (rev: number | null, data: string): Redemption => ({
        now: t.time,
        grant: { id: grant.id, rev: grant.rev },
        holds: [{ key: 'slot', rev, set: { until: t.time + 1_000, data } }],
        issue: [],
        verdict: verdictOf(),
      });
      const held = async () => (await t.store.load({ holds: ['slot'] })).holds.get('slot');
      let rev: number | null = null;
      for (const round of ['first', 'second']) {
        const reading: number | null = rev;
        const data = Array.from({ length: 20 }, (_, i) => JSON.stringify([round, i, '\0 \ud800 é']));
        const answers = await Promise.all(data.map((one) => t.store.redeem(setting(reading, one))));
        expect(answers.filter((answer) => answer === 'done')).toHaveLength(1);
        const hold = await held();
        expect(hold?.data).toBe(data[answers.indexOf('done')]);
        expect(hold?.until).toBe(t.time + 1_000);
        expect(hold?.rev).toBeGreaterThan(reading ?? 0);
        rev = hold?.rev ?? 0;
      }
      expect((await t.store.find('verdicts', {})).length).toBe(2);
      await t.store.refuse(
        failing({ strike: { key: 'slot', limit: { id: 's', count: 1, inMs: 10, then: { holdMs: 5_000 } } } }),
      );
      expect((await held())?.data).toMatch(/^\["second/);
    });

    it('is stale when the grant is pending, denied or revoked', async () => {
      for (const state of ['pending', 'denied', 'revoked'] as const) {
        const grant = grantOf({ state });
        const code = codeOf(grant.id);
        await t.store.mint({ grant, codes: [code] });
        expect(await t.store.redeem(spending(grant, code))).toBe('stale');
        expect(await codeNow(code.id)).toEqual(code);
      }
    });

    it('one of 50 parallel redemptions with the same single-use key wins', async () => {
      const { grant, codes } = await preload(50);
      const all = codes.map((code) =>
        t.store.redeem(spending(grant, code, { once: [{ key: 'jti', until: t.time + 1 }] })),
      );
      expect((await Promise.all(all)).filter((won) => won === 'done')).toHaveLength(1);
      expect((await t.store.find('codes', {})).filter((code) => code.used === 1)).toHaveLength(1);
    });

    it('an id that is kept already, or given twice, is a fault that writes nothing', async () => {
      const { grant, codes } = await preload(2);
      const [code, other] = codes as [Code, Code];
      const effect = effectOf(grant.id);
      const verdict = verdictOf();
      await t.store.redeem({ now: t.time, grant: { id: grant.id, rev: 1 }, issue: [], effects: [effect], verdict });
      const before = await dump(t.store);
      const one = { key: 'k', until: t.time };
      const faulty: Partial<Redemption>[] = [
        { issue: [codeOf(grant.id), other] },
        { issue: [codeOf('gr_nobody')] },
        { effects: [effect] },
        { verdict },
        { once: [one, one] },
      ];
      for (const over of faulty)
        await expect(t.store.redeem(spending(grant, code, over))).rejects.toThrow(StoreFaultError);
      expect(await dump(t.store)).toEqual(before);
      expect((await t.store.load({ once: ['k'] })).once.size).toBe(0);
    });
  });
}
