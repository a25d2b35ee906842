/** Rows as arrays of columns, which is how many of them travel in one statement. */
import { COLUMNS, type Rows, type Table } from '../upkeep.ts';

type SqlType = 'text' | 'bigint';

const NUMBERS: ReadonlySet<string> = new Set([
  ...['at', 'last_at', 'starts', 'ends', 'ended_at', 'used_at', 'next_at', 'until'],
  ...['total', 'used', 'attempts', 'times', 'generation', 'rev', 'seq'],
]);

/** The SQL type of a column. */
function typeOf(column: string): SqlType {
  return NUMBERS.has(column) ? 'bigint' : 'text';
}

/** Numbers the parameters of a statement as they come: `p('bigint')` is `$3::bigint`. */
export function parameters(): (type: string) => string {
  let last = 0;
  return (type) => `$${++last}::${type}`;
}

// PostgreSQL keeps neither U+0000 nor half of a surrogate pair. Both are written as this noncharacter and four digits, and
// so is the noncharacter itself: every text comes back as it was, and different texts stay different.
const ESCAPE = '\uFDD0';

/** A text as the database keeps it. */
export function keepable(text: string): string {
  if (text.isWellFormed() && !text.includes('\0') && !text.includes(ESCAPE)) return text;
  const escaped = (char: string): string => ESCAPE + char.charCodeAt(0).toString(16).padStart(4, '0');
  return text
    .replaceAll(ESCAPE, escaped)
    .replaceAll('\0', escaped)
    .replace(/\p{Surrogate}/gu, escaped);
}

/** The text that was kept. */
export function asGiven(text: string): string {
  const [first = '', ...escaped] = text.split(ESCAPE);
  const char = (part: string): string => String.fromCharCode(Number.parseInt(part.slice(0, 4), 16)) + part.slice(4);
  return escaped.length === 0 ? text : first + escaped.map(char).join('');
}

/** A row as it was given. */
export function givenRow<T extends object>(row: T): T {
  const entries = Object.entries(row).map(([name, value]) => [
    name,
    typeof value === 'string' ? asGiven(value) : value,
  ]);
  return Object.fromEntries(entries) as T;
}

/** A value for a parameter. */
export function kept<T>(value: T): T {
  return typeof value === 'string' ? (keepable(value) as T) : value;
}

/** One column of many rows, as a parameter. */
export function column<T>(rows: readonly T[], value: (row: T) => unknown): unknown[] {
  return rows.map((row) => kept(value(row)));
}

/** The parameters of `unnested`. */
export function arraysOf<T extends Table>(table: T, rows: readonly Rows[T][]): unknown[][] {
  return COLUMNS[table].map((name) => column(rows, (row) => row[name]));
}

/**
 * `unnest(…) WITH ORDINALITY AS alias (columns, pos)`: rows from the parameters that `arraysOf` makes. `before` are
 * further columns before those of the table, all `int`.
 */
export function unnested(table: Table, p: (type: string) => string, before: readonly string[] = []): string {
  const arrays = [...before.map(() => p('int[]')), ...COLUMNS[table].map((name) => p(`${typeOf(name)}[]`))];
  return `unnest(${arrays.join(', ')}) WITH ORDINALITY AS n (${[...before, ...COLUMNS[table], 'pos'].join(', ')})`;
}

/** `INSERT INTO table (columns) SELECT columns`, to be followed by `FROM …`. `except` columns come from other SQL. */
export function insertInto(table: Table, except: Readonly<Record<string, string>> = {}): string {
  const names = COLUMNS[table];
  return `INSERT INTO ${table} (${names.join(', ')}) SELECT ${names.map((name) => except[name] ?? `n.${name}`).join(', ')}`;
}

/** What orders a table as it was written, or as nearly as it says. */
export const ORDER: Readonly<Record<string, string>> = {
  holds: 'key',
  budgets: 'budget',
  once: 'key',
  records: 'kind, id',
};
