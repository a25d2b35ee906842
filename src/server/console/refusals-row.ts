/** A verdict as a row of the list: strings that are safe to show, the same in the page, as JSON and in the live stream. */
import type { Column } from '../../core/column.ts';
import type { Verdict } from '../../core/verdict.ts';
import { asShown, capital } from '../pages/html.ts';
import type { RefusalRow } from '../pages/refusals.ts';
import { referenceOf } from '../pages/timeline.ts';
import { cellOf, profileName, reasonOf } from '../words.ts';

/** Longest texts: rows are one line high. */
const [SAY_MAX, CELL_MAX] = [160, 80];

/** The row. Of a verdict that the viewer may see, as they may see it. */
export function rowOf(verdict: Verdict, columns: readonly Column[]): RefusalRow {
  const { id, at, ok, times, profile } = verdict;
  return {
    id,
    ref: referenceOf(id),
    at,
    ok,
    times,
    profile: profileName(profile),
    say: capital(clipped(reasonOf(verdict))),
    cells: columns.map((column) => asShown(cellOf(verdict, column) ?? '', CELL_MAX)),
  };
}

function clipped(text: string): string {
  return text.length > SAY_MAX ? `${text.slice(0, SAY_MAX).toWellFormed()}…` : text;
}
