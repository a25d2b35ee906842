/** `find`: lists for people. */
import { describe, expect, it } from 'vitest';
import { GROWS_MS } from '../../../src/store/bounds.ts';
import type { Kept, Query, Store } from '../../../src/store/port.ts';
import { codeOf, effectOf, grantOf, verdictOf } from '../fixtures.ts';
import { freshCase, type Open } from './case.ts';

async function idsOf(store: Store, kind: Kept, query: Query = {}): Promise<string[]> {
  return (await store.find(kind, query)).map(({ id }) => id);
}

/** All rows of a listing, page by page; `between` happens after each page. */
async function walked(
  store: Store,
  kind: Kept,
  query: Query,
  between: (page: number) => Promise<unknown> = async () => undefined,
): Promise<string[]> {
  const seen: string[] = [];
  for (let page = 0; page < 100; page++) {
    const rows = await store.find(kind, query);
    const last = rows.at(-1);
    if (!last) return seen;
    seen.push(...rows.map(({ id }) => id));
    query = { ...query, before: { at: 'at' in last ? last.at : 0, id: last.id } };
    await between(page);
  }
  throw new Error('expected an end of the list within 100 pages');
}

/** Declares them. */
export function findCases(open: Open): void {
  pageCases(open);
  filterCases(open);
  describe('find', () => {
    const t = freshCase(open);
    const { preload } = t;

    it('takes an id prefix literally', async () => {
      const grant = grantOf();
      const ids = ['cd_AB%', 'cd_AB_', 'cd_ABX', 'cd_AC', 'cd_ab'];
      await t.store.mint({ grant, codes: ids.map((id) => codeOf(grant.id, { id })) });
      const found = async (id: string) => (await t.store.find('codes', { id })).map((code) => code.id).sort();
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
      await t.store.mint({ grant: parent, codes: [] });
      await t.store.mint({ grant: child, codes });
      await t.store.redeem({ now: t.time, grant: { id: child.id, rev: 1 }, issue: [], effects: [effectOf(child.id)] });
      const verdicts = [
        verdictOf({ at: 10, subject: 'app_a', cause: 'expired', decisive: 'oauth.in-time', grant: parent.id }),
        verdictOf({ at: 30, subject: 'app_b', cause: 'used', decisive: 'oauth.unused', grant: child.id }),
        verdictOf({ at: 20, subject: 'app_b', cause: 'expired', decisive: 'oauth.in-time' }),
      ];
      for (const verdict of verdicts) await t.store.refuse({ now: t.time, verdict });
      const ids = (kind: Kept, query: Query) => idsOf(t.store, kind, query);
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
      expect(await ids('effects', { client: 'app_b', since: t.time, until: t.time })).toHaveLength(1);
      expect(await ids('effects', { client: 'app_a' })).toEqual([]);
      expect(await ids('effects', { until: t.time - 1 })).toEqual([]);
    });

    it('finds a verdict by its grant, even one that was not kept when it was written', async () => {
      const grant = grantOf();
      const [early, late, other] = [
        verdictOf({ grant: grant.id }),
        verdictOf({ grant: grant.id }),
        verdictOf({ grant: 'gr_no' }),
      ];
      await t.store.refuse({ now: t.time, verdict: early });
      await t.store.mint({ grant, codes: [] });
      await t.store.refuse({ now: t.time, verdict: late });
      await t.store.refuse({ now: t.time, verdict: other });
      expect((await t.store.find('verdicts', { grant: grant.id })).map((row) => row.id)).toEqual([late.id, early.id]);
      expect((await t.store.find('verdicts', { grant: 'gr_no' })).map((row) => row.id)).toEqual([other.id]);
    });

    it('gives 100 rows unless told, and never more than 1,000', async () => {
      await preload(1_050);
      expect(await t.store.find('codes', {})).toHaveLength(100);
      expect(await t.store.find('codes', { limit: 7 })).toHaveLength(7);
      expect(await t.store.find('codes', { limit: 0 })).toHaveLength(0);
      expect(await t.store.find('codes', { limit: 5_000 })).toHaveLength(1_000);
    });
  });
}

