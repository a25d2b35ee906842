/** Characters, positions and alignment. Positions are characters (code points), never UTF-16 units. */
import { showCharacter } from '../show.ts';

/** A half-open range of characters, from 0: `[...text].slice(start, end)`. */
export interface Mark {
  readonly start: number;
  readonly end: number;
}

/** Longest middle, in characters, that is aligned character by character; the table is at most this squared. */
const ALIGNED_MAX = 512;

/** What is left of two texts when the beginning and the end they share are put aside. */
export interface Middle {
  /** Characters shared at the beginning. */
  readonly from: number;
  readonly expected: readonly string[];
  readonly presented: readonly string[];
}

/** Puts aside the shared beginning, then the shared end. */
export function middleOf(e: readonly string[], p: readonly string[]): Middle {
  const shorter = Math.min(e.length, p.length);
  let from = 0;
  while (from < shorter && e[from] === p[from]) from++;
  let tail = 0;
  while (tail < shorter - from && e[e.length - 1 - tail] === p[p.length - 1 - tail]) tail++;
  return { from, expected: e.slice(from, e.length - tail), presented: p.slice(from, p.length - tail) };
}

/** How two middles lie beside each other. `distance` is infinite when they are too long to align. */
export interface Alignment {
  readonly distance: number;
  readonly expectedMarks: readonly Mark[];
  readonly presentedMarks: readonly Mark[];
}

/** Fewest insertions, deletions and replacements (Levenshtein), and the characters they touch. O(n·m), n, m ≤ 512. */
export function align(middle: Middle): Alignment {
  const { from, expected: e, presented: p } = middle;
  if (e.length > ALIGNED_MAX || p.length > ALIGNED_MAX) {
    return { distance: Infinity, expectedMarks: whole(from, e.length), presentedMarks: whole(from, p.length) };
  }
  const width = p.length + 1;
  const cost = costs(e, p);
  const inExpected: number[] = [];
  const inPresented: number[] = [];
  let i = e.length;
  let j = p.length;
  while (i > 0 || j > 0) {
    const here = cost[i * width + j] ?? 0;
    const replaced = i > 0 && j > 0 ? (cost[(i - 1) * width + j - 1] ?? 0) : Infinity;
    if (i > 0 && j > 0 && e[i - 1] === p[j - 1] && here === replaced) {
      i--;
      j--;
    } else if (here === replaced + 1) {
      inExpected.push(--i);
      inPresented.push(--j);
    } else if (i > 0 && here === (cost[(i - 1) * width + j] ?? 0) + 1) inExpected.push(--i);
    else inPresented.push(--j);
  }
  const distance = cost[e.length * width + p.length] ?? 0;
  return { distance, expectedMarks: runs(from, inExpected), presentedMarks: runs(from, inPresented) };
}

function costs(e: readonly string[], p: readonly string[]): Uint16Array {
  const width = p.length + 1;
  const cost = new Uint16Array((e.length + 1) * width);
  for (let j = 0; j < width; j++) cost[j] = j;
  for (let i = 1; i <= e.length; i++) {
    cost[i * width] = i;
    for (let j = 1; j < width; j++) {
      const above = (i - 1) * width + j;
      const replaced = (cost[above - 1] ?? 0) + (e[i - 1] === p[j - 1] ? 0 : 1);
      cost[i * width + j] = Math.min(replaced, (cost[above] ?? 0) + 1, (cost[i * width + j - 1] ?? 0) + 1);
    }
  }
  return cost;
}

/** Joins positions, given last to first, into ranges. */
function runs(from: number, backwards: readonly number[]): Mark[] {
  const marks: { start: number; end: number }[] = [];
  for (const at of backwards.toReversed()) {
    const last = marks.at(-1);
    if (last?.end === from + at) last.end++;
    else marks.push({ start: from + at, end: from + at + 1 });
  }
  return marks;
}

function whole(start: number, length: number): Mark[] {
  return length === 0 ? [] : [{ start, end: start + length }];
}

const NAMES: ReadonlyMap<string, string> = new Map([
  [' ', 'blank'],
  ['\t', 'tab'],
  ['\n', 'line feed'],
  ['\r', 'carriage return'],
  ['\u0000', 'null character'],
  ['\u00a0', 'no-break space'],
  ['\u00ad', 'soft hyphen'],
  ['\u200b', 'zero-width space'],
  ['\u200c', 'zero-width non-joiner'],
  ['\u200d', 'zero-width joiner'],
  ['\u200e', 'left-to-right mark'],
  ['\u200f', 'right-to-left mark'],
  ['\u2060', 'word joiner'],
  ['\ufeff', 'byte order mark'],
]);

const BLANKS = /^[\p{Z}\t\n\v\f\r\u0085]*$/u;

/** A character in words where it cannot be seen (`blank`), else itself; beyond ASCII with its code point. */
function nameOf(character: string): string {
  const shown = showCharacter(character);
  const name = NAMES.get(character) ?? (BLANKS.test(character) ? 'blank' : undefined);
  if (name !== undefined) return shown.startsWith('⟨') ? `${name} ${shown}` : name;
  if (shown !== character || /^[\x21-\x7e]$/.test(character)) return shown;
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  // A combining mark needs something to stand on, or it would change the character before it.
  return /\p{M}/u.test(character) ? `combining mark U+${code}` : `${shown} (U+${code})`;
}

/** The difference in words: `blank at position 19`, `expected l, got 1 at position 3`. One bounded line. */
export function describe(middle: Middle, { expectedMarks, presentedMarks }: Alignment): string {
  const { from, expected: e, presented: p } = middle;
  if (expectedMarks.length === 0) return touched(from, p, presentedMarks, ' too many');
  if (presentedMarks.length === 0) return touched(from, e, expectedMarks, ' missing');
  const here = `at position ${from + 1}`;
  if (e.length === 0 || p.length === 0) return `${counted(e.length > 0 ? e : p)} ${here}`;
  return `expected ${nameAt(e, 0)}, got ${nameAt(p, 0)} ${here}`;
}

const POSITIONS_MAX = 3;

/** Characters that only one of the two has: each once with its places, or how many from where. */
function touched(from: number, text: readonly string[], marks: readonly Mark[], what: string): string {
  const found = marks.flatMap(({ start, end }) => text.slice(start - from, end - from));
  const [first = ''] = found;
  const unseen = what === ' too many' && showCharacter(first) !== first;
  const where = positions(marks.map(({ start }) => start + 1));
  if (found.length === marks.length && found.every((c) => c === first)) {
    return `${nameOf(first)}${unseen ? '' : what} ${where}`;
  }
  const blanks = found.every((c) => BLANKS.test(c));
  return `${counted(found)}${blanks && unseen ? '' : what} ${where}`;
}

function positions(all: readonly number[]): string {
  const [first = 0, ...others] = all;
  if (others.length === 0) return `at position ${first}`;
  if (all.length > POSITIONS_MAX) return `at position ${first} and ${others.length} more`;
  return `at positions ${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

function counted(characters: readonly string[]): string {
  const noun = characters.every((c) => BLANKS.test(c)) ? 'blank' : 'character';
  return `${characters.length} ${noun}${characters.length === 1 ? '' : 's'}`;
}

/** An escape such as `%3A` is named whole. */
function nameAt(text: readonly string[], at: number): string {
  const coded = text.slice(at, at + 3).join('');
  return /^%[0-9a-f]{2}$/i.test(coded) ? coded : nameOf(text[at] ?? '');
}
