import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountText, show, showCharacter } from './show.ts';

const anyText = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 300 }).map((u) => String.fromCharCode(...u));
const value = fc.oneof(
  anyText,
  fc.double(),
  fc.boolean(),
  fc.array(anyText, { maxLength: 60 }),
  fc.record({ from: fc.double(), to: fc.double() }),
  fc.record({ minor: fc.double(), currency: anyText }),
  fc.record({ version: fc.array(fc.double(), { maxLength: 60 }) }),
);
/** 20 members of 200 characters, each drawn with at most 10, and what counts the rest. */
const BOUND = 20 * (200 * 10 + 40);

describe('show', () => {
  it('draws every control, invisible and direction-changing character of Unicode', () => {
    const unseen = /[\p{C}\p{DI}]|(?! )\p{Z}/u;
    for (let code = 0; code <= 0x10ffff; code++) {
      const character = String.fromCodePoint(code);
      const drawn = showCharacter(character);
      if (unseen.test(drawn)) expect.fail(`U+${code.toString(16)} is shown as it came`);
    }
  });

  it('puts out no such character, whatever the value, and never more than its bound', () => {
    fc.assert(
      fc.property(value, (v) => {
        const shown = show(v);
        expect(shown).not.toMatch(/[\p{C}\p{DI}]|(?! )\p{Z}/u);
        expect(shown.length).toBeLessThanOrEqual(BOUND);
      }),
    );
  });

  it('shows two different short texts differently: nothing passes for something else', () => {
    const tricky = fc.array(fc.constantFrom('␠', ' ', '⇥', '\t', '⟨U+200B⟩', '\u200b', '⟨', 'a', '\u00a0'), {
      maxLength: 8,
    });
    const text = tricky.map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(show(a) === show(b)).toBe(a === b);
      }),
      { numRuns: 5_000 },
    );
  });

  it('leaves a blank between words alone and draws it where it could be mistaken', () => {
    expect(show('read write')).toBe('read write');
    expect(show('read  write ')).toBe('read␠␠write␠');
    expect(show('a\tb\r\n')).toBe('a⇥b␍␊');
    expect(show('\u202eevil')).toBe('⟨U+202E⟩evil');
    expect(show('␠')).toBe('⟨U+2420⟩');
  });

  it('counts what it does not show and splits no character', () => {
    expect(show('x'.repeat(201))).toBe(`${'x'.repeat(200)}… (1 more)`);
    expect(show('👍'.repeat(201))).toBe(`${'👍'.repeat(200)}… (2 more)`);
    expect(show(Array.from({ length: 23 }, () => 'a'))).toBe(
      `${Array.from({ length: 20 }, () => 'a').join(' ')}… (3 more)`,
    );
  });

  it('shows every shape of value', () => {
    expect([show(5), show(true), show({ from: 1, to: 2 }), show({ minor: 120, currency: 'EUR' })]).toEqual([
      '5',
      'true',
      '1…2',
      'EUR 1.20',
    ]);
    expect(show({ version: [5, 10] })).toBe('5.10');
    expect(show(['read', 'write'])).toBe('read write');
  });
});

describe('an amount', () => {
  it.each([
    [1_999, 'EUR', 'EUR 19.99'],
    [5, 'USD', 'USD 0.05'],
    [0, 'EUR', 'EUR 0.00'],
    [-5, 'EUR', 'EUR -0.05'],
    [-1_999, 'EUR', 'EUR -19.99'],
    [1_999, 'JPY', 'JPY 1999'],
    [-1, 'KRW', 'KRW -1'],
    [1_999, 'KWD', 'KWD 1.999'],
    [7, 'BHD', 'BHD 0.007'],
    [1, 'CLF', 'CLF 0.0001'],
    // By ISO 4217; how people write prices there is another matter.
    [190_000, 'HUF', 'HUF 1900.00'],
    [1_999, 'QQQ', 'QQQ 19.99'],
    [1_999, 'points', 'points 1999'],
    [1_999, 'eur', 'eur 1999'],
    [Number.MAX_SAFE_INTEGER, 'EUR', 'EUR 90071992547409.91'],
    [-Number.MAX_SAFE_INTEGER, 'KWD', 'KWD -9007199254740.991'],
    [0.5, 'EUR', 'EUR 0.005'],
    [Number.NaN, 'EUR', 'EUR NaN'],
    [1, 'EUR\u202e', 'EUR⟨U+202E⟩ 1'],
  ])('of %d of %s is shown as %s', (minor, currency, shown) => {
    expect(amountText(minor, currency)).toBe(shown);
    expect(show({ minor, currency })).toBe(shown);
  });

  it('has the decimals that the list of this machine has, but where that list leaves out what is not in use any more', () => {
    const unlike = Intl.supportedValuesOf('currency').filter((currency) => {
      const listed = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
      const places = amountText(1, currency).split('.')[1]?.length ?? 0;
      return places !== listed.maximumFractionDigits && listed.maximumFractionDigits !== 0;
    });
    expect(unlike).toEqual([]);
  });
});
