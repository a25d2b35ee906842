/** Free text over kept verdicts: what the store cannot filter by is looked for here, page by page, up to a bound. */
import { setImmediate as breath } from 'node:timers/promises';
import { leaves, type Verdict } from '../../core/verdict.ts';
import type { Query } from '../../store/port.ts';
import { reasonOf } from '../words.ts';
import type { Cursor } from './refusals-query.ts';

/** Rows that one question looks at, at most; then it answers where to go on. */
export const SCAN_MAX = 5_000;

const PAGE = 250;

/** What was found. `next`: there may be more after this row. `scanned`: how many rows were looked at. */
export interface Found {
  readonly verdicts: readonly Verdict[];
  readonly next?: Cursor;
  readonly scanned: number;
}

/**
 * Does every word of the text stand somewhere in the verdict? Looked into are its id, action, subject, source, decisive rule,
 * cause and refusal, the cause in words, and of every check what was expected and presented, as shown. Upper and lower case
 * are one.
 */
export function matches(verdict: Verdict, text: string): boolean {
  const { id, action, subject, source, decisive, cause, refusal, checks = [] } = verdict;
  const facts = leaves(checks).flatMap(({ expected, presented }) => [expected, presented]);
  const fields = [id, action, subject, source, decisive, cause, refusal, reasonOf(verdict), ...facts];
  const all = fields
    .filter((field) => field !== undefined)
    .join('\n')
    .toLowerCase();
  return wordsOf(text).every((word) => all.includes(word));
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}

/**
 * The next `limit` verdicts of a listing that `seen` lets through and that match the text.
 *
 * @param list one page of the store's list
 * @param seen the verdict as the viewer may see it, or undefined: only that is searched
 */
export async function search(
  list: (query: Query) => Promise<readonly Verdict[]>,
  query: Query,
  {
    limit,
    text,
    seen,
  }: { readonly limit: number; readonly text?: string; readonly seen: (v: Verdict) => Verdict | undefined },
): Promise<Found> {
  const verdicts: Verdict[] = [];
  let [scanned, before] = [0, query.before];
  while (scanned < SCAN_MAX) {
    const size = text === undefined ? limit + 1 : PAGE;
    const page = await list({ ...query, limit: size, ...(before && { before }) });
    for (const row of page) {
      if (verdicts.length === limit && before) return { verdicts, next: before, scanned };
      scanned += 1;
      before = { at: row.at, id: row.id };
      const verdict = seen(row);
      if (verdict && (text === undefined || matches(verdict, text))) verdicts.push(verdict);
    }
    if (page.length < size) return { verdicts, scanned };
    // Whatever else the hub has to do waits for a page of rows, and not for all of them.
    await breath();
  }
  return { verdicts, scanned, ...(before && { next: before }) };
}

/** Lets each person look through rows once at a time: who asks again meanwhile waits, and nobody else for them. */
export function createTurns(): <T>(person: string, work: () => Promise<T>) => Promise<T> {
  const tails = new Map<string, Promise<unknown>>();
  return (person, work) => {
    const run = (tails.get(person) ?? Promise.resolve()).then(work);
    const tail = run
      .catch(() => undefined)
      .then(() => breath())
      .then(() => {
        if (tails.get(person) === tail) tails.delete(person);
      });
    tails.set(person, tail);
    return run;
  };
}
