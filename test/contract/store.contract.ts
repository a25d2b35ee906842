/**
 * The contract: what every store must do, sentence by sentence of `src/store/port.ts`. An adapter's test calls
 * `storeContract` and nothing else; there are no optional parts.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CODE_FAILURES } from '../../src/core/limit.ts';
import type { Code, Effect, Grant, Limit } from '../../src/core/model.ts';
import { StoreFaultError } from '../../src/store/errors.ts';
import type { Listing, Redemption, Refusal, Store } from '../../src/store/port.ts';
import type { Registry } from '../../src/store/registry.ts';
import { codeOf, effectOf, freshId, fullVerdict, grantOf, verdictOf } from './fixtures.ts';

/** What an adapter's `open…` answers. */
export interface Opened {
  readonly store: Store;
  readonly registry: Registry;
  close(): Promise<void>;
}

/** Opens an empty store on the given clock. */
export type Open = (clock: () => number) => Promise<Opened>;

const KINDS = ['verdicts', 'codes', 'grants', 'effects'] as const satisfies readonly (keyof Listing)[];

/** Everything that can be listed: equal dumps mean that nothing was written. */
export async function dump(store: Store): Promise<Record<string, unknown>> {
  const lists = await Promise.all(KINDS.map(async (kind) => [kind, await store.find(kind, { limit: 1_000 })] as const));
  return Object.fromEntries(lists);
}

