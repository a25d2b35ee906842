import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnose, type NearMiss } from './near-miss.ts';
import { show } from './show.ts';

interface Vector {
  readonly expected: string;
  readonly presented: string;
  readonly label: string;
}

function vectors(name: string): Vector[] {
  return JSON.parse(readFileSync(new URL(`../../test/vectors/${name}.json`, import.meta.url), 'utf8')) as Vector[];
}

function score(name: string): { readonly rate: number; readonly missed: readonly string[]; readonly all: Vector[] } {
  const all = vectors(name);
  const missed = all.flatMap(({ expected, presented, label }) => {
    const got = diagnose(expected, presented).label;
    return got === label ? [] : [`${JSON.stringify([expected, presented])}: ${label}, got ${got}`];
  });
  const rate = (all.length - missed.length) / all.length;
  console.log(`${name}: ${all.length - missed.length} of ${all.length} named right (${(100 * rate).toFixed(1)} %)`);
  return { rate, missed, all };
}

/** Any UTF-16 text at all, lone surrogates included. */
const anyText = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0, max: 0x7f })), { maxLength: 60 })
  .map((units) => String.fromCharCode(...units));
const known = fc.constantFrom(...vectors('near-miss'));
const realistic = known.map((v) => v.expected);
/** A realistic pair, or two unrelated texts, or one text with a piece of it replaced. */
const pairs: fc.Arbitrary<readonly [string, string]> = fc.oneof(
  known.map((v): [string, string] => [v.expected, v.presented]),
  fc.tuple(anyText, anyText),
  fc
    .tuple(fc.oneof(realistic, anyText), fc.nat(60), fc.nat(6), anyText)
    .map(([text, at, length, piece]): [string, string] => [text, text.slice(0, at) + piece + text.slice(at + length)]),
);

function strip(text: string, marks: NearMiss['expectedMarks']): string {
  return [...text].filter((_, i) => !marks.some(({ start, end }) => i >= start && i < end)).join('');
}

describe('the corpus', () => {
  it('names at least 98 % of the written slips right', () => {
    const { rate, missed, all } = score('near-miss');
    expect(all.length).toBeGreaterThanOrEqual(260);
    expect(rate, missed.join('\n')).toBeGreaterThanOrEqual(0.98);
  });

  it('names at least 95 % of the held-out slips right', () => {
    const { rate, all } = score('near-miss-held-out');
    expect(all.length).toBeGreaterThanOrEqual(120);
    expect(rate).toBeGreaterThanOrEqual(0.95);
  });

  it('has at least a dozen pairs for every label it uses', () => {
    const counts = new Map<string, number>();
    for (const { label } of vectors('near-miss')) counts.set(label, (counts.get(label) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count < 12)).toEqual([]);
    expect(counts.size).toBeGreaterThanOrEqual(18);
  });

  it('shares no pair with the held-out part', () => {
    const first = new Set(vectors('near-miss').map((v) => JSON.stringify([v.expected, v.presented])));
    const shared = vectors('near-miss-held-out').filter(
      (v) => v.expected !== v.presented && first.has(JSON.stringify([v.expected, v.presented])),
    );
    expect(shared).toEqual([]);
  });
});

describe('what a person reads', () => {
  const said: readonly (readonly [string, string, string])[] = [
    ['authorization_code', 'authorization_code ', 'blank at position 19'],
    ['my_app_123', 'my_app_123 ', 'blank at position 11'],
    ['openid', 'open\u200bid', 'zero-width space ⟨U+200B⟩ at position 5'],
    ['my_app_123', '\tmy_app_123\t', 'tab at positions 1 and 12'],
    ['com.myapp:/cb', 'com.myapp%3A/cb', 'percent-encoding: expected :, got %3A at position 10'],
    ['kiosk', 'kіosk', 'look-alike characters: expected i, got і (U+0456) at position 2'],
    ['a:/cb', 'a://cb', 'expected one slash after the scheme, got 2 slashes: two make the path a host name'],
    ['http://localhost/', 'http://127.0.0.1/', 'expected host localhost, got 127.0.0.1'],
    ['AA-BB-CC', 'AA-BX-CC', 'group 2 of 3: expected B, got X at position 5'],
    ['AAAA-BBBB', 'BBBB-AAAA', 'groups 1 and 2 of 2 changed places'],
    ['kiosk', 'kisok', 'characters 3 and 4 changed places'],
    ['5.10', '5.1', 'cut off at the end: 0 missing at position 4'],
    ['lamp', '', 'nothing came'],
  ];
  it.each(said)('%j presented as %j', (expected, presented, say) => {
    expect(diagnose(expected, presented).say).toBe(say);
  });

  it('names both slips when only two together explain the difference, and labels the first', () => {
    const miss = diagnose('my_app_123', 'My_App_123 ');
    expect(miss.label).toBe('trailing-blank');
    expect(miss.say).toBe('blank at the end, and upper and lower case, first at position 1');
    expect(diagnose('com.myapp:/cb', 'com.myapp://cb ').say).toContain('blank at the end, and scheme');
  });

  it('lights up exactly the characters that differ', () => {
    expect(diagnose('my_app_123', ' my_app_123 ')).toMatchObject({
      at: 1,
      expectedMarks: [],
      presentedMarks: [
        { start: 0, end: 1 },
        { start: 11, end: 12 },
      ],
    });
    expect(diagnose('👍a', '👍b')).toMatchObject({ at: 2, presentedMarks: [{ start: 1, end: 2 }] });
  });

  it('tells the sender to send the expected value, and offers nothing when the values are unrelated', () => {
    expect(diagnose('my_app_123', 'my_app_123 ').fix).toBe('send exactly my_app_123');
    expect(diagnose('legacy ', 'legacy').fix).toBe('send exactly the expected value, byte for byte as it was issued');
    expect(diagnose('authorization_code', 'password').fix).toBeUndefined();
  });

  it('compares the first 4,096 characters and says so by counting the rest', () => {
    const text = 'x'.repeat(5_000);
    expect(diagnose(text, `${text}y`)).toMatchObject({ label: 'extra', say: 'expected 5000 characters, got 5001' });
    expect(diagnose(text, `${text.slice(1)}y`).label).toBe('different');
    expect(diagnose(text, `${text.slice(1)}y`).at).toBeUndefined();
    expect(diagnose('my_app', `my_app${' '.repeat(9_000)}`).label).toBe('extra');
  });
});