function pageCases(open: Open): void {
  describe('find, page by page', () => {
    const t = freshCase(open);
    const { preload } = t;

    it('loses and repeats no verdict, though many share a millisecond and others come meanwhile', async () => {
      const times = [50, 50, 50, 50, 50, 40, 40, 60, 50, 40, 70, 50];
      const verdicts = times.map((at, i) => verdictOf({ at, ...(i % 3 === 0 && { subject: 'app_a' }) }));
      for (const verdict of verdicts) await t.store.refuse({ now: t.time, verdict });
      const all = await idsOf(t.store, 'verdicts');
      const newest = verdicts.map((verdict, i) => ({ ...verdict, i })).sort((a, b) => b.at - a.at || b.i - a.i);
      expect(all).toEqual(newest.map(({ id }) => id));
      for (const limit of [1, 2, 3, 5, 12]) expect(await walked(t.store, 'verdicts', { limit })).toEqual(all);
      const some = await idsOf(t.store, 'verdicts', { client: 'app_a' });
      expect(await walked(t.store, 'verdicts', { limit: 1, client: 'app_a' })).toEqual(some);
      const late = () => t.store.refuse({ now: t.time, verdict: verdictOf({ at: 70 }) });
      expect(await walked(t.store, 'verdicts', { limit: 4 }, late)).toEqual(all);
    });

    it('loses and repeats no row of what is listed as it was written', async () => {
      const { grant, codes } = await preload(7);
      for (let i = 0; i < 4; i++) await t.store.mint({ grant: grantOf({ from: 5 - i }), codes: [] });
      const effects = codes.map(() => effectOf(grant.id));
      await t.store.redeem({ now: t.time, grant: { id: grant.id, rev: 1 }, issue: [], effects });
      for (const kind of ['codes', 'grants', 'effects'] as const) {
        expect(await walked(t.store, kind, { limit: 2 })).toEqual(await idsOf(t.store, kind));
      }
    });

    it('goes on with what is older when the last row of a page was swept; the other lists end there', async () => {
      const { codes } = await preload(2, { until: 5 });
      const verdicts = [20, 10, 10].map((at) => verdictOf({ at }));
      for (const verdict of verdicts) await t.store.refuse({ now: t.time, verdict });
      const gone = { at: 20, id: 'vd_never_was' };
      expect(await idsOf(t.store, 'verdicts', { before: gone })).toEqual([verdicts[2]?.id, verdicts[1]?.id]);
      expect(await idsOf(t.store, 'codes', { before: { at: 20, id: 'cd_never_was' } })).toEqual([]);
      expect(await idsOf(t.store, 'codes')).toEqual([codes[1]?.id, codes[0]?.id]);
    });
  });
}

