/** `find`: lists for people. */
import { describe, expect, it } from 'vitest';
import type { Listing } from '../../../src/store/port.ts';
import { codeOf, effectOf, grantOf, verdictOf } from '../fixtures.ts';
import { freshCase, type Open } from './case.ts';

/** Declares them. */
export function findCases(open: Open): void {
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
      const ids = async (kind: keyof Listing, query: object) => (await t.store.find(kind, query)).map((row) => row.id);
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
