import { describe, expect, it } from 'vitest';
import { declined, expectExact, HOUR, NOON, paymentsCase } from '../../../test/support/payments-case.ts';
import type { Past } from './case.ts';
import { checkData } from './check-data.ts';
import { at, BOUNDARIES, DATA, HISTORY_MAX, holdsIn } from './data.ts';
import type { LimitEntry, Sourced } from './data-types.ts';
import { mastercardDay } from './rules/mastercard-day.ts';
import { mastercardMonth } from './rules/mastercard-month.ts';
import { networkLimitsPublished } from './rules/network-limits-published.ts';
import { visaReattempts } from './rules/visa-reattempts.ts';

const lists = Object.entries(DATA) as [string, readonly Sourced[]][];
const dated = lists.flatMap(([list, entries]) =>
  entries.flatMap((entry, i) => ((entry.validFrom ?? entry.validTo) ? [{ name: `${list}[${i}]`, list, entry }] : [])),
);
/** Every entry that an epoch holds, out of its maps. */
const entriesAt = (ms: number): ReadonlySet<unknown> =>
  new Set(
    Object.values(at(ms)).flatMap((map) =>
      map instanceof Map ? [...map.values()].flat().flatMap((one) => [one, (one as { entry?: unknown }).entry]) : [],
    ),
  );

describe('the rules data', () => {
  it('gives for every figure its source, edition, confidence and dates', () => {
    for (const [, entries] of lists) {
      expect(entries.length).toBeGreaterThan(0);
      for (const entry of entries) {
        expect(entry.source.length).toBeGreaterThan(3);
        expect(entry.edition).not.toBe('');
        expect(['primary', 'secondary', 'general', 'ours']).toContain(entry.confidence);
      }
    }
    // no rule book itself was read, and nothing says that one was
    expect(lists.flatMap(([, entries]) => entries).some(({ confidence }) => confidence === 'primary')).toBe(false);
  });

  it.each(dated)('$name begins and ends on its dates, to the millisecond', ({ entry }) => {
    const from = entry.validFrom === null ? undefined : Date.parse(entry.validFrom);
    const to = entry.validTo === null ? undefined : Date.parse(entry.validTo);
    if (from !== undefined) expect([entriesAt(from - 1).has(entry), entriesAt(from).has(entry)]).toEqual([false, true]);
    if (to !== undefined) expect([entriesAt(to - 1).has(entry), entriesAt(to).has(entry)]).toEqual([true, false]);
  });

  it('knows each dated change of the networks', () => {
    expect(BOUNDARIES.map((ms) => new Date(ms).toISOString().slice(0, 10))).toEqual([
      '2016-04-15',
      '2018-04-14',
      '2019-10-14',
      '2021-04-17',
      '2022-04-01',
      '2022-10-01',
      '2023-10-09',
      '2023-11-01',
      '2024-01-01',
      '2024-04-01',
      '2024-05-05',
      '2024-08-01',
      '2025-01-01',
      '2025-05-19',
      '2026-07-25',
    ]);
    for (const boundary of BOUNDARIES) expect([at(boundary - 1).to, at(boundary).from]).toEqual([boundary, boundary]);
  });

  it('has no two meanings of one thing at one time', () => {
    for (const moment of [0, ...BOUNDARIES, NOON]) {
      const seen = new Map<string, Sourced>();
      for (const entry of DATA.codes.filter((e) => entriesAt(moment).has(e)))
        for (const code of Object.keys(entry.codes))
          for (const network of entry.networks ?? ['*']) {
            expect(seen.has(`${network}:${code}`), `${network}:${code}`).toBe(false);
            seen.set(`${network}:${code}`, entry);
          }
      for (const region of ['US', 'CA', 'EU', 'CEMEA', 'JP'])
        for (const [id, limits] of at(moment).limits)
          expect(limits.filter((limit) => holdsIn(limit, region)).length, `${id} ${region}`).toBeLessThanOrEqual(1);
      for (const region of ['US', 'CA', 'EU', 'CEMEA', 'JP'])
        for (const [code, entries] of at(moment).categories)
          expect(entries.filter((entry) => holdsIn(entry, region)).length, `${code} ${region}`).toBeLessThanOrEqual(1);
    }
  });

  it('knows at least eight processors, each with where its words are explained', () => {
    expect(DATA.dialects.length).toBeGreaterThanOrEqual(9);
    for (const { responses, advice } of DATA.dialects) {
      for (const meaning of Object.values(responses))
        if (typeof meaning === 'string')
          expect(
            [...at(NOON).codes.keys()].some((k) => k === meaning || k.endsWith(`:${meaning}`)),
            meaning,
          ).toBe(true);
      for (const meaning of Object.values(advice))
        if (typeof meaning === 'string') expect(at(NOON).advice.has(meaning), meaning).toBe(true);
    }
  });

  it('is refused when an entry lacks its source, has a bad date, or a member that nobody knows', () => {
    const broken = (change: object) => () => checkData({ ...DATA, networks: [{ ...DATA.networks[0], ...change }] });
    expect(broken({})).not.toThrow();
    expect(broken({ source: ' ' })).toThrow('networks[0].source');
    expect(broken({ confidence: 'sure' })).toThrow('networks[0].confidence');
    expect(broken({ validFrom: '2026-13-01' })).toThrow('networks[0].validFrom');
    expect(broken({ validFrom: '2026-02-01', validTo: '2026-01-01' })).toThrow('ends before it begins');
    expect(broken({ limit: 5 })).toThrow('no member limit');
    expect(() => checkData({ ...DATA, holds: [] })).toThrow('a list holds');
  });
});

