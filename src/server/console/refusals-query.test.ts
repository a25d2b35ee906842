import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Asked, askedPath, isFiltered, readAsked, storeQuery } from './refusals-query.ts';

const OWNER = { role: 'operator', user: 'owner' } as const;
const DEVELOPER = { role: 'developer', user: 'dev', apps: ['mine', 'also mine '] } as const;
const NOW = Date.UTC(2026, 2, 14);

const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 200 })
  .filter((s) => s.trim() === s && s.isWellFormed() && s.length <= 200);
const asked: fc.Arbitrary<Asked> = fc.record(
  {
    range: fc.constantFrom('1m', '3m', '6m', '12m', 'all'),
    profile: fc.constantFrom('oauth', 'home'),
    app: text,
    cause: fc.constantFrom('differs', 'oauth.code-known'),
    text,
    accepted: fc.constant(true as const),
    before: fc.record({ at: fc.nat(), id: fc.constantFrom('vd_7F3K9', 'vd_0000000000') }),
  },
  { requiredKeys: ['range'] },
);

const read = (path: string): Asked => readAsked(new Map(new URL(path, 'http://localhost').searchParams));

describe('what a list is asked for', () => {
  it('comes back from its address as it went in', () => {
    fc.assert(
      fc.property(asked, (one) => {
        expect(read(askedPath(one))).toEqual(one);
      }),
    );
  });

  it('leaves out what cannot be one of these', () => {
    expect(read(`/?profile=A&cause=a%20b&range=2m&accepted=yes&before=x.vd_1&q=%20&app=`)).toEqual({ range: '1m' });
    expect(read(`/?before=1.vd_1%27&before=2`)).toEqual({ range: '1m' });
    expect(read(`/?q=${'x'.repeat(9_000)}`).text).toHaveLength(200);
  });

  it('is a filter only where it could leave something out', () => {
    expect(isFiltered({ range: '3m', accepted: true })).toBe(false);
    expect(isFiltered({ range: 'all', text: 'x' })).toBe(true);
  });

  it('finds an application by what it sent and by how that was shown', () => {
    expect(storeQuery({ range: 'all', app: 'my_app ' }, OWNER, NOW)).toEqual({
      client: ['my_app ', 'my_app␠'],
      ok: false,
    });
  });

  it('is about a developer’s own applications, whatever they ask for', () => {
    const clients = (one: Asked): unknown => storeQuery(one, DEVELOPER, NOW).client;
    expect(clients({ range: 'all' })).toEqual(DEVELOPER.apps);
    expect(clients({ range: 'all', app: 'mine' })).toEqual(['mine']);
    expect(clients({ range: 'all', app: 'other' })).toEqual([]);
    fc.assert(
      fc.property(asked, (one) => {
        const found = clients(one) as readonly string[];
        expect(found.every((app) => [...DEVELOPER.apps, 'also mine␠'].includes(app))).toBe(true);
      }),
    );
  });

  it('goes back as far as its range', () => {
    expect(storeQuery({ range: '3m' }, OWNER, NOW).since).toBe(Date.UTC(2025, 11, 14));
    expect(storeQuery({ range: 'all' }, OWNER, NOW)).not.toHaveProperty('since');
  });
});
