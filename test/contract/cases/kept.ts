/** What is kept comes back as it was, field by field. */
import { describe, expect, it } from 'vitest';
import { codeOf, effectOf, fullVerdict, grantOf, verdictOf } from '../fixtures.ts';
import { freshCase, KINDS, type Open, plainly } from './case.ts';

/** Declares them. */
export function keptCases(open: Open): void {
  describe('what is kept comes back as it was', () => {
    const t = freshCase(open);
    const { preload } = t;

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
      await t.store.mint({ grant, codes, verdict: full });
      await t.store.mint({ grant: bare, codes: [] });
      const effects = [
        effectOf(bare.id, { lastError: 'no answer', attempts: 2, nextAt: 77 }),
        effectOf(bare.id, { data: {} }),
      ];
      const plain = verdictOf({ ok: true });
      await t.store.redeem({ now: t.time, grant: { id: bare.id, rev: 1 }, issue: [], effects, verdict: plain });

      expect(await t.store.find('grants', {})).toStrictEqual([bare, grant].map(plainly));
      expect(await t.store.find('codes', {})).toStrictEqual([...codes].reverse().map(plainly));
      expect(await t.store.find('effects', {})).toStrictEqual([...effects].reverse().map(plainly));
      expect(await t.store.find('verdicts', {})).toStrictEqual([plain, full].map(plainly));
    });

    it('absent optional fields stay absent', async () => {
      const { grant, code } = await preload();
      await t.store.redeem({
        now: t.time,
        grant: { id: grant.id, rev: 1 },
        issue: [],
        effects: [effectOf(grant.id)],
        verdict: verdictOf(),
      });
      const [kept] = await t.store.find('codes', {});
      expect(kept && Object.keys(kept).sort()).toEqual(Object.keys(code).sort());
      for (const kind of KINDS) {
        for (const row of await t.store.find(kind, {})) expect(Object.values(row)).not.toContain(undefined);
      }
    });

    it('a caller who changes its own value later changes nothing kept', async () => {
      const terms: Record<string, string> = { scope: 'lamp' };
      const grant = grantOf({ terms });
      await t.store.mint({ grant, codes: [] });
      terms['scope'] = 'everything';
      expect((await t.store.load({ grants: [grant.id] })).grants.get(grant.id)?.terms).toEqual({ scope: 'lamp' });
    });
  });
}
