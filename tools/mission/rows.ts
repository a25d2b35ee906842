/** What can be said of the mission's rows. Pure: the rows and the test report are arguments. */
import { relative, sep } from 'node:path';
import type { Row } from '../../test/mission.ts';

/** How many rows each letter has. Ids never change, so neither does this. */
const COUNTS = { A: 32, B: 2, C: 25, D: 18, E: 4, F: 2, G: 5, H: 3, I: 7, J: 3, K: 5, L: 7 } as const;

/** Every id there is, in order: A1 ... L7. */
export const IDS: readonly string[] = Object.entries(COUNTS).flatMap(([letter, count]) =>
  Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
);

/** The part of vitest's JSON report that is read here. */
export interface Report {
  readonly testResults: readonly {
    /** Absolute path. */
    readonly name: string;
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

/** Ids of done and of open rows. */
export function split(rows: readonly Row[]): { done: string[]; open: string[] } {
  const ids = (some: readonly Row[]) => some.map((row) => row.id);
  return {
    done: ids(rows.filter((row) => row.done.length > 0)),
    open: ids(rows.filter((row) => row.done.length === 0)),
  };
}

/** The rows for people, one a line, the proving tests below. */
export function table(rows: readonly Row[]): string {
  return rows
    .flatMap(({ id, title, done }) => [
      `${id.padEnd(4)} ${done.length > 0 ? 'done' : 'open'}  ${title}`,
      ...done.map((proof) => `           ${proof.file}: ${proof.title}`),
    ])
    .join('\n');
}

/**
 * What a done row claims and the report does not show, as lines. Every test of that title in that file must have
 * passed (a contract test may run once for each store); a skipped one proves nothing.
 */
export function unproven(rows: readonly Row[], report: Report, root: string): string[] {
  const statuses = new Map<string, string[]>();
  for (const { name, assertionResults } of report.testResults) {
    const file = relative(root, name).split(sep).join('/');
    for (const { title, status } of assertionResults) {
      const key = `${file}: ${title}`;
      statuses.set(key, [...(statuses.get(key) ?? []), status]);
    }
  }
  return rows.flatMap((row) =>
    row.done.flatMap((proof) => {
      const key = `${proof.file}: ${proof.title}`;
      const found = statuses.get(key) ?? ['not run'];
      const bad = found.find((status) => status !== 'passed');
      return bad === undefined ? [] : [`${row.id}: expected a passing test, got ${bad}: ${key}`];
    }),
  );
}
