import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindingOf, matches } from './match.ts';
import type { Match, Value } from './model.ts';

const word = fc.constantFrom('', 'a', 'b', 'A', 'a b', 'é', 'e\u0301');
const words = fc.array(word, { maxLength: 4 });
const whole = fc.integer({ min: -3, max: 6 });
const finite: fc.Arbitrary<Value> = fc.oneof(
  word,
  whole,
  fc.boolean(),
  words,
  fc.record({ from: whole, to: whole }),
  fc.record({ minor: whole, currency: fc.constantFrom('EUR', 'USD') }),
  fc.record({ version: fc.array(whole, { maxLength: 3 }) }),
);
const odd = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
const broken: fc.Arbitrary<Value> = fc.oneof(
  odd,
  fc.tuple(odd, whole).map(([from, to]) => ({ from, to })),
  fc.tuple(whole, odd).map(([from, to]) => ({ from, to })),
  odd.map((minor) => ({ minor, currency: 'EUR' })),
  fc.tuple(whole, odd).map(([major, minor]) => ({ version: [major, minor] })),
);
const kinds = fc.constantFrom<Match>('exact', 'within', 'covers');
const runs = { numRuns: 5_000 };

describe('matches', () => {
  it('is total: any kind and any two values give yes or no, and nothing presented never matches', () => {
    fc.assert(
      fc.property(kinds, fc.oneof(finite, broken), fc.oneof(finite, broken), (kind, a, b) => {
        expect(typeof matches(kind, a, b)).toBe('boolean');
        expect(matches(kind, a, undefined)).toBe(false);
      }),
      runs,
    );
  });

  it('lets no NaN and no infinity match, on either side and in any shape', () => {
    fc.assert(
      fc.property(kinds, broken, fc.oneof(finite, broken), (kind, bad, other) => {
        expect(matches(kind, bad, other)).toBe(false);
        expect(matches(kind, other, bad)).toBe(false);
        expect(matches(kind, bad, bad)).toBe(false);
      }),
      runs,
    );
    expect(matches('within', { minor: 500, currency: 'EUR' }, { minor: -Infinity, currency: 'EUR' })).toBe(false);
  });
});

describe('exact', () => {
  it('is an equivalence: reflexive, symmetric, transitive', () => {
    fc.assert(
      fc.property(finite, finite, finite, (a, b, c) => {
        expect(matches('exact', a, structuredClone(a))).toBe(true);
        expect(matches('exact', a, b)).toBe(matches('exact', b, a));
        if (matches('exact', a, b) && matches('exact', b, c)) expect(matches('exact', a, c)).toBe(true);
      }),
      runs,
    );
  });

  it('forgives nothing: case, blanks, Unicode form, order, type', () => {
    const misses: readonly (readonly [Value, Value])[] = [
      ['a', 'A'],
      ['a', 'a '],
      ['é', 'e\u0301'],
      [
        ['a', 'b'],
        ['b', 'a'],
      ],
      ['5', 5],
      ['a', ['a']],
      [{ version: [5, 1] }, { version: [5, 10] }],
      [{ version: [5, 1] }, { version: [5, 1, 0] }],
      [
        { minor: 5, currency: 'EUR' },
        { minor: 5, currency: 'USD' },
      ],
    ];
    for (const [a, b] of misses) expect(matches('exact', a, b), JSON.stringify([a, b])).toBe(false);
  });
});

describe('within', () => {
  it('is monotone: what lies within a range or amount lies within every wider one', () => {
    fc.assert(
      fc.property(whole, whole, whole, fc.nat(3), fc.nat(3), (from, to, at, less, more) => {
        if (matches('within', { from, to }, at)) {
          expect(matches('within', { from: from - less, to: to + more }, at)).toBe(true);
        }
        const asked = { minor: at, currency: 'EUR' };
        if (matches('within', { minor: to, currency: 'EUR' }, asked)) {
          expect(matches('within', { minor: to + more, currency: 'EUR' }, asked)).toBe(true);
        }
      }),
      runs,
    );
  });

  it('holds exactly between both ends, included', () => {
    fc.assert(
      fc.property(whole, whole, whole, (from, to, at) => {
        expect(matches('within', { from, to }, at)).toBe(from <= at && at <= to);
      }),
      runs,
    );
  });

  it('reads a version as its beginning: a longer expected version allows less', () => {
    fc.assert(
      fc.property(
        fc.array(whole, { minLength: 1, maxLength: 3 }),
        fc.array(whole, { maxLength: 4 }),
        (version, came) => {
          const holds = matches('within', { version }, { version: came });
          expect(holds).toBe(came.slice(0, version.length).join() === version.join() && came.length >= version.length);
          if (holds && version.length > 1) {
            expect(matches('within', { version: version.slice(0, -1) }, { version: came })).toBe(true);
          }
        },
      ),
      runs,
    );
    expect(matches('within', { version: [5, 1] }, { version: [5, 10] })).toBe(false);
    expect(matches('within', { version: [] }, { version: [5, 10] })).toBe(false);
  });

  it('lets no negative amount and no other currency through', () => {
    expect(matches('within', { minor: 500, currency: 'EUR' }, { minor: 500, currency: 'EUR' })).toBe(true);
    expect(matches('within', { minor: 500, currency: 'EUR' }, { minor: 501, currency: 'EUR' })).toBe(false);
    expect(matches('within', { minor: 500, currency: 'EUR' }, { minor: -1, currency: 'EUR' })).toBe(false);
    expect(matches('within', { minor: 500, currency: 'EUR' }, { minor: 5, currency: 'USD' })).toBe(false);
  });
});

describe('covers', () => {
  it('is the order of subsets: reflexive, transitive, and exactly membership', () => {
    fc.assert(
      fc.property(words, words, words, (a, b, c) => {
        expect(matches('covers', a, a)).toBe(true);
        expect(matches('covers', a, b)).toBe(b.every((member) => a.includes(member)));
        if (matches('covers', a, b) && matches('covers', b, c)) expect(matches('covers', a, c)).toBe(true);
      }),
      runs,
    );
  });

  it('takes one text for a list of one', () => {
    expect(matches('covers', ['read', 'write'], 'read')).toBe(true);
    expect(matches('covers', 'read', ['read', 'write'])).toBe(false);
    expect(matches('covers', ['read', 'write'], 'read write')).toBe(false);
  });
});

describe('bindingOf', () => {
  it('finds the binding of a fact, and only of that fact', () => {
    const binding = { fact: 'client_id', match: 'exact', expected: 'my_app_123' } as const;
    expect(bindingOf([binding], 'client_id')).toBe(binding);
    expect(bindingOf([binding], 'client')).toBeUndefined();
  });
});
