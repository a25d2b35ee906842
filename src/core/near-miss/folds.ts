/**
 * Folds: each forgets one kind of slip. When two different texts become equal under a fold, that slip alone explains
 * the difference. Folds explain; nothing in the product accepts a value because of one.
 *
 * To add one: a line in `FOLDS`, its label in `FoldLabel`, and a dozen pairs in `test/vectors/near-miss.json`.
 * Every fold is total and linear in its input.
 */
import { skeleton } from './look-alikes.ts';

/** The slips that a fold can forget. */
export type FoldLabel =
  | 'trailing-blank'
  | 'leading-blank'
  | 'surrounding-blank'
  | 'line-wrap'
  | 'invisible'
  | 'quoted'
  | 'trailing-slash'
  | 'normalization'
  | 'case'
  | 'percent-encoding'
  | 'plus-for-blank'
  | 'look-alike'
  | 'inner-blank'
  | 'separators';

/** One way to forget, and the words for it in a combination. */
export interface Fold {
  readonly label: FoldLabel;
  /** `blank at the end`: what was forgotten. */
  readonly phrase: string;
  readonly apply: (text: string) => string;
}

/** Blanks and line breaks of every kind. U+FEFF is no blank here: it is invisible. */
const BLANK = /[\p{Z}\t\n\v\f\r\u0085]/u;
const BLANKS = /[\p{Z}\t\n\v\f\r\u0085]+/gu;
const BREAK = /[\n\r\u0085\u2028\u2029]/;
const INVISIBLE = /(?![\t\n\v\f\r\u0085])[\p{C}\p{DI}\u2800]/gu;
/** Between two characters only: at either end they are something more, not another separator. */
const SEPARATORS = /(?<!^)[\p{Z}\p{Pd}\t_.,:/\u2212](?!$)/gu;
/** A text with an authority or a path after a scheme; its punctuation carries meaning. */
const ADDRESS = /^[a-z][a-z0-9+.-]*:\//i;

/** Most specific first; in a combination the first label names the near miss. */
export const FOLDS: readonly Fold[] = [
  { label: 'trailing-blank', phrase: 'blank at the end', apply: trimEnd },
  { label: 'leading-blank', phrase: 'blank at the beginning', apply: trimStart },
  { label: 'surrounding-blank', phrase: 'blanks at both ends', apply: (t) => trimStart(trimEnd(t)) },
  { label: 'line-wrap', phrase: 'line break inside', apply: (t) => unwrap(t, '') },
  { label: 'line-wrap', phrase: 'line break inside', apply: (t) => unwrap(t, ' ') },
  { label: 'invisible', phrase: 'invisible character', apply: (t) => t.replace(INVISIBLE, '') },
  { label: 'quoted', phrase: 'quotes or escapes', apply: unquote },
  { label: 'trailing-slash', phrase: 'slash at the end', apply: unslash },
  { label: 'normalization', phrase: 'other Unicode form', apply: (t) => t.normalize('NFC') },
  { label: 'case', phrase: 'upper and lower case', apply: (t) => t.toLowerCase() },
  { label: 'percent-encoding', phrase: 'percent-encoding', apply: (t) => decoded(t).text },
  { label: 'plus-for-blank', phrase: 'plus for blank', apply: (t) => t.replaceAll('+', ' ') },
  { label: 'look-alike', phrase: 'look-alike characters', apply: skeleton },
  { label: 'inner-blank', phrase: 'blank inside', apply: (t) => t.replace(BLANKS, '') },
  { label: 'separators', phrase: 'other separators', apply: unseparated },
];

function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && BLANK.test(text[end - 1] ?? '')) end--;
  return text.slice(0, end);
}

function trimStart(text: string): string {
  let start = 0;
  while (start < text.length && BLANK.test(text[start] ?? '')) start++;
  return text.slice(start);
}

function unwrap(text: string, instead: string): string {
  return text.replace(BLANKS, (run) => (BREAK.test(run) ? instead : run));
}

const PAIRS = ['""', "''", '``', '<>', '()', '[]', '{}', '“”', '‘’', '„“', '«»'];
const ESCAPES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/** Forgets quotes or brackets around the text, and the escapes of HTML, JSON and shells inside it. */
function unquote(text: string): string {
  const plain = text
    .replace(/&(?:([a-z]{2,4})|#(\d{1,6})|#x([0-9a-f]{1,5}));/gi, (all, name, ten, hex) =>
      name ? (ESCAPES[name] ?? all) : character(Number.parseInt(ten ?? hex, ten ? 10 : 16)),
    )
    .replace(/\\u([0-9a-f]{4})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\([/"'`])/g, '$1');
  return PAIRS.some(([open, close]) => plain.length > 1 && plain[0] === open && plain.at(-1) === close)
    ? plain.slice(1, -1)
    : plain;
}

function character(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}

/** Forgets slashes at the end of the text, and at the end of the path before a query or fragment. */
function unslash(text: string): string {
  const stop = text.search(/[?#]/);
  const rest = stop < 0 ? '' : text.slice(stop);
  let end = stop < 0 ? text.length : stop;
  while (end > 1 && text[end - 1] === '/') end--;
  return text.slice(0, end) + rest;
}

const ENCODINGS_MAX = 4;

/** Decodes until nothing more decodes, four times at most. `times` is how often the text was encoded. */
export function decoded(text: string): { readonly text: string; readonly times: number } {
  let now = text;
  for (let times = 0; times < ENCODINGS_MAX; times++) {
    const next = now.replace(/(?:%[0-9a-f]{2})+/gi, decodeRun);
    if (next === now) return { text: now, times };
    now = next;
  }
  return { text: now, times: ENCODINGS_MAX };
}

function decodeRun(run: string): string {
  try {
    return decodeURIComponent(run);
  } catch {
    return run; // not UTF-8: leave it as it came
  }
}

function unseparated(text: string): string {
  return ADDRESS.test(text) ? text : text.replace(SEPARATORS, '');
}
