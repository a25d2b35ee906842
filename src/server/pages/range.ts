/**
 * The range picker: the last month, three, six, twelve, or all time. Months are calendar months back from now, in UTC; a day
 * that a shorter month does not have becomes its last one.
 */
import { type Html, html } from './html.ts';

/** A range, as it stands in the query (`range=3m`). */
export type Range = '1m' | '3m' | '6m' | '12m' | 'all';

const RANGES: readonly { readonly range: Range; readonly label: string; readonly say: string }[] = [
  { range: '1m', label: '1 M', say: 'the last month' },
  { range: '3m', label: '3 M', say: 'the last 3 months' },
  { range: '6m', label: '6 M', say: 'the last 6 months' },
  { range: '12m', label: '12 M', say: 'the last 12 months' },
  { range: 'all', label: 'All', say: 'all time' },
];

/** The range a query asks for; the last month where it asks for none that there is. */
export function readRange(value: string | undefined): Range {
  return RANGES.find(({ range }) => range === value)?.range ?? '1m';
}

/** The range in words, to stand in a sentence: `the last 3 months`. */
export function rangeWords(range: Range): string {
  return RANGES.find((one) => one.range === range)?.say ?? '';
}

/** When it begins, in milliseconds since the epoch; undefined for all time. */
export function rangeSince(range: Range, now: number): number | undefined {
  if (range === 'all') return undefined;
  const at = new Date(now);
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth() - Number.parseInt(range, 10)];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const midnight = Date.UTC(year, month, Math.min(at.getUTCDate(), lastDay));
  return midnight + (now - Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()));
}

/** The picker, as links: `href` gives the path of the same page with another range. */
export function rangePicker(current: Range, href: (range: Range) => string): Html {
  return html`<nav class="range" aria-label="Time range"><ul>${RANGES.map(({ range, label, say }) => {
    const inside = html`<span aria-hidden="true">${label}</span><span class="unseen">${say}</span>`;
    return range === current
      ? html`<li><a href="${href(range)}" aria-current="true">${inside}</a></li>`
      : html`<li><a href="${href(range)}">${inside}</a></li>`;
  })}</ul></nav>`;
}
