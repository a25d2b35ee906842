import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { show, showCharacter } from './show.ts';

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
      '120 EUR',
    ]);
    expect(show({ version: [5, 10] })).toBe('5.10');
    expect(show(['read', 'write'])).toBe('read write');
  });
});
