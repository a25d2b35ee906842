/** Lists: one row per thing, columns as wide as they need to be, the widest giving way on a narrow terminal. */
import type { Line, Style, Tone } from './line.ts';
import { displayWidth, graphemes, lineWidth, mark, padLine, span } from './text.ts';

/** A column: its heading, and what a row shows there. */
export interface Column<T> {
  readonly label: string;
  readonly tone?: Tone | ((row: T) => Tone);
  /** Columns it takes at least, so that lists printed in parts line up. */
  readonly least?: number;
  /** Never shortened: an id is for taking along. */
  readonly whole?: true;
  /** Left out where the row would not fit otherwise: there is another place to read it. */
  readonly spare?: true;
  readonly text: (row: T) => string;
}

const GAP = 2;
const LEAST = 6;

/** Heading and rows; nothing at all for no rows. A column with nothing in it is left out, unless it has a least width. */
export function renderTable<T>(rows: readonly T[], all: readonly Column<T>[], style: Style): Line[] {
  if (rows.length === 0) return [];
  const columns = fitting(
    rows,
    all.filter((c) => c.least !== undefined || rows.some((row) => c.text(row) !== '')),
    style,
  );
  const cells = rows.map((row) => columns.map((c) => span(style, c.text(row), toneOf(c, row))));
  const heads = columns.map((c) => span(style, c.label, 'faint'));
  const widths = columns.map((c, i) =>
    Math.max(c.least ?? 0, ...[heads, ...cells].map((r) => displayWidth(r[i]?.text ?? ''))),
  );
  squeeze(widths, columns, style.width - GAP * (columns.length - 1));
  return [heads, ...cells].map((row) =>
    row.flatMap((cell, i) => {
      const width = widths[i] ?? 0;
      return padLine(shorten([cell], width, style), width + (i < row.length - 1 ? GAP : 0));
    }),
  );
}

/** Without the spare columns, the last one first, as far as the width asks for it. */
function fitting<T>(rows: readonly T[], columns: readonly Column<T>[], style: Style): readonly Column<T>[] {
  const widths = columns.map((c) =>
    Math.max(
      c.least ?? 0,
      ...[c.label, ...rows.map((row) => c.text(row))].map((t) => displayWidth(span(style, t).text)),
    ),
  );
  const spare = columns.findLastIndex((c) => c.spare);
  const width = widths.reduce((a, b) => a + b, 0) + GAP * (columns.length - 1);
  return spare < 0 || width <= style.width ? columns : fitting(rows, columns.toSpliced(spare, 1), style);
}

function toneOf<T>(column: Column<T>, row: T): Tone {
  return typeof column.tone === 'function' ? column.tone(row) : (column.tone ?? 'plain');
}

/** Takes columns from the widest cell that may give, until the row fits or nothing can give any more. */
function squeeze<T>(widths: number[], columns: readonly Column<T>[], room: number): void {
  for (let over = widths.reduce((a, b) => a + b, 0) - room; over > 0; over--) {
    let widest = -1;
    for (const [i, width] of widths.entries()) {
      if (!columns[i]?.whole && width > LEAST && width > (widths[widest] ?? 0)) widest = i;
    }
    if (widest < 0) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}

function shorten(line: Line, width: number, style: Style): Line {
  const [cell] = line;
  if (!cell || lineWidth(line) <= width) return line;
  const end = mark(style, 'ellipsis', cell.tone);
  let text = '';
  let used = displayWidth(end.text);
  for (const g of graphemes(cell.text)) {
    used += displayWidth(g);
    if (used > width) break;
    text += g;
  }
  return [{ text, tone: cell.tone }, end];
}
