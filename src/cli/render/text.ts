/** Pieces of text: harmless, measured in columns, padded and wrapped. */
import { showCharacter } from '../../core/show.ts';
import type { Line, Span, Style, Tone } from './line.ts';

/** Control, format, surrogate, unassigned and private characters, and line separators: none may reach a terminal. */
const UNSAFE = /[\p{C}\u2028\u2029]/gu;

/** The text with every such character drawn (`⟨U+001B⟩`). Anything that passed `show()` is unchanged. */
export function safe(text: string): string {
  return text.toWellFormed().replace(UNSAFE, showCharacter);
}

/** What our own signs and punctuation are where only ASCII can be shown. */
const MARKS = {
  pass: ['✓', '+'],
  fail: ['✗', 'x'],
  warn: ['!', '!'],
  skip: ['·', '-'],
  dot: ['·', '-'],
  fork: ['├─', '|-'],
  end: ['└─', '`-'],
  bar: ['│', '|'],
  event: ['●', 'o'],
  issued: ['○', 'o'],
  arrow: ['→', '->'],
  ellipsis: ['…', '...'],
} as const;

/** Name of a sign. */
export type Mark = keyof typeof MARKS;

/** A sign of ours, in the richest form the output can carry. */
export function mark(style: Style, name: Mark, tone: Tone = 'plain'): Span {
  return { text: MARKS[name][style.unicode ? 0 : 1], tone };
}

const ASCII: ReadonlyMap<string, string> = new Map([
  ['␠', '<SP>'],
  ['⇥', '<TAB>'],
  ['␊', '<LF>'],
  ['␍', '<CR>'],
  ['⟨', '<'],
  ['⟩', '>'],
  ['…', '...'],
  ['·', '-'],
  ['→', '->'],
  ['§', 'sec. '],
  ['²', '^2'],
]);

/** A span of data or prose. Without Unicode, what has no ASCII form is named by its code point. */
export function span(style: Style, text: string, tone: Tone = 'plain'): Span {
  const clean = safe(text);
  return { text: style.unicode ? clean : clean.replace(/[^\x20-\x7e]/gu, toAscii), tone };
}

function toAscii(character: string): string {
  return ASCII.get(character) ?? `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`;
}

/** Blanks, for alignment. */
export function blanks(count: number): Span {
  return { text: ' '.repeat(Math.max(0, count)), tone: 'plain' };
}

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });
const PLAIN = /^[\x20-\x7e]*$/;
const NO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
const EMOJI = /\p{Emoji_Presentation}|\ufe0f/u;
/** East Asian Wide and Fullwidth (UAX #11), by block: exact enough for columns. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]/u;

/** Grapheme clusters, as a person counts characters. */
export function graphemes(text: string): string[] {
  return PLAIN.test(text) ? [...text] : Array.from(GRAPHEMES.segment(text), (s) => s.segment);
}

/** Columns a text takes on a terminal. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const g of graphemes(text)) width += NO_WIDTH.test(g) ? 0 : WIDE.test(g) || EMOJI.test(g) ? 2 : 1;
  return width;
}

/** Columns a line takes. */
export function lineWidth(line: Line): number {
  return line.reduce((sum, s) => sum + displayWidth(s.text), 0);
}

/** The line with blanks after it up to `width`; longer lines stay as they are. */
export function padLine(line: Line, width: number): Line {
  return [...line, blanks(width - lineWidth(line))];
}

/** Cuts a text into pieces of at most `width` columns, between characters (values have no words). */
export function chunk(text: string, width: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  let used = 0;
  for (const g of graphemes(text)) {
    const w = displayWidth(g);
    if (used + w > width && piece !== '') {
      pieces.push(piece);
      piece = '';
      used = 0;
    }
    piece += g;
    used += w;
  }
  return piece === '' && pieces.length > 0 ? pieces : [...pieces, piece];
}

/** Prose wrapped at blanks to `width` columns; a longer word is cut. */
export function wrapWords(text: string, width: number): string[] {
  const words = text.split(' ').flatMap((word) => chunk(word, width));
  return fill(words, width, displayWidth, 1).map((words) => words.join(' '));
}

/** Puts items with `separator` between them on lines of at most `width` columns; a line that goes on ends with it. */
export function flow(items: readonly Line[], separator: Line, width: number): Line[] {
  const gap = lineWidth(separator);
  const room = Math.max(1, width - gap);
  const fitting = items.flatMap((item) => (lineWidth(item) > room ? wrapLine(item, room) : [item]));
  const rows = fill(fitting, room, lineWidth, gap);
  return rows.map((row, r) => {
    const joined = row.flatMap((item, i) => (i === 0 ? item : [...separator, ...item]));
    return r < rows.length - 1 ? [...joined, ...separator] : joined;
  });
}

/** A line of several tones wrapped at blanks. */
export function wrapLine(line: Line, width: number): Line[] {
  const words = line.flatMap(({ text, tone }) =>
    text
      .split(' ')
      .filter((word) => word !== '')
      .flatMap((word) => chunk(word, width))
      .map((word): Span => ({ text: word, tone })),
  );
  const rows = fill(words, width, (word) => displayWidth(word.text), 1);
  return rows.map((row) => row.flatMap((word, i) => (i === 0 ? [word] : [blanks(1), word])));
}

function fill<T>(items: readonly T[], width: number, measure: (item: T) => number, gap: number): T[][] {
  const rows: T[][] = [];
  let row: T[] = [];
  let used = 0;
  for (const item of items) {
    const w = measure(item);
    if (row.length > 0 && used + gap + w > width) {
      rows.push(row);
      row = [];
      used = 0;
    }
    used += (row.length > 0 ? gap : 0) + w;
    row.push(item);
  }
  if (row.length > 0 || rows.length === 0) rows.push(row);
  return rows;
}