describe('laws', () => {
  const runs = { numRuns: 3_000 };

  it('is total, and says the same whenever it is asked the same', () => {
    fc.assert(
      fc.property(pairs, ([e, p]) => {
        expect(diagnose(e, p)).toEqual(diagnose(e, p));
      }),
      runs,
    );
  });

  it('says same exactly for equal texts', () => {
    fc.assert(
      fc.property(pairs, ([e, p]) => {
        expect(diagnose(e, p).label === 'same').toBe(e === p);
        expect(diagnose(e, e).label).toBe('same');
      }),
      runs,
    );
  });

  it('offers no fix but to send exactly the expected value', () => {
    const end = /^(?:; let the form encoder encode it, once)?$/;
    fc.assert(
      fc.property(pairs, ([e, p]) => {
        const { fix } = diagnose(e, p);
        if (fix === undefined) return;
        const value = show(e) === e ? e : 'the expected value, byte for byte as it was issued';
        const start = `send exactly ${e === '' ? 'the empty value' : value}`;
        expect(fix.startsWith(start)).toBe(true);
        expect(fix.slice(start.length)).toMatch(end);
      }),
      runs,
    );
  });

  it('marks all of the difference: without the marked characters both texts are equal', () => {
    fc.assert(
      fc.property(pairs, ([e, p]) => {
        const miss = diagnose(e, p);
        expect(strip(e, miss.expectedMarks)).toBe(strip(p, miss.presentedMarks));
        const first = [...e].findIndex((c, i) => c !== [...p][i]);
        expect(miss.at).toBe(e === p ? undefined : first < 0 ? [...e].length + 1 : first + 1);
      }),
      runs,
    );
  });

  it('says it in one short line without a character that cannot be seen', () => {
    fc.assert(
      fc.property(pairs, ([e, p]) => {
        const { say } = diagnose(e, p);
        expect(say).not.toMatch(/[\p{C}\p{DI}\u2028\u2029]/u);
        expect(say.length).toBeGreaterThan(0);
        expect(say.length).toBeLessThan(5_000);
      }),
      runs,
    );
  });

  it('names a blank at the end of any text that has none', () => {
    const blank = fc.constantFrom(' ', '\t', '\n', '\r\n', '\u00a0', '\u3000');
    fc.assert(
      fc.property(fc.oneof(realistic, anyText), blank, (text, tail) => {
        if (/[\p{Z}\t\n\v\f\r\u0085]$/u.test(text)) return;
        expect(diagnose(text, text + tail).label).toBe('trailing-blank');
      }),
      runs,
    );
  });

  it('names an invisible character anywhere inside', () => {
    const unseen = fc.constantFrom('\u200b', '\ufeff', '\u00ad', '\u202e', '\u2069', '\u0000', '\u001b', '\ufe0f');
    fc.assert(
      fc.property(realistic, fc.nat(60), unseen, (text, place, character) => {
        const at = place % (text.length + 1);
        expect(diagnose(text, text.slice(0, at) + character + text.slice(at)).label).toBe('invisible');
      }),
      runs,
    );
  });

  it('tells one percent-encoding from two', () => {
    const plain = realistic.filter(
      (text) => text.isWellFormed() && encodeURIComponent(text) !== text && !text.includes('%'),
    );
    fc.assert(
      fc.property(plain, (text) => {
        const once = encodeURIComponent(text);
        expect(diagnose(text, once).label).toBe('percent-encoding');
        expect(diagnose(text, encodeURIComponent(once)).label).toBe('double-encoding');
        expect(diagnose(once, encodeURIComponent(once)).label).toBe('double-encoding');
      }),
      runs,
    );
  });

  it('keeps its work bounded on texts made to be slow', () => {
    const mixed = 'a% %3A+.-\u200bА\r\n"/Aé:&#x41;';
    const hostile = [mixed, ' ', '%', '%41', '-', 'a-', ':1', '/', '\n', '&', '\\', 'ab', '\ud800', 'a\u0301'].map(
      (s) => s.repeat(70_000),
    );
    for (const e of hostile) {
      for (const p of hostile) {
        for (const length of [512, 4_096, 70_000]) {
          const miss = diagnose(e.slice(0, length), `${p.slice(1, length)}x`);
          expect(miss.label).not.toBe('same');
          expect(miss.say.length).toBeLessThan(5_000);
        }
      }
    }
  });
});
