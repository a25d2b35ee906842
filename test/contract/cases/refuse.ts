/** `refuse`: kept, counted, and acted upon. */
import { describe, expect, it } from 'vitest';
import { CODE_FAILURES } from '../../../src/core/limit.ts';
import type { Code, Limit } from '../../../src/core/model.ts';
import type { Verdict } from '../../../src/core/verdict.ts';
import { StoreFaultError } from '../../../src/store/errors.ts';
import type { Refusal } from '../../../src/store/port.ts';
import { codeOf, effectOf, verdictOf } from '../fixtures.ts';
import { freshCase, type Open } from './case.ts';

/** Declares them. */
export function refuseCases(open: Open): void {
  describe('refuse', () => {
    const t = freshCase(open);
    const { codeNow, failing, preload, spending, strike } = t;

    it('the third failure within 10,000 ms burns the code, the edge included', async () => {
      const { code } = await preload();
      expect((await strike(code.id)).consequence).toEqual({ hits: 1 });
      t.time += 5_000;
      expect((await strike(code.id)).consequence).toEqual({ hits: 2 });
      t.time += 5_000;
      expect((await strike(code.id)).consequence).toEqual({ hits: 3, burned: true });
      expect(await codeNow(code.id)).toEqual({ ...code, state: 'burned', rev: 2 });
      expect((await t.store.find('verdicts', { limit: 1 }))[0]?.consequence).toEqual({ hits: 3, burned: true });
    });

    it('the third failure after 10,001 ms does not', async () => {
      const { code } = await preload();
      await strike(code.id);
      t.time += 5_000;
      await strike(code.id);
      t.time += 5_001;
      expect((await strike(code.id)).consequence).toEqual({ hits: 2 });
      expect((await codeNow(code.id))?.state).toBe('live');
    });

    it('burns no code that is used up, ended, or not named', async () => {
      const { grant, codes } = await preload(3);
      const [used, ended, free] = codes as [Code, Code, Code];
      await t.store.redeem(spending(grant, used));
      await t.store.revoke({ target: { code: ended.id }, cause: 'owner' });
      for (let i = 0; i < 4; i++) {
        for (const code of [used, ended]) expect(await strike(code.id)).not.toHaveProperty('consequence.burned');
        await t.store.refuse(failing({ strike: { key: free.id, limit: CODE_FAILURES } }));
      }
      expect((await codeNow(used.id))?.state).toBe('live');
      expect((await codeNow(ended.id))?.state).toBe('revoked');
      expect((await codeNow(free.id))?.state).toBe('live');
    });

    it('a hundred parallel failures all count, burn once, and never conflict', async () => {
      const { code } = await preload();
      const all = await Promise.all(Array.from({ length: 100 }, () => strike(code.id)));
      expect(all.filter(({ consequence }) => (consequence as { burned?: boolean }).burned)).toHaveLength(1);
      expect(await t.store.find('verdicts', { limit: 1_000 })).toHaveLength(100);
      expect((await codeNow(code.id))?.rev).toBe(2);
    });

    it('the third failure and a success at the same time: one of them has the code', async () => {
      const { grant, code } = await preload();
      await strike(code.id);
      await strike(code.id);
      const [won, lost] = await Promise.all([t.store.redeem(spending(grant, code)), strike(code.id)]);
      const kept = await codeNow(code.id);
      expect([won, 'burned' in (lost.consequence as object), kept?.state, kept?.used]).toEqual(
        won === 'done' ? ['done', false, 'live', 1] : ['stale', true, 'burned', 0],
      );
    });

    it('failures that trip nothing do not make a success stale', async () => {
      const { grant, code } = await preload();
      const [, , won] = await Promise.all([strike(code.id), strike(code.id), t.store.redeem(spending(grant, code))]);
      expect(won).toBe('done');
    });

    it('a hold begins when the budget is spent, is not extended in force, and begins anew after its end', async () => {
      const limit: Limit = { id: 'source', count: 2, inMs: 1_000, then: { holdMs: 5_000 } };
      const hit = () => t.store.refuse(failing({ strike: { key: 'ip 1', limit } }));
      const hold = async () => (await t.store.load({ holds: ['ip 1'] })).holds.get('ip 1');
      expect((await hit()).consequence).toEqual({ hits: 1 });
      expect(await hold()).toBeUndefined();
      expect((await hit()).consequence).toEqual({ hits: 2, heldUntil: t.time + 5_000 });
      const first = await hold();
      expect(first?.until).toBe(t.time + 5_000);
      t.time += 500;
      expect((await hit()).consequence).toEqual({ hits: 3, heldUntil: first?.until });
      expect(await hold()).toEqual(first);
      t.time = first?.until ?? 0;
      await hit();
      expect(await hold()).toEqual(first);
      await hit();
      const second = await hold();
      expect(second?.until).toBe(t.time + 5_000);
      expect(second?.rev).toBeGreaterThan(first?.rev ?? 0);
    });

    it('each limit and each key counts on its own', async () => {
      const limit = (id: string, inMs: number): Limit => ({ id, count: 9, inMs, then: 'burn' });
      const hit = async (key: string, id: string, inMs: number) =>
        (await t.store.refuse(failing({ strike: { key, limit: limit(id, inMs) } }))).consequence.hits;
      expect(await hit('a', 'day', 86_400_000)).toBe(1);
      t.time += 60_000;
      expect(await hit('a', 'minute', 1_000)).toBe(1);
      expect(await hit('b', 'day', 86_400_000)).toBe(1);
      expect(await hit('a', 'day', 86_400_000)).toBe(2);
    });

    it('counts no further than a bound, and the budget stays spent', async () => {
      const { code } = await preload();
      for (let i = 0; i < 130; i++) await strike(code.id);
      expect((await strike(code.id)).consequence).toEqual({ hits: 100 });
      const wide: Limit = { id: 'wide', count: 120, inMs: 10, then: { holdMs: 10 } };
      const last = await Promise.all(Array.from({ length: 120 }, () => strike('x', wide)));
      expect(last.filter(({ consequence }) => 'heldUntil' in (consequence as object))).toHaveLength(1);
    });

    it('the hits that are kept are the newest', async () => {
      const limit: Limit = { id: 'long', count: 3, inMs: 1_000, then: 'burn' };
      const start = t.time;
      for (let i = 0; i < 130; i++) {
        t.time = start + i;
        await strike('cd_nobody', limit);
      }
      t.time = start + 1_100;
      expect((await strike('cd_nobody', limit)).consequence).toEqual({ hits: 31 });
    });

    it('equal keys are one row whose times grow; at stays the first', async () => {
      const first = verdictOf({ at: t.time, cause: 'unknown' });
      const refused = await t.store.refuse({ now: t.time, verdict: first, coalesce: 'ip unknown 16' });
      expect(refused).toEqual({ verdict: first.id, consequence: {} });
      for (let i = 0; i < 5; i++) {
        t.time += 10;
        const again = await t.store.refuse(failing({ coalesce: 'ip unknown 16' }));
        expect(again.verdict).toBe(first.id);
      }
      await t.store.refuse(failing({ coalesce: 'ip unknown 17' }));
      await t.store.refuse(failing());
      const rows = await t.store.find('verdicts', {});
      expect(rows).toHaveLength(3);
      expect(rows.at(-1)).toEqual({ ...first, times: 6 });
    });

    it('a coalesced row shows the newest attempt under the id and time of the first', async () => {
      const checks = (presented: string) => [{ id: 'oauth.redirect-uri-exact', outcome: 'fail' as const, presented }];
      const attempt = (n: number, over: Partial<Verdict> = {}) =>
        verdictOf({
          at: t.time + n,
          subject: `app ${n}`,
          cause: 'differs',
          policy: `sha256:${n}`,
          snapshot: { presented: n },
          checks: checks(`uri ${n}`),
          ...over,
        });
      const refuse = async (verdict: Verdict): Promise<string> =>
        (await t.store.refuse({ now: t.time, verdict, coalesce: 'k' })).verdict;
      const [first, second] = [attempt(1), attempt(2)];
      expect([await refuse(first), await refuse(second)]).toEqual([first.id, first.id]);
      const { subject, policy, snapshot } = second;
      const shown = { ...first, subject, policy, snapshot, checks: checks('uri 2'), times: 2 };
      expect(await t.store.find('verdicts', { id: first.id })).toEqual([shown]);
      expect(await t.store.find('verdicts', { client: 'app 2' })).toEqual([shown]);
      expect(await t.store.find('verdicts', { client: 'app 1' })).toEqual([]);
      await refuse(verdictOf({ snapshot: null }));
      const [row] = await t.store.find('verdicts', {});
      expect(row).toMatchObject({ at: first.at, snapshot: null, times: 3 });
      expect(row).not.toHaveProperty('subject');
      expect(row).not.toHaveProperty('checks');
    });

    it('a coalesced row tells what its attempts did', async () => {
      const { grant, code } = await preload();
      const id = verdictOf({ at: t.time });
      const refusal = (verdict = verdictOf({ at: t.time })): Refusal => ({
        now: t.time,
        verdict,
        coalesce: 'k',
        strike: { key: code.id, limit: CODE_FAILURES, code: code.id },
      });
      await t.store.refuse(refusal(id));
      await t.store.refuse(refusal());
      await t.store.refuse(refusal());
      await t.store.refuse({ ...refusal(), revokes: { grant: grant.id, cause: 'replay' } });
      const [row] = await t.store.find('verdicts', {});
      expect(row).toEqual({ ...id, times: 4, consequence: { hits: 4, burned: true, revokedCodes: 0, undoing: 0 } });
    });

    it('a proven replay revokes the grant, and its verdict says what died', async () => {
      const { grant, code } = await preload();
      const issue = [codeOf(grant.id), codeOf(grant.id, { total: null })];
      await t.store.redeem(spending(grant, code, { issue, effects: [effectOf(grant.id)] }));
      const replay = failing({ revokes: { grant: grant.id, cause: 'replay' } });
      const refused = await t.store.refuse(replay);
      expect(refused).toEqual({ verdict: replay.verdict.id, consequence: { revokedCodes: 2, undoing: 1 } });
      expect((await t.store.load({ grants: [grant.id] })).grants.get(grant.id)).toEqual({
        ...grant,
        state: 'revoked',
        endedAt: t.time,
        endedBy: 'replay',
        rev: 2,
      });
      expect((await t.store.find('verdicts', { limit: 1 }))[0]?.consequence).toEqual({ revokedCodes: 2, undoing: 1 });
      const again = await t.store.refuse(failing({ revokes: { grant: grant.id, cause: 'replay' } }));
      expect(again.consequence).toEqual({ revokedCodes: 0, undoing: 0 });
      const nobody = await t.store.refuse(failing({ revokes: { grant: 'gr_nobody', cause: 'replay' } }));
      expect(nobody.consequence).toEqual({});
    });

    it('a verdict id that is kept already is a fault that counts nothing', async () => {
      const { code } = await preload();
      const verdict = verdictOf();
      await t.store.refuse({ now: t.time, verdict });
      const strike = { key: code.id, limit: CODE_FAILURES, code: code.id };
      for (let i = 0; i < 3; i++)
        await expect(t.store.refuse({ now: t.time, verdict, strike })).rejects.toThrow(StoreFaultError);
      expect((await t.store.refuse(failing({ strike }))).consequence).toEqual({ hits: 1 });
    });
  });
}
