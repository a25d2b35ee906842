/** How rich the terminal is, and the only place that writes an escape sequence. */
import type { Line, Style, Tone } from './line.ts';
import { safe } from './text.ts';

const SGR: Readonly<Record<Exclude<Tone, 'plain'>, string>> = {
  good: '\u001b[32m',
  bad: '\u001b[31m',
  caution: '\u001b[33m',
  faint: '\u001b[2m',
  strong: '\u001b[1m',
  differs: '\u001b[1;31m',
  id: '\u001b[36m',
};
const RESET = '\u001b[0m';

/** Matches exactly the sequences `paint` can write, and nothing else. */
export const OWN_SEQUENCES: RegExp = new RegExp(
  [...Object.values(SGR), RESET].map((s) => s.replace('[', '\\[')).join('|'),
  'g',
);

/** Lines as text, each ended by a line feed. Makes every span safe once more, whoever built it. */
export function paint(lines: readonly Line[], style: Style): string {
  return lines.map((line) => `${paintLine(line, style)}\n`).join('');
}

function paintLine(line: Line, style: Style): string {
  const last = line.length - 1;
  return line
    .map(({ text, tone }, i) => {
      const clean = safe(i === last ? text.trimEnd() : text);
      return style.color && tone !== 'plain' && clean.trim() !== '' ? SGR[tone] + clean + RESET : clean;
    })
    .join('')
    .trimEnd();
}

/** The stream and flags a style is made from. */
export interface StyleSource {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTty: boolean;
  readonly columns?: number | undefined;
  /** `--color` true, `--no-color` false, neither undefined. */
  readonly color?: boolean | undefined;
}

/** Columns when nobody says: piped output, where a line per fact is worth more than a narrow page. */
const PIPED_WIDTH = 120;
const WIDTH_RANGE = { least: 40, most: 160 } as const;

/**
 * Flag first, then NO_COLOR (non-empty), FORCE_COLOR (`0` is off), `TERM=dumb`, then whether it is a terminal.
 * Marks are Unicode when the locale says UTF-8.
 */
export function detectStyle({ env, isTty, columns, color }: StyleSource): Style {
  const width = columns ?? (Number(env['COLUMNS']) || (isTty ? 80 : PIPED_WIDTH));
  return {
    color: color ?? wantsColor(env, isTty),
    unicode: env['TERM'] !== 'dumb' && speaksUtf8(env),
    width: Math.min(WIDTH_RANGE.most, Math.max(WIDTH_RANGE.least, width)),
  };
}

function wantsColor(env: StyleSource['env'], isTty: boolean): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0' && env['FORCE_COLOR'] !== 'false';
  return env['TERM'] !== 'dumb' && isTty;
}

/** POSIX: the first of these that is set decides. Windows terminals speak UTF-8 without saying so. */
function speaksUtf8(env: StyleSource['env']): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'];
  if (locale === undefined || locale === '') return env['OS'] === 'Windows_NT';
  return /utf-?8/i.test(locale);
}