describe('every window of the data files', () => {
  const RULES = {
    'visa-reattempts': visaReattempts,
    'mastercard-day': mastercardDay,
    'mastercard-month': mastercardMonth,
    'unpublished-day': networkLimitsPublished,
    'unpublished-month': networkLimitsPublished,
  };
  const windows = DATA.limits.map((limit) => ({
    limit,
    name: `${limit.id}, ${limit.edition}: ${limit.limit} in ${limit.windowHours} h`,
  }));

  /** Attempts that just fill a limit, its oldest counted one at `first`, all inside of its dates. */
  function filled(limit: LimitEntry, first: number): Past[] {
    const count = limit.limit + (limit.counts === 'reattempts' ? 1 : 0);
    // 25 hours apart where the window allows it, so that no limit on days closes besides
    const apart = Math.floor((Math.min(limit.windowHours / 2, limit.windowHours - 2) / count) * HOUR);
    return Array.from({ length: count }, (_, i) =>
      declined('91', first + (i - (limit.counts === 'reattempts' ? 1 : 0)) * apart, {
        near: limit.per,
        respondedAt: first,
      }),
    );
  }

  it.each(windows)('$name: refused one millisecond before it opens, allowed at it', ({ limit }) => {
    const network = limit.network === '*' ? 'discover' : limit.network;
    const region = limit.regions?.[0] ?? 'EU';
    const first = limit.validTo === null ? NOON : Date.parse(limit.validTo) - (limit.windowHours + 1) * HOUR;
    const history = filled(limit, first);
    const now = (history.at(-1) as Past).at;
    const c = paymentsCase(history, { now, attempt: { network, region } });
    const rule = RULES[limit.id as keyof typeof RULES];
    expect(rule.check({ ...c, history: history.slice(1) }).outcome).not.toBe('fail');
    expectExact(rule, c, first + limit.windowHours * HOUR);
  });

  it('looks back at no more attempts than a gate has to load', () => {
    expect(HISTORY_MAX).toBe(36);
    for (const limit of DATA.limits) expect(filled(limit, NOON).length).toBeLessThanOrEqual(HISTORY_MAX);
  });
});
