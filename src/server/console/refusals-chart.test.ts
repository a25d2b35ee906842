import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../core/verdict.ts';
import { openMemory } from '../../store/memory/open.ts';
import type { Query, Store } from '../../store/port.ts';
import { causesOf, chartOf, countOver, nameCauses } from './refusals-chart.ts';

const NOW = Date.UTC(2026, 2, 14, 9, 26, 53, 589);
const DAY_MS = 86_400_000;

const VERDICT: Omit<Verdict, 'id' | 'at'> = {
  ...{
    profile: 'oauth',
    action: 'token',
    ok: false,
    decisive: 'oauth.code-known',
    cause: 'a',
    refusal: 'invalid_grant',
  },
  ...{ policy: 'p', snapshot: null, times: 1 },
};

async function kept(verdicts: readonly Partial<Verdict>[]): Promise<Store> {
  const { store } = openMemory({ clock: () => NOW });
  for (const [n, verdict] of verdicts.entries())
    await store.refuse({ now: verdict.at ?? 0, verdict: { ...VERDICT, id: `vd_${n}`, at: NOW, ...verdict } });
  return store;
}

const count = (store: Store, query: Query = {}): ReturnType<typeof countOver> =>
  countOver((of) => store.find('tallies', of), query, NOW);

describe('the chart', () => {
  it('counts every attempt once, in at most sixty bars, whenever they were', async () => {
    const attempts = fc.array(
      fc.record({
        at: fc.integer({ min: NOW - 700 * DAY_MS, max: NOW }),
        cause: fc.constantFrom(...'abcdefgh'),
        times: fc.integer({ min: 1, max: 9 }),
      }),
      { maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(attempts, fc.constantFrom(undefined, 30, 365), async (all, days) => {
        const since = days === undefined ? undefined : NOW - days * DAY_MS;
        const counted = await count(await kept(all), since === undefined ? {} : { since });
        expect(counted.bars).toBeLessThanOrEqual(60);
        const inside = all.filter(({ at }) => at >= (since ?? 0)).reduce((sum, { times }) => sum + times, 0);
        const { bars, causes } = chartOf(counted, { range: 'all' }, new Map());
        expect(bars.reduce((sum, { refused }) => sum + refused, 0)).toBe(inside);
        expect(causes.reduce((sum, one) => sum + one.count, 0)).toBe(inside);
        for (const one of causes) expect(one.counts.reduce((a, b) => a + b, 0)).toBe(one.count);
        expect(bars.at(-1)?.at).toBeGreaterThan(NOW - counted.bucketMs);
      }),
      { numRuns: 60 },
    );
  });

  it('of a new hub shows its minutes, and not the month before it', async () => {
    const store = await kept([{ at: NOW - 300_000 }, { at: NOW - 1_000 }]);
    for (const since of [undefined, NOW - 28 * DAY_MS])
      expect(await count(store, since === undefined ? {} : { since })).toMatchObject({ bucketMs: 120_000 });
  });

  it('names the five most frequent causes, and counts the others together', async () => {
    const store = await kept(['a', 'a', 'a', 'b', 'b', 'c', 'd', 'e', 'f', 'g'].map((cause) => ({ cause })));
    const counted = await count(store);
    expect(causesOf(counted).map((one) => `${one.cause} ${one.count}`)).toEqual([
      'a 3',
      'b 2',
      'c 1',
      'd 1',
      'e 1',
      'f 1',
      'g 1',
    ]);
    const { causes } = chartOf(counted, { range: 'all', cause: 'b', text: 'x' }, new Map([['a', 'A in words']]));
    expect(causes.map(({ name, count: n, href, current }) => [name, n, href, current])).toEqual([
      ['A in words', 3, '/?cause=a&q=x&range=all', undefined],
      ['b', 2, '/?q=x&range=all', true],
      ['c', 1, '/?cause=c&q=x&range=all', undefined],
      ['d', 1, '/?cause=d&q=x&range=all', undefined],
      ['e', 1, '/?cause=e&q=x&range=all', undefined],
      ['2 others', 2, undefined, undefined],
    ]);
  });

  it('does not call one cause others', async () => {
    const store = await kept([...'abcdef'].map((cause) => ({ cause })));
    const { causes } = chartOf(await count(store), { range: 'all' }, new Map());
    expect(causes.map(({ name }) => name)).toEqual([...'abcdef']);
  });

  it('calls a cause that several rules have by what it was lately', async () => {
    const say = (words: string): Pick<Verdict, 'checks'> => ({
      checks: [{ id: 'oauth.code-known', outcome: 'fail', cause: { id: 'missing', say: words, fixes: [] } }],
    });
    const store = await kept([
      { cause: 'missing', ...say('no code came') },
      { cause: 'missing', ...say('no proof came') },
      { cause: 'lost-race' },
    ]);
    const counted = await count(store);
    const newest = (cause: string, limit: number): Promise<Verdict[]> => store.find('verdicts', { cause, limit });
    const names = await nameCauses(newest, counted);
    expect(names.get('missing')).toBe('no proof came, and 1 more');
    expect(names.get('lost-race')).toMatch(/ /);
  });
});
