/** CSV as it streams in (RFC 4180): rows of cells, bounded, one at a time. */

/** Longest row, in characters, and most cells of one. */
const ROW_MAX = 16_384;
const CELLS_MAX = 200;

/** A row, and the number of the line that it begins on. */
export interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** What is no CSV. Nothing of it is repeated. */
export class CsvError extends Error {}

/**
 * Reads rows. Empty lines are left out, a byte order mark too.
 *
 * @throws CsvError for a row that is too long, or a quote in the wrong place
 */
export async function* readCsv(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<Row, void, undefined> {
  const decoder = new TextDecoder('utf-8');
  let line = 1;
  let held = '';
  for await (const chunk of chunks) {
    held += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    for (;;) {
      const end = endOf(held);
      if (end < 0) break;
      const text = held.slice(0, end);
      held = held.slice(end + 1);
      const cells = cellsOf(text, line);
      if (cells) yield { line, cells };
      line += text.split('\n').length;
    }
    if (held.length > ROW_MAX)
      throw new CsvError(`line ${line}: expected at most ${ROW_MAX} characters; is a quote missing?`);
  }
  const cells = cellsOf(held + decoder.decode(), line);
  if (cells) yield { line, cells };
}

/** Where the first row ends: a line feed outside of quotes. Quotes inside of a quoted cell are doubled, so parity tells. */
function endOf(text: string): number {
  let from = 0;
  for (;;) {
    const end = text.indexOf('\n', from);
    if (end < 0 || end > ROW_MAX) return -1;
    let quotes = 0;
    for (let at = text.indexOf('"'); at >= 0 && at < end; at = text.indexOf('"', at + 1)) quotes += 1;
    if (quotes % 2 === 0) return end;
    from = end + 1;
  }
}

function cellsOf(text: string, line: number): readonly string[] | undefined {
  const row = (line === 1 ? text.replace(/^\uFEFF/, '') : text).replace(/\r$/, '');
  if (row.trim() === '') return undefined;
  const cells: string[] = [];
  let at = 0;
  while (at <= row.length) {
    if (cells.length === CELLS_MAX) throw new CsvError(`line ${line}: expected at most ${CELLS_MAX} cells`);
    if (row[at] !== '"') {
      const comma = row.indexOf(',', at);
      const end = comma < 0 ? row.length : comma;
      cells.push(row.slice(at, end).trim());
      at = end + 1;
      continue;
    }
    const close = /^"((?:[^"]|"")*)"(?=,|$)/.exec(row.slice(at));
    if (!close)
      throw new CsvError(
        `line ${line}, cell ${cells.length + 1}: expected a quoted cell to end with a quote and a comma`,
      );
    cells.push((close[1] ?? '').replaceAll('""', '"'));
    at += close[0].length + 1;
  }
  return cells;
}