/** Runs the whole contract against the store that `open` opens. */
export function storeContract(name: string, open: Open): void {
  describe(`store contract: ${name}`, () => {
    let opened: Opened;
    let store: Store;
    let time = 0;

    beforeEach(async () => {
      time = 1_000_000;
      opened = await open(() => time);
      store = opened.store;
    });
    afterEach(() => opened.close());

    const preload = async (
      codes = 1,
      over: Partial<Code> = {},
    ): Promise<{ grant: Grant; codes: Code[]; code: Code }> => {
      const grant = grantOf();
      const minted = Array.from({ length: codes }, () => codeOf(grant.id, over));
      expect(await store.mint({ grant, codes: minted })).toBe('done');
      return { grant, codes: minted, code: minted[0] as Code };
    };
    const spending = (grant: Grant, code: Code, over: Partial<Redemption> = {}): Redemption => ({
      now: time,
      grant: { id: grant.id, rev: grant.rev },
      spend: { code: code.id, rev: code.rev },
      issue: [],
      ...over,
    });
    const codeNow = async (id: string): Promise<Code | undefined> => (await store.load({ codes: [id] })).codes.get(id);
    const failing = (over: Partial<Refusal> = {}): Refusal => ({
      now: time,
      verdict: verdictOf({ at: time }),
      ...over,
    });
    const strike = (code: string, limit: Limit = CODE_FAILURES): Promise<{ consequence: unknown }> =>
      store.refuse(failing({ strike: { key: code, limit, code } }));

    describe('what is kept comes back as it was', () => {
      it('every field of a grant, a code, an effect and a verdict', async () => {
        const grant = grantOf({
          parent: 'gr_above',
          until: 5_000_000,
          state: 'revoked',
          endedAt: 7,
          endedBy: 'replay',
        });
        const bare = grantOf();
        const codes = [
          codeOf(grant.id, {
            total: null,
            used: 4,
            usedAt: 12,
            next: 'cd_next',
            state: 'superseded',
            generation: 0,
            rev: 9,
          }),
          codeOf(grant.id, { bindings: [] }),
        ];
        const full = fullVerdict();
        await store.mint({ grant, codes, verdict: full });
        await store.mint({ grant: bare, codes: [] });
        const effects = [
          effectOf(bare.id, { lastError: 'no answer', attempts: 2, nextAt: 77 }),
          effectOf(bare.id, { data: {} }),
        ];
        const plain = verdictOf({ ok: true });
        await store.redeem({ now: time, grant: { id: bare.id, rev: 1 }, issue: [], effects, verdict: plain });

        expect(await store.find('grants', {})).toStrictEqual([bare, grant].map(plainly));
        expect(await store.find('codes', {})).toStrictEqual([...codes].reverse().map(plainly));
        expect(await store.find('effects', {})).toStrictEqual([...effects].reverse().map(plainly));
        expect(await store.find('verdicts', {})).toStrictEqual([plain, full].map(plainly));
      });

      it('absent optional fields stay absent', async () => {
        const { grant, code } = await preload();
        await store.redeem({
          now: time,
          grant: { id: grant.id, rev: 1 },
          issue: [],
          effects: [effectOf(grant.id)],
          verdict: verdictOf(),
        });
        const [kept] = await store.find('codes', {});
        expect(kept && Object.keys(kept).sort()).toEqual(Object.keys(code).sort());
        for (const kind of KINDS) {
          for (const row of await store.find(kind, {})) expect(Object.values(row)).not.toContain(undefined);
        }
      });

      it('a caller who changes its own value later changes nothing kept', async () => {
        const terms: Record<string, string> = { scope: 'lamp' };
        const grant = grantOf({ terms });
        await store.mint({ grant, codes: [] });
        terms['scope'] = 'everything';
        expect((await store.load({ grants: [grant.id] })).grants.get(grant.id)?.terms).toEqual({ scope: 'lamp' });
      });
    });

    describe('load', () => {
      it('answers the clock, the generation, and for each code its grant and its successor', async () => {
        const { grant, codes } = await preload(2);
        const [first, second] = codes as [Code, Code];
        await store.redeem(spending(grant, first, { spend: { code: first.id, rev: 1, next: second.id } }));
        const loaded = await store.load({ codes: [first.id] });
        expect(loaded.now).toBe(time);
        expect(loaded.generation).toBe(1);
        expect([...loaded.codes.keys()]).toEqual([first.id, second.id]);
        expect([...loaded.grants.keys()]).toEqual([grant.id]);
      });

      it('leaves out what does not exist', async () => {
        const loaded = await store.load({ codes: ['cd_no'], grants: ['gr_no'], holds: ['h'], once: ['o'] });
        expect([loaded.codes.size, loaded.grants.size, loaded.holds.size, loaded.once.size]).toEqual([0, 0, 0, 0]);
      });

      it('the clock never goes backwards', async () => {
        await preload();
        time -= 500_000;
        expect((await store.load({})).now).toBe(1_000_000);
        time = 1_000_001;
        expect((await store.load({})).now).toBe(1_000_001);
      });
    });

    describe('mint', () => {
      it('adds a code to a grant that is kept', async () => {
        const { grant } = await preload();
        const code = codeOf(grant.id);
        expect(await store.mint({ codes: [code] })).toBe('done');
        expect(await codeNow(code.id)).toEqual(code);
      });

      it('a code of an unknown grant, or an id that is kept already, is a fault that writes nothing', async () => {
        const { grant, code } = await preload();
        const verdict = verdictOf();
        await store.mint({ codes: [], verdict });
        const before = await dump(store);
        await expect(store.mint({ codes: [codeOf('gr_nobody')] })).rejects.toThrow(StoreFaultError);
        await expect(store.mint({ grant: grantOf({ id: grant.id }), codes: [] })).rejects.toThrow(StoreFaultError);
        await expect(store.mint({ grant: grantOf(), codes: [code] })).rejects.toThrow(StoreFaultError);
        await expect(store.mint({ codes: [codeOf(grant.id)], verdict })).rejects.toThrow(StoreFaultError);
        const twice = codeOf(grant.id);
        await expect(store.mint({ codes: [twice, twice] })).rejects.toThrow(StoreFaultError);
        expect(await dump(store)).toEqual(before);
      });

      it('supersedes a live code, which names its successor, once', async () => {
        const { grant, code } = await preload();
        const next = codeOf(grant.id);
        expect(await store.mint({ codes: [next], supersedes: { code: code.id, rev: 1 } })).toBe('done');
        expect(await codeNow(code.id)).toEqual({ ...code, state: 'superseded', next: next.id, rev: 2 });
        const before = await dump(store);
        for (const rev of [1, 2]) {
          expect(
            await store.mint({ codes: [codeOf(grant.id)], supersedes: { code: code.id, rev }, verdict: verdictOf() }),
          ).toBe('stale');
        }
        expect(await dump(store)).toEqual(before);
        await expect(store.mint({ codes: [], supersedes: { code: next.id, rev: 1 } })).rejects.toThrow(StoreFaultError);
      });

      it('supersedes no used, old or unknown code, and none of a revoked grant', async () => {
        const { grant, codes } = await preload(3);
        const [used, live] = codes as [Code, Code];
        const old = codeOf(grant.id, { generation: 0 });
        await store.mint({ codes: [old] });
        await store.redeem(spending(grant, used));
        const supersede = (code: string, rev: number) =>
          store.mint({ codes: [codeOf(grant.id)], supersedes: { code, rev } });
        expect(await supersede(used.id, 2)).toBe('stale');
        expect(await supersede(old.id, 1)).toBe('stale');
        expect(await supersede('cd_nobody', 1)).toBe('stale');
        await store.revoke({ target: { grant: grant.id }, cause: 'owner' });
        expect(await supersede(live.id, 1)).toBe('stale');
      });

      it('one of 50 parallel supersessions wins', async () => {
        const { grant, code } = await preload();
        const all = Array.from({ length: 50 }, () =>
          store.mint({ codes: [codeOf(grant.id)], supersedes: { code: code.id, rev: 1 } }),
        );
        expect((await Promise.all(all)).filter((won) => won === 'done')).toHaveLength(1);
        expect(await store.find('codes', {})).toHaveLength(2);
      });
    });

    describe('redeem', () => {
      it('uses the code, issues, takes keys, owes effects and keeps the verdict, at once', async () => {
        const { grant, code } = await preload();
        const issue = [
          codeOf(grant.id, { purpose: 'access_token', total: null }),
          codeOf(grant.id, { purpose: 'refresh_token' }),
        ];
        const effects = [effectOf(grant.id)];
        const verdict = fullVerdict({ ok: true, grant: grant.id });
        const once = [{ key: 'jkt jti', until: time + 60_000 }];
        const spend = { code: code.id, rev: 1, next: issue[1]?.id as string };
        expect(await store.redeem(spending(grant, code, { spend, issue, effects, verdict, once }))).toBe('done');
        expect(await codeNow(code.id)).toEqual({ ...code, used: 1, usedAt: time, next: spend.next, rev: 2 });
        expect(await store.find('codes', { grant: grant.id })).toHaveLength(3);
        expect(await store.find('effects', {})).toEqual(effects);
        expect(await store.find('verdicts', {})).toEqual([verdict]);
        expect((await store.load({ once: ['jkt jti', 'other'] })).once).toEqual(new Set(['jkt jti']));
      });

      it('only one of 100 parallel redemptions of one code wins', async () => {
        const { grant, code } = await preload();
        const all = Array.from({ length: 100 }, () =>
          store.redeem(spending(grant, code, { issue: [codeOf(grant.id)], verdict: verdictOf({ ok: true }) })),
        );
        expect((await Promise.all(all)).filter((won) => won === 'done')).toHaveLength(1);
        expect(await store.find('codes', {})).toHaveLength(2);
        expect(await store.find('verdicts', {})).toHaveLength(1);
      });

      it('a code with three uses is used three times, one after the other', async () => {
        const { grant, code } = await preload(1, { total: 3 });
        for (const rev of [1, 2, 3]) {
          expect(await store.redeem(spending(grant, code, { spend: { code: code.id, rev } }))).toBe('done');
        }
        expect(await store.redeem(spending(grant, code, { spend: { code: code.id, rev: 4 } }))).toBe('stale');
        expect((await codeNow(code.id))?.used).toBe(3);
      });

      it('a code without limit is never used up, and keeps its successor', async () => {
        const { grant, code } = await preload(1, { total: null, next: 'cd_successor' });
        expect(await store.redeem(spending(grant, code))).toBe('done');
        expect(await store.redeem(spending(grant, code, { spend: { code: code.id, rev: 2 } }))).toBe('done');
        expect(await codeNow(code.id)).toMatchObject({ used: 2, next: 'cd_successor', rev: 3 });
      });

      it('is stale, and writes nothing, when anything it read has changed', async () => {
        const { grant, codes } = await preload(5);
        const [code, other, burned, spent] = codes as [Code, Code, Code, Code];
        const old = codeOf(grant.id, { generation: 0 });
        const foreign = await preload();
        await store.mint({ codes: [old] });
        for (let i = 0; i < 3; i++) await strike(burned.id);
        await store.redeem(spending(grant, spent, { once: [{ key: 'taken', until: time + 1_000 }] }));
        await store.refuse(
          failing({ strike: { key: 'held', limit: { id: 's', count: 1, inMs: 10, then: { holdMs: 50 } } } }),
        );
        const held = (await store.load({ holds: ['held'] })).holds.get('held');
        const before = await dump(store);

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
              { key: 'new', until: time },
              { key: 'taken', until: time },
            ],
          },
        ];
        const full = { issue: [codeOf(grant.id)], effects: [effectOf(grant.id)], verdict: verdictOf() };
        for (const over of stale) {
          expect(await store.redeem(spending(grant, code, { ...full, ...over })), JSON.stringify(over)).toBe('stale');
        }
        expect(await dump(store)).toEqual(before);
        expect((await store.load({ once: ['new'] })).once.size).toBe(0);

        const holds = [
          { key: 'held', rev: held?.rev ?? 0 },
          { key: 'free', rev: null },
        ];
        const unchanged = [
          { code: other.id, rev: 1 },
          { code: burned.id, rev: 2 },
        ];
        expect(
          await store.redeem(spending(grant, code, { ...full, holds, unchanged, once: [{ key: 'new', until: time }] })),
        ).toBe('done');
      });

      it('is stale when the grant is pending, denied or revoked', async () => {
        for (const state of ['pending', 'denied', 'revoked'] as const) {
          const grant = grantOf({ state });
          const code = codeOf(grant.id);
          await store.mint({ grant, codes: [code] });
          expect(await store.redeem(spending(grant, code))).toBe('stale');
          expect(await codeNow(code.id)).toEqual(code);
        }
      });

      it('one of 50 parallel redemptions with the same single-use key wins', async () => {
        const { grant, codes } = await preload(50);
        const all = codes.map((code) =>
          store.redeem(spending(grant, code, { once: [{ key: 'jti', until: time + 1 }] })),
        );
        expect((await Promise.all(all)).filter((won) => won === 'done')).toHaveLength(1);
        expect((await store.find('codes', {})).filter((code) => code.used === 1)).toHaveLength(1);
      });

      it('an id that is kept already, or given twice, is a fault that writes nothing', async () => {
        const { grant, codes } = await preload(2);
        const [code, other] = codes as [Code, Code];
        const effect = effectOf(grant.id);
        const verdict = verdictOf();
        await store.redeem({ now: time, grant: { id: grant.id, rev: 1 }, issue: [], effects: [effect], verdict });
        const before = await dump(store);
        const one = { key: 'k', until: time };
        const faulty: Partial<Redemption>[] = [
          { issue: [codeOf(grant.id), other] },
          { issue: [codeOf('gr_nobody')] },
          { effects: [effect] },
          { verdict },
          { once: [one, one] },
        ];
        for (const over of faulty)
          await expect(store.redeem(spending(grant, code, over))).rejects.toThrow(StoreFaultError);
        expect(await dump(store)).toEqual(before);
        expect((await store.load({ once: ['k'] })).once.size).toBe(0);
      });
    });

    describe('refuse', () => {
      it('the third failure within 10,000 ms burns the code, the edge included', async () => {
        const { code } = await preload();
        expect((await strike(code.id)).consequence).toEqual({ hits: 1 });
        time += 5_000;
        expect((await strike(code.id)).consequence).toEqual({ hits: 2 });
        time += 5_000;
        expect((await strike(code.id)).consequence).toEqual({ hits: 3, burned: true });
        expect(await codeNow(code.id)).toEqual({ ...code, state: 'burned', rev: 2 });
        expect((await store.find('verdicts', { limit: 1 }))[0]?.consequence).toEqual({ hits: 3, burned: true });
      });

      it('the third failure after 10,001 ms does not', async () => {
        const { code } = await preload();
        await strike(code.id);
        time += 5_000;
        await strike(code.id);
        time += 5_001;
        expect((await strike(code.id)).consequence).toEqual({ hits: 2 });
        expect((await codeNow(code.id))?.state).toBe('live');
      });

      it('burns no code that is used up, ended, or not named', async () => {
        const { grant, codes } = await preload(3);
        const [used, ended, free] = codes as [Code, Code, Code];
        await store.redeem(spending(grant, used));
        await store.revoke({ target: { code: ended.id }, cause: 'owner' });
        for (let i = 0; i < 4; i++) {
          for (const code of [used, ended]) expect(await strike(code.id)).not.toHaveProperty('consequence.burned');
          await store.refuse(failing({ strike: { key: free.id, limit: CODE_FAILURES } }));
        }
        expect((await codeNow(used.id))?.state).toBe('live');
        expect((await codeNow(ended.id))?.state).toBe('revoked');
        expect((await codeNow(free.id))?.state).toBe('live');
      });

      it('a hundred parallel failures all count, burn once, and never conflict', async () => {
        const { code } = await preload();
        const all = await Promise.all(Array.from({ length: 100 }, () => strike(code.id)));
        expect(all.filter(({ consequence }) => (consequence as { burned?: boolean }).burned)).toHaveLength(1);
        expect(await store.find('verdicts', { limit: 1_000 })).toHaveLength(100);
        expect((await codeNow(code.id))?.rev).toBe(2);
      });

      it('the third failure and a success at the same time: one of them has the code', async () => {
        const { grant, code } = await preload();
        await strike(code.id);
        await strike(code.id);
        const [won, lost] = await Promise.all([store.redeem(spending(grant, code)), strike(code.id)]);
        const kept = await codeNow(code.id);
        expect([won, 'burned' in (lost.consequence as object), kept?.state, kept?.used]).toEqual(
          won === 'done' ? ['done', false, 'live', 1] : ['stale', true, 'burned', 0],
        );
      });

      it('failures that trip nothing do not make a success stale', async () => {
        const { grant, code } = await preload();
        const [, , won] = await Promise.all([strike(code.id), strike(code.id), store.redeem(spending(grant, code))]);
        expect(won).toBe('done');
      });

      it('a hold begins when the budget is spent, is not extended in force, and begins anew after its end', async () => {
        const limit: Limit = { id: 'source', count: 2, inMs: 1_000, then: { holdMs: 5_000 } };
        const hit = () => store.refuse(failing({ strike: { key: 'ip 1', limit } }));
        const hold = async () => (await store.load({ holds: ['ip 1'] })).holds.get('ip 1');
        expect((await hit()).consequence).toEqual({ hits: 1 });
        expect(await hold()).toBeUndefined();
        expect((await hit()).consequence).toEqual({ hits: 2, heldUntil: time + 5_000 });
        const first = await hold();
        expect(first?.until).toBe(time + 5_000);
        time += 500;
        expect((await hit()).consequence).toEqual({ hits: 3, heldUntil: first?.until });
        expect(await hold()).toEqual(first);
        time = first?.until ?? 0;
        await hit();
        expect(await hold()).toEqual(first);
        await hit();
        const second = await hold();
        expect(second?.until).toBe(time + 5_000);
        expect(second?.rev).toBeGreaterThan(first?.rev ?? 0);
      });

      it('each limit and each key counts on its own', async () => {
        const limit = (id: string, inMs: number): Limit => ({ id, count: 9, inMs, then: 'burn' });
        const hit = async (key: string, id: string, inMs: number) =>
          (await store.refuse(failing({ strike: { key, limit: limit(id, inMs) } }))).consequence.hits;
        expect(await hit('a', 'day', 86_400_000)).toBe(1);
        time += 60_000;
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
        const start = time;
        for (let i = 0; i < 130; i++) {
          time = start + i;
          await strike('cd_nobody', limit);
        }
        time = start + 1_100;
        expect((await strike('cd_nobody', limit)).consequence).toEqual({ hits: 31 });
      });

      it('equal keys are one row whose times grow; at stays the first', async () => {
        const first = verdictOf({ at: time, cause: 'unknown' });
        const refused = await store.refuse({ now: time, verdict: first, coalesce: 'ip unknown 16' });
        expect(refused).toEqual({ verdict: first.id, consequence: {} });
        for (let i = 0; i < 5; i++) {
          time += 10;
          const again = await store.refuse(failing({ coalesce: 'ip unknown 16' }));
          expect(again.verdict).toBe(first.id);
        }
        await store.refuse(failing({ coalesce: 'ip unknown 17' }));
        await store.refuse(failing());
        const rows = await store.find('verdicts', {});
        expect(rows).toHaveLength(3);
        expect(rows.at(-1)).toEqual({ ...first, times: 6 });
      });

      it('a coalesced row tells what its attempts did', async () => {
        const { grant, code } = await preload();
        const id = verdictOf({ at: time });
        const refusal = (verdict = verdictOf({ at: time })): Refusal => ({
          now: time,
          verdict,
          coalesce: 'k',
          strike: { key: code.id, limit: CODE_FAILURES, code: code.id },
        });
        await store.refuse(refusal(id));
        await store.refuse(refusal());
        await store.refuse(refusal());
        await store.refuse({ ...refusal(), revokes: { grant: grant.id, cause: 'replay' } });
        const [row] = await store.find('verdicts', {});
        expect(row).toEqual({ ...id, times: 4, consequence: { hits: 4, burned: true, revokedCodes: 0, undoing: 0 } });
      });

      it('a proven replay revokes the grant, and its verdict says what died', async () => {
        const { grant, code } = await preload();
        const issue = [codeOf(grant.id), codeOf(grant.id, { total: null })];
        await store.redeem(spending(grant, code, { issue, effects: [effectOf(grant.id)] }));
        const replay = failing({ revokes: { grant: grant.id, cause: 'replay' } });
        const refused = await store.refuse(replay);
        expect(refused).toEqual({ verdict: replay.verdict.id, consequence: { revokedCodes: 2, undoing: 1 } });
        expect((await store.load({ grants: [grant.id] })).grants.get(grant.id)).toEqual({
          ...grant,
          state: 'revoked',
          endedAt: time,
          endedBy: 'replay',
          rev: 2,
        });
        expect((await store.find('verdicts', { limit: 1 }))[0]?.consequence).toEqual({ revokedCodes: 2, undoing: 1 });
        const again = await store.refuse(failing({ revokes: { grant: grant.id, cause: 'replay' } }));
        expect(again.consequence).toEqual({ revokedCodes: 0, undoing: 0 });
        const nobody = await store.refuse(failing({ revokes: { grant: 'gr_nobody', cause: 'replay' } }));
        expect(nobody.consequence).toEqual({});
      });

      it('a verdict id that is kept already is a fault that counts nothing', async () => {
        const { code } = await preload();
        const verdict = verdictOf();
        await store.refuse({ now: time, verdict });
        const strike = { key: code.id, limit: CODE_FAILURES, code: code.id };
        for (let i = 0; i < 3; i++)
          await expect(store.refuse({ now: time, verdict, strike })).rejects.toThrow(StoreFaultError);
        expect((await store.refuse(failing({ strike }))).consequence).toEqual({ hits: 1 });
      });
    });

    describe('revoke', () => {
      it('counts the codes that were live, unexpired and had a use left', async () => {
        const { grant, codes } = await preload(7);
        const [used, , burned, ended] = codes as [Code, Code, Code, Code];
        await store.redeem(spending(grant, used));
        for (let i = 0; i < 3; i++) await strike(burned.id);
        await store.revoke({ target: { code: ended.id }, cause: 'owner' });
        const dead = [
          codeOf(grant.id, { until: time }),
          codeOf(grant.id, { generation: 0 }),
          codeOf(grant.id, { total: 2, used: 2 }),
        ];
        await store.mint({
          codes: [...dead, codeOf(grant.id, { until: time + 1 }), codeOf(grant.id, { total: null, used: 8 })],
        });
        const verdict = verdictOf();
        expect(await store.revoke({ target: { grant: grant.id }, cause: 'owner', verdict })).toEqual({
          found: true,
          revokedCodes: 6,
          undoing: 0,
        });
        const [row] = await store.find('verdicts', { id: verdict.id });
        expect(row?.consequence).toEqual({ revokedCodes: 6, undoing: 0 });
      });

      it('ends the grants below, however deep, and undoes all effects', async () => {
        const top = grantOf();
        const middle = grantOf({ parent: top.id, state: 'denied' });
        const leaf = grantOf({ parent: middle.id, state: 'pending' });
        const beside = grantOf();
        for (const grant of [top, middle, leaf, beside]) await store.mint({ grant, codes: [codeOf(grant.id)] });
        const due = effectOf(top.id, { attempts: 3, lastError: 'no answer', nextAt: time + 9_000 });
        const others = [
          effectOf(leaf.id, { state: 'done' }),
          effectOf(top.id, { state: 'undone' }),
          effectOf(beside.id),
        ];
        await store.redeem({ now: time, grant: { id: top.id, rev: 1 }, issue: [], effects: [due, ...others] });
        expect(await store.revoke({ target: { grant: top.id }, cause: 'owner' })).toEqual({
          found: true,
          revokedCodes: 2,
          undoing: 2,
        });
        const states = Object.fromEntries((await store.find('grants', {})).map((grant) => [grant.id, grant.state]));
        expect(states).toEqual({
          [top.id]: 'revoked',
          [middle.id]: 'denied',
          [leaf.id]: 'revoked',
          [beside.id]: 'active',
        });
        const { lastError: _, ...rest } = due;
        expect((await store.find('effects', { id: due.id }))[0]).toEqual({
          ...rest,
          state: 'undoing',
          nextAt: time,
          attempts: 0,
          rev: 2,
        });
        expect((await store.find('effects', {})).map((effect) => effect.state).sort()).toEqual([
          'due',
          'undoing',
          'undoing',
          'undone',
        ]);
      });

      it('ending what is ended, or what does not exist, changes nothing', async () => {
        const { grant, code } = await preload();
        const second = await preload();
        expect(await store.revoke({ target: { code: code.id }, cause: 'x' })).toEqual({
          found: true,
          revokedCodes: 1,
          undoing: 0,
        });
        expect(await codeNow(code.id)).toEqual({ ...code, state: 'revoked', rev: 2 });
        await store.revoke({ target: { grant: second.grant.id }, cause: 'x' });
        const before = await dump(store);
        const nothing = { found: true, revokedCodes: 0, undoing: 0 };
        const verdict = verdictOf();
        expect(await store.revoke({ target: { code: code.id }, cause: 'y', verdict })).toEqual(nothing);
        expect(await store.revoke({ target: { code: second.code.id }, cause: 'y', verdict })).toEqual(nothing);
        expect(await store.revoke({ target: { grant: second.grant.id }, cause: 'y', verdict })).toEqual(nothing);
        expect(await store.revoke({ target: { grant: 'gr_no' }, cause: 'y', verdict })).toEqual({
          ...nothing,
          found: false,
        });
        expect(await store.revoke({ target: { code: 'cd_no' }, cause: 'y', verdict })).toEqual({
          ...nothing,
          found: false,
        });
        expect(await dump(store)).toEqual(before);
        expect((await store.load({ grants: [grant.id] })).grants.get(grant.id)?.state).toBe('active');
      });

      it('a revocation and a redemption at the same time: what was issued is dead either way', async () => {
        const { grant, code } = await preload();
        const [, won] = await Promise.all([
          store.revoke({ target: { grant: grant.id }, cause: 'owner' }),
          store.redeem(spending(grant, code, { issue: [codeOf(grant.id)] })),
        ]);
        expect((await store.load({ grants: [grant.id] })).grants.get(grant.id)?.state).toBe('revoked');
        expect((await store.find('codes', {})).length).toBe(won === 'done' ? 2 : 1);
      });
    });

    describe('find', () => {
      it('takes an id prefix literally', async () => {
        const grant = grantOf();
        const ids = ['cd_AB%', 'cd_AB_', 'cd_ABX', 'cd_AC', 'cd_ab'];
        await store.mint({ grant, codes: ids.map((id) => codeOf(grant.id, { id })) });
        const found = async (id: string) => (await store.find('codes', { id })).map((code) => code.id).sort();
        expect(await found('cd_AB')).toEqual(['cd_AB%', 'cd_ABX', 'cd_AB_']);
        expect(await found('cd_AB%')).toEqual(['cd_AB%']);
        expect(await found('cd_AB_')).toEqual(['cd_AB_']);
        expect(await found('cd_AD')).toEqual([]);
        expect(await found('')).toHaveLength(5);
      });

      it('filters by grant, client, cause, rule and time, both ends included, newest first', async () => {
        const parent = grantOf({ to: 'app_a' });
        const child = grantOf({ to: 'app_b', parent: parent.id, from: 2_000 });
        const codes = [codeOf(parent.id, { from: 10 }), codeOf(child.id, { from: 20 }), codeOf(child.id, { from: 30 })];
        await store.mint({ grant: parent, codes: [] });
        await store.mint({ grant: child, codes });
        await store.redeem({ now: time, grant: { id: child.id, rev: 1 }, issue: [], effects: [effectOf(child.id)] });
        const verdicts = [
          verdictOf({ at: 10, subject: 'app_a', cause: 'expired', decisive: 'oauth.in-time', grant: parent.id }),
          verdictOf({ at: 30, subject: 'app_b', cause: 'used', decisive: 'oauth.unused', grant: child.id }),
          verdictOf({ at: 20, subject: 'app_b', cause: 'expired', decisive: 'oauth.in-time' }),
        ];
        for (const verdict of verdicts) await store.refuse({ now: time, verdict });
        const ids = async (kind: keyof Listing, query: object) => (await store.find(kind, query)).map((row) => row.id);
        const of = (rows: readonly { id: string }[], ...at: number[]) => at.map((i) => rows[i]?.id);

        expect(await ids('verdicts', {})).toEqual(of(verdicts, 1, 2, 0));
        expect(await ids('verdicts', { cause: 'expired' })).toEqual(of(verdicts, 2, 0));
        expect(await ids('verdicts', { cause: 'oauth.unused' })).toEqual(of(verdicts, 1));
        expect(await ids('verdicts', { client: 'app_b', until: 29 })).toEqual(of(verdicts, 2));
        expect(await ids('verdicts', { since: 20, until: 30 })).toEqual(of(verdicts, 1, 2));
        expect(await ids('verdicts', { grant: child.id })).toEqual(of(verdicts, 1));
        expect(await ids('codes', { client: 'app_b' })).toEqual(of(codes, 2, 1));
        expect(await ids('codes', { since: 10, until: 20, cause: 'no effect here' })).toEqual(of(codes, 1, 0));
        expect(await ids('codes', { grant: parent.id })).toEqual(of(codes, 0));
        expect(await ids('grants', { grant: parent.id })).toEqual([child.id, parent.id]);
        expect(await ids('grants', { client: 'app_a' })).toEqual([parent.id]);
        expect(await ids('grants', { since: 2_000 })).toEqual([child.id]);
        expect(await ids('effects', { client: 'app_b', since: time, until: time })).toHaveLength(1);
        expect(await ids('effects', { client: 'app_a' })).toEqual([]);
        expect(await ids('effects', { until: time - 1 })).toEqual([]);
      });

      it('finds a verdict by its grant, even one that was not kept when it was written', async () => {
        const grant = grantOf();
        const [early, late, other] = [
          verdictOf({ grant: grant.id }),
          verdictOf({ grant: grant.id }),
          verdictOf({ grant: 'gr_no' }),
        ];
        await store.refuse({ now: time, verdict: early });
        await store.mint({ grant, codes: [] });
        await store.refuse({ now: time, verdict: late });
        await store.refuse({ now: time, verdict: other });
        expect((await store.find('verdicts', { grant: grant.id })).map((row) => row.id)).toEqual([late.id, early.id]);
        expect((await store.find('verdicts', { grant: 'gr_no' })).map((row) => row.id)).toEqual([other.id]);
      });

      it('gives 100 rows unless told, and never more than 1,000', async () => {
        await preload(1_050);
        expect(await store.find('codes', {})).toHaveLength(100);
        expect(await store.find('codes', { limit: 7 })).toHaveLength(7);
        expect(await store.find('codes', { limit: 0 })).toHaveLength(0);
        expect(await store.find('codes', { limit: 5_000 })).toHaveLength(1_000);
      });
    });

    describe('claim and settle', () => {
      const owe = async (...over: Partial<Effect>[]): Promise<{ grant: Grant; effects: Effect[] }> => {
        const { grant } = await preload();
        const effects = over.map((one) => effectOf(grant.id, one));
        await store.redeem({ now: time, grant: { id: grant.id, rev: 1 }, issue: [], effects });
        return { grant, effects };
      };

      it('leases what is due or undoing and whose time has come, the longest waiting first', async () => {
        const { effects } = await owe(
          { nextAt: time },
          { state: 'undoing', nextAt: 5 },
          { nextAt: time + 1 },
          { state: 'done' },
          { state: 'undone' },
        );
        const claimed = await store.claim({ limit: 10, leaseMs: 1_000 });
        const lease = (effect: Effect | undefined) => ({ ...effect, nextAt: time + 1_000, attempts: 1, rev: 2 });
        expect(claimed).toEqual([lease(effects[1]), lease(effects[0])]);
        expect((await store.find('effects', { id: effects[0]?.id as string }))[0]).toEqual(claimed[1]);
      });

      it('two workers never hold the same effect, and a lease ends', async () => {
        await owe(...Array.from({ length: 40 }, () => ({})));
        const workers = await Promise.all(Array.from({ length: 8 }, () => store.claim({ limit: 10, leaseMs: 1_000 })));
        const held = workers.flat().map((effect) => effect.id);
        expect(held).toHaveLength(40);
        expect(new Set(held).size).toBe(40);
        time += 999;
        expect(await store.claim({ limit: 100, leaseMs: 1_000 })).toEqual([]);
        time += 1;
        expect(await store.claim({ limit: 100, leaseMs: 1_000 })).toHaveLength(40);
      });

      it('settles a lease once; a lost lease settles nothing', async () => {
        await owe({});
        const [first] = await store.claim({ limit: 1, leaseMs: 10 });
        time += 10;
        const [second] = await store.claim({ limit: 1, leaseMs: 10 });
        const settle = (effect: Effect | undefined, state: 'done' | 'undone') =>
          store.settle({ effect: effect?.id ?? '', rev: effect?.rev ?? 0, state });
        const before = await dump(store);
        expect(await settle(first, 'done')).toBe(false);
        expect(await settle(second, 'undone')).toBe(false);
        expect(await store.settle({ effect: 'ef_nobody', rev: 1, state: 'done' })).toBe(false);
        expect(await dump(store)).toEqual(before);
        expect(await settle(second, 'done')).toBe(true);
        expect((await store.find('effects', {}))[0]).toEqual({ ...second, state: 'done', rev: 4 });
        expect(await settle(second, 'done')).toBe(false);
        expect(await store.settle({ effect: second?.id ?? '', rev: 4, state: 'retry' })).toBe(false);
      });

      it('retry says when and why, and the error goes when it no longer holds', async () => {
        await owe({});
        const [leased] = await store.claim({ limit: 1, leaseMs: 10 });
        const rev = leased?.rev ?? 0;
        const retry = {
          effect: leased?.id ?? '',
          state: 'retry',
          nextAt: time + 500,
          error: 'lamp does not answer',
        } as const;
        expect(await store.settle({ ...retry, rev })).toBe(true);
        expect((await store.find('effects', {}))[0]).toEqual({
          ...leased,
          nextAt: time + 500,
          lastError: retry.error,
          rev: rev + 1,
        });
        expect(await store.claim({ limit: 1, leaseMs: 10 })).toEqual([]);
        time += 500;
        const [again] = await store.claim({ limit: 1, leaseMs: 10 });
        expect(again).toMatchObject({ attempts: 2, lastError: retry.error });
        expect(await store.settle({ effect: retry.effect, rev: again?.rev ?? 0, state: 'done' })).toBe(true);
        expect((await store.find('effects', {}))[0]).not.toHaveProperty('lastError');
      });

      it('a revocation ends the lease: what was being done is undone', async () => {
        const { grant } = await owe({});
        const [leased] = await store.claim({ limit: 1, leaseMs: 60_000 });
        await store.revoke({ target: { grant: grant.id }, cause: 'owner' });
        expect(await store.settle({ effect: leased?.id ?? '', rev: leased?.rev ?? 0, state: 'done' })).toBe(false);
        const [undoing] = await store.claim({ limit: 1, leaseMs: 60_000 });
        expect(undoing).toMatchObject({ id: leased?.id, state: 'undoing', attempts: 1 });
        expect(await store.settle({ effect: undoing?.id ?? '', rev: undoing?.rev ?? 0, state: 'undone' })).toBe(true);
      });
    });

    describe('sweep', () => {
      it('forgets what is past keeping and nothing else', async () => {
        const { grant, codes } = await preload(2, { until: time + 100 });
        const [used, burned] = codes as [Code, Code];
        await store.redeem(
          spending(grant, used, {
            issue: [codeOf(grant.id, { until: 500 }), codeOf(grant.id, { until: 501 })],
            effects: [effectOf(grant.id)],
            once: [
              { key: 'past', until: time - 1 },
              { key: 'now', until: time },
            ],
          }),
        );
        for (let i = 0; i < 3; i++) await strike(burned.id);
        await store.refuse({ now: time, verdict: verdictOf({ at: 500 }) });
        await store.refuse({ now: time, verdict: verdictOf({ at: 501 }) });
        await store.refuse({ now: time, verdict: verdictOf({ at: 499 }), coalesce: 'growing' });
        await store.refuse({ now: time, verdict: verdictOf({ at: 600 }), coalesce: 'growing' });
        await store.refuse({ now: time, verdict: verdictOf({ at: 400 }), coalesce: 'over' });

        expect(await store.sweep({ before: 501 })).toBe(4);
        expect((await store.find('codes', {})).map((code) => code.until).sort((a, b) => a - b)).toEqual([
          501,
          time + 100,
          time + 100,
        ]);
        expect((await store.find('codes', {})).map((code) => code.state).sort()).toEqual(['burned', 'live', 'live']);
        expect((await store.find('verdicts', { until: 1_000 })).map((verdict) => verdict.at)).toEqual([501, 499]);
        expect(await store.find('grants', {})).toHaveLength(1);
        expect(await store.find('effects', {})).toHaveLength(1);
        expect((await store.load({ once: ['past', 'now'] })).once).toEqual(new Set(['now']));
        expect((await strike(burned.id)).consequence).toEqual({ hits: 4 });

        const anew = verdictOf({ at: time });
        expect((await store.refuse({ now: time, verdict: anew, coalesce: 'over' })).verdict).toBe(anew.id);
        expect(await store.sweep({ before: 501 })).toBe(0);
      });

      it('a hold that was swept and begins anew has another rev', async () => {
        const limit: Limit = { id: 's', count: 1, inMs: 10, then: { holdMs: 10 } };
        const hit = async () => {
          await store.refuse(failing({ strike: { key: 'k', limit } }));
          return (await store.load({ holds: ['k'] })).holds.get('k')?.rev ?? 0;
        };
        const first = await hit();
        time += 100;
        await store.sweep({ before: time });
        expect((await store.load({ holds: ['k'] })).holds.size).toBe(0);
        expect(await hit()).toBeGreaterThan(first);
      });

      it('goes through many rows', async () => {
        await preload(900, { until: 5 });
        const { grant } = await preload();
        for (let i = 0; i < 6; i++) {
          await store.mint({
            codes: Array.from({ length: 900 }, (_, n) => codeOf(grant.id, { until: n % 2 ? 5 : time })),
          });
        }
        expect(await store.sweep({ before: 6 })).toBe(900 + 6 * 450);
      });
    });

    describe('registry', () => {
      it('creates, reads, lists, saves by rev and removes', async () => {
        const { registry } = opened;
        const body = { name: 'My App', redirectUris: ['com.myapp:/callback'], exceptions: {} };
        expect(await registry.save('app', 'b', 0, body)).toBe(true);
        expect(await registry.save('app', 'a', 0, null)).toBe(true);
        expect(await registry.save('user', 'b', 0, 'other kind')).toBe(true);
        expect(await registry.get('app', 'b')).toEqual({ id: 'b', rev: 1, body });
        expect(await registry.get('app', 'c')).toBeUndefined();
        expect((await registry.list('app')).map((record) => record.id)).toEqual(['a', 'b']);
        expect(await registry.list('setting')).toEqual([]);
        expect(await registry.save('app', 'b', 1, { name: 'Mine' })).toBe(true);
        expect(await registry.get('app', 'b')).toEqual({ id: 'b', rev: 2, body: { name: 'Mine' } });
        expect(await registry.remove('app', 'b')).toBe(true);
        expect(await registry.remove('app', 'b')).toBe(false);
        expect(await registry.get('user', 'b')).toBeDefined();
      });

      it('one of many savers of the same rev wins', async () => {
        const { registry } = opened;
        const save = (rev: number) =>
          Promise.all(Array.from({ length: 20 }, (_, i) => registry.save('setting', 's', rev, i)));
        expect((await save(0)).filter(Boolean)).toHaveLength(1);
        expect((await save(1)).filter(Boolean)).toHaveLength(1);
        expect((await save(1)).filter(Boolean)).toHaveLength(0);
        expect((await registry.get('setting', 's'))?.rev).toBe(2);
      });
    });

    it('close finishes what is queued, and nothing is taken after it', async () => {
      const { grant, code } = await preload();
      const [won] = await Promise.all([store.redeem(spending(grant, code)), store.close()]);
      expect(won).toBe('done');
      const id = freshId('gr_');
      await expect(store.mint({ grant: grantOf({ id }), codes: [] })).rejects.toThrow('closed');
      await expect(store.load({})).rejects.toThrow('closed');
      await expect(opened.registry.get('app', 'a')).rejects.toThrow('closed');
      await expect(store.close()).resolves.toBeUndefined();
    });
  });
}

/** A value as JSON keeps it. */
function plainly<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