function filterCases(open: Open): void {
  describe('find, what the console asks', () => {
    const t = freshCase(open);
    const { preload, spending } = t;

    it("tells profiles apart: a verdict's own, a grant's own, the grant's of a code or effect", async () => {
      for (const profile of ['oauth', 'home']) {
        const grant = Object.assign({ terms: {} }, grantOf({ profile }));
        const code = codeOf(grant.id);
        await t.store.mint({ grant, codes: [code], verdict: verdictOf({ profile, snapshot: { profile: 'other' } }) });
        await t.store.redeem(spending(grant, code, { effects: [effectOf(grant.id)] }));
        for (const kind of ['verdicts', 'grants', 'codes', 'effects'] as const) {
          const [row, more] = await idsOf(t.store, kind);
          expect(await idsOf(t.store, kind, { profile })).toEqual([row]);
          expect(await idsOf(t.store, kind, { profile: profile === 'home' ? 'oauth' : 'home' })).toEqual(
            more ? [more] : [],
          );
        }
      }
      for (const profile of ['', 'hom', 'home"', 'other', 'oauth\0']) {
        expect(await idsOf(t.store, 'verdicts', { profile })).toEqual([]);
      }
    });

    it('tells accepted from refused, whatever a verdict quotes, and after it was erased', async () => {
      const quoted = { presented: '"action":"token","ok":true, {"ok":true}', ok: true, zero: '\0', half: '\ud800' };
      const [refused, accepted] = [verdictOf({ snapshot: quoted }), verdictOf({ ok: true, snapshot: { ok: false } })];
      // Its fields in another order.
      const late = Object.assign({ snapshot: null, ok: false }, verdictOf({ snapshot: quoted }));
      await t.store.refuse({ now: t.time, verdict: refused });
      await t.store.refuse({ now: t.time, verdict: accepted });
      await t.store.refuse({ now: t.time, verdict: late });
      const both = async () => [
        await idsOf(t.store, 'verdicts', { ok: true }),
        await idsOf(t.store, 'verdicts', { ok: false }),
      ];
      expect(await both()).toEqual([[accepted.id], [late.id, refused.id]]);
      await t.upkeep.erase({ since: 0 });
      expect(await both()).toEqual([[accepted.id], [late.id, refused.id]]);
      expect(await idsOf(t.store, 'verdicts', { profile: 'oauth' })).toHaveLength(3);
    });

    it('takes a list of clients: any of them, none of an empty one', async () => {
      const clients = ['app_a', 'app_b', 'app\0c'];
      for (const to of clients) {
        const grant = grantOf({ to });
        await t.store.mint({ grant, codes: [codeOf(grant.id)], verdict: verdictOf({ subject: to }) });
        await t.store.redeem({
          now: t.time,
          grant: { id: grant.id, rev: 1 },
          issue: [],
          effects: [effectOf(grant.id)],
        });
      }
      await t.store.refuse({ now: t.time, verdict: verdictOf() });
      for (const kind of ['verdicts', 'grants', 'codes', 'effects'] as const) {
        const count = async (client: Query['client']) => (await idsOf(t.store, kind, { client: client ?? [] })).length;
        expect(await count(['app_a', 'app\0c', 'nobody'])).toBe(2);
        expect(await count(clients)).toBe(3);
        expect(await count(['app_b'])).toBe(1);
        expect(await count('app_b')).toBe(1);
        expect(await count([])).toBe(0);
      }
    });

    it('finds codes, grants and effects by state', async () => {
      const { grant, codes } = await preload(2);
      const other = grantOf({ state: 'pending' });
      await t.store.mint({ grant: other, codes: [] });
      const effects = (['due', 'done', 'undoing', 'undone'] as const).map((state) => effectOf(grant.id, { state }));
      await t.store.redeem({ now: t.time, grant: { id: grant.id, rev: 1 }, issue: [], effects });
      await t.store.revoke({ target: { code: codes[0]?.id ?? '' }, cause: 'owner' });
      expect(await idsOf(t.store, 'codes', { state: 'live' })).toEqual([codes[1]?.id]);
      expect(await idsOf(t.store, 'codes', { state: ['revoked', 'burned'] })).toEqual([codes[0]?.id]);
      expect(await idsOf(t.store, 'grants', { state: 'pending' })).toEqual([other.id]);
      expect(await idsOf(t.store, 'effects', { state: ['due', 'undoing'] })).toEqual([effects[2]?.id, effects[0]?.id]);
      expect(await idsOf(t.store, 'effects', { state: [] })).toEqual([]);
    });

    it('finds what may still be used: not what is used up, ended, of another generation, or too old', async () => {
      const grant = grantOf();
      const live = [codeOf(grant.id, { until: 500 }), codeOf(grant.id, { total: null, used: 9 })];
      const dead = [
        codeOf(grant.id, { until: 499 }),
        codeOf(grant.id, { total: 2, used: 2 }),
        codeOf(grant.id, { generation: 0 }),
        codeOf(grant.id, { state: 'burned' }),
      ];
      await t.store.mint({ grant, codes: [...live, ...dead] });
      const grants = [grantOf({ until: 499 }), grantOf({ until: 500 }), grantOf({ state: 'denied' })];
      for (const one of grants) await t.store.mint({ grant: one, codes: [] });
      expect(await idsOf(t.store, 'codes', { liveAt: 500 })).toEqual([live[1]?.id, live[0]?.id]);
      expect(await idsOf(t.store, 'grants', { liveAt: 500 })).toEqual([grants[1]?.id, grant.id]);
    });

    it('finds a row again that has grown, by its newest attempt, where since does not', async () => {
      const first = verdictOf({ at: t.time });
      const [from, still] = [t.time + 1, verdictOf({ at: t.time })];
      await t.store.refuse({ now: t.time, verdict: first, coalesce: 'again' });
      await t.store.refuse({ now: t.time, verdict: still });
      t.time += GROWS_MS - 1;
      await t.store.refuse({ now: t.time, verdict: verdictOf({ at: t.time }), coalesce: 'again' });
      expect(await idsOf(t.store, 'verdicts', { since: from })).toEqual([]);
      const again = await t.store.find('verdicts', { touchedSince: from });
      expect(again).toMatchObject([{ id: first.id, at: first.at, times: 2 }]);
      expect(await idsOf(t.store, 'verdicts', { touchedSince: t.time })).toEqual([first.id]);
      expect(await idsOf(t.store, 'verdicts', { touchedSince: t.time + 1 })).toEqual([]);
      expect(await idsOf(t.store, 'verdicts', { touchedSince: first.at })).toHaveLength(2);
    });
  });
}
