import { describe, expect, it } from 'vitest';
import { age, duration, readTime } from './age.ts';
import { detectStyle, paint } from './color.ts';
import { differing } from './differ.ts';
import { reference, ruleName, shortId } from './id.ts';
import type { Line, Style } from './line.ts';
import { renderTable } from './table.ts';
import { chunk, displayWidth, safe, span, wrapLine, wrapWords } from './text.ts';

const style: Style = { color: false, unicode: true, width: 40, timeZone: 'UTC' };

describe('width', () => {
  it.each([
    ['plain', 5],
    ['日本', 4],
    ['e\u0301', 1],
    ['👩‍👧', 2],
    ['한', 2],
    ['✓ ok', 4],
    ['', 0],
  ])('of %j is %i columns', (text, columns) => {
    expect(displayWidth(text)).toBe(columns);
  });

  it('decides where a value is cut, never inside a character', () => {
    expect(chunk('日本語', 4)).toEqual(['日本', '語']);
    expect(chunk('abc', 10)).toEqual(['abc']);
    expect(wrapWords('one two threefour', 5)).toEqual(['one', 'two', 'three', 'four']);
  });

  it('wraps a line of several tones without losing a tone', () => {
    const line: Line = [span(style, 'one two', 'good'), span(style, 'three', 'bad')];
    expect(wrapLine(line, 8).map((l) => l.map((s) => s.text).join(''))).toEqual(['one two', 'three']);
  });
});

describe('harmless text', () => {
  it('draws every character that could act on a terminal', () => {
    expect(safe('a\u001b[31mb\u009b2J\r\u202e')).toBe('a⟨U+001B⟩[31mb⟨U+009B⟩2J␍⟨U+202E⟩');
    expect(safe('\ud800')).toBe('\ufffd');
  });

  it('is drawn once more when somebody builds a span by hand', () => {
    expect(paint([[{ text: 'a\u001b[2Jb', tone: 'plain' }]], style)).toBe('a⟨U+001B⟩[2Jb\n');
  });
});

describe('what the output can carry', () => {
  const of = (env: Record<string, string>, isTty = true, color?: boolean): Style => detectStyle({ env, isTty, color });

  it('colours a terminal, not a pipe', () => {
    expect(of({}).color).toBe(true);
    expect(of({}, false).color).toBe(false);
  });

  it('follows the flag before NO_COLOR, and NO_COLOR before FORCE_COLOR', () => {
    expect(of({ NO_COLOR: '1' }).color).toBe(false);
    expect(of({ NO_COLOR: '' }).color).toBe(true);
    expect(of({ NO_COLOR: '1', FORCE_COLOR: '1' }).color).toBe(false);
    expect(of({ NO_COLOR: '1' }, false, true).color).toBe(true);
    expect(of({ FORCE_COLOR: '1' }, false).color).toBe(true);
    expect(of({ FORCE_COLOR: '0' }).color).toBe(false);
    expect(of({ TERM: 'dumb' }).color).toBe(false);
    expect(of({}, true, false).color).toBe(false);
  });

  it('draws Unicode marks where the locale is UTF-8 and the terminal is not dumb', () => {
    expect(of({ LANG: 'de_DE.UTF-8' }).unicode).toBe(true);
    expect(of({ LANG: 'C' }).unicode).toBe(false);
    expect(of({}).unicode).toBe(false);
    expect(of({ LC_ALL: 'C', LANG: 'de_DE.UTF-8' }).unicode).toBe(false);
    expect(of({ LANG: 'C.utf8', TERM: 'dumb' }).unicode).toBe(false);
  });
});

describe('times', () => {
  it('are told by their largest unit', () => {
    expect([0, 999, 1_000, 59_999, 60_000, 7_200_000, 172_800_000].map(duration)).toEqual([
      '0 s',
      '0 s',
      '1 s',
      '59 s',
      '1 min',
      '2 h',
      '2 d',
    ]);
    expect(age(0, 12_000)).toBe('12 s ago');
    expect(age(12_000, 0)).toBe('in 12 s');
    expect(age(5, 5)).toBe('now');
  });

  it('are read as an age or as ISO 8601, and nothing else', () => {
    expect(readTime('10m', 1_000_000)).toBe(400_000);
    expect(readTime('2h', 7_200_001)).toBe(1);
    expect(readTime('2026-03-01T12:00:00Z', 0)).toBe(Date.UTC(2026, 2, 1, 12));
    expect(readTime('2026-03-01', 0)).toBe(Date.UTC(2026, 2, 1));
    for (const text of ['', '10', 'm', '1 fortnight', 'March 1', '-5m', '2026-13-01', '1e3s']) {
      expect(readTime(text, 0)).toBeUndefined();
    }
  });
});

describe('where two values part', () => {
  const marked = (expected: string, presented: string): string =>
    differing(expected, presented, style)
      .map((s) => (s.tone === 'differs' ? `[${s.text}]` : s.text))
      .join('');

  it('is the stretch between their common ends', () => {
    expect(marked('my_app_123', 'my_app_123␠')).toBe('my_app_123[␠]');
    expect(marked('com.myapp:/callback', 'com.myapp:/cal1back')).toBe('com.myapp:/cal[1]back');
    expect(marked('https://a/cb', 'https://a/cb/')).toBe('https://a/cb[/]');
  });

  it('is everything when they have little in common', () => {
    expect(marked('my_app_123', 'other')).toBe('[other]');
    expect(marked('x', '')).toBe('[nothing]');
  });
});

describe('ids', () => {
  it('are short enough to say and long enough to take back', () => {
    expect(shortId('vd_7F3K9A2B4C0000')).toBe('vd_7F3K9A2B4C');
    expect(shortId('my_app_123456789')).toBe('my_app_123456789');
    expect(reference('vd_7F3K9A2B4C0000')).toBe('7F3K9A2B4C');
    expect(ruleName('oauth.redirect-uri-exact')).toBe('redirect-uri-exact');
  });
});

describe('a table', () => {
  it('shortens the widest column on a narrow terminal, never an id', () => {
    const rows = [{ id: 'vd_7F3K9A2B4C', say: 'a rather long text that does not fit' }];
    const columns = [
      { label: 'id', whole: true as const, text: (r: (typeof rows)[number]) => r.id },
      { label: 'say', text: (r: (typeof rows)[number]) => r.say },
    ];
    expect(paint(renderTable(rows, columns, style), style)).toBe(
      'id             say\nvd_7F3K9A2B4C  a rather long text that …\n',
    );
    expect(renderTable([], columns, style)).toEqual([]);
  });
});
