/**
 * Verdicts as they come, for one open page. A node hears only of its own verdicts, so the store is asked, each time from a
 * little before it was asked last; what was told already is left out here, and what a client hears twice (because it resumed)
 * it knows by the row's id. A row that grew comes again with its new `times`.
 */
import type { Verdict } from '../../core/verdict.ts';
import type { RefusalRow } from '../pages/refusals.ts';
import type { Pulse } from '../pulse.ts';
import type { Feed } from '../streams.ts';
import type { Cursor } from './refusals-query.ts';

/** A verdict is kept later than its time says, by as long as its request took. That long is looked back, in milliseconds. */
const OVERLAP_MS = 10_000;

/** Pages of the store's list that one look may take; where they do not do, the page is told to load its list again. */
const PAGES_MAX = 5;
const PAGE = 500;

/** A look that took longer than this, in milliseconds, is followed by a rest of nine times as long: a flood is not for the lookers. */
const LONG_MS = 20;

/** What a stream needs. */
export interface LiveOptions {
  /** A page of the viewer's list, newest first: rows that were touched at this time or later. */
  readonly list: (touchedSince: number, limit: number, before?: Cursor) => Promise<readonly Verdict[]>;
  /** The store's clock. */
  readonly now: () => Promise<number>;
  /** The row as this viewer may see it; undefined for what is not in their list. */
  readonly row: (verdict: Verdict) => RefusalRow | undefined;
  /** Everything kept before this time, in milliseconds, is known to the page. */
  readonly from: number;
  /** May it go on? */
  readonly good: () => Promise<boolean>;
  readonly pulse: Pulse;
}

/** The stream's events: `rows` (newest first; the id is where to resume), and `reset`: more came than can be told. */
export function liveFeed(options: LiveOptions): Feed {
  const { now, row, good, pulse } = options;
  let { from } = options;
  let told = new Map<string, number>();

  const look = async (): Promise<string | undefined> => {
    const at = await now();
    const found = await touched(options, from - OVERLAP_MS);
    const fresh = (found ?? []).filter(({ id, times }) => told.get(id) !== times);
    if (fresh.length > 0 && !(await good())) return undefined;
    told = new Map((found ?? []).map(({ id, times }) => [id, times]));
    from = at;
    const rows = fresh.flatMap((verdict) => row(verdict) ?? []);
    if (found === undefined) return `id: ${at}\nevent: reset\ndata: {}\n\n`;
    return rows.length === 0 ? '' : `id: ${at}\nevent: rows\ndata: ${JSON.stringify({ rows })}\n\n`;
  };

  return {
    good,
    begin(tell) {
      let waiting = false;
      let restUntil = 0;
      const ask = (): void => {
        // One look finds everything, so a second one need not queue behind it.
        if (waiting || performance.now() < restUntil) return;
        waiting = true;
        tell(async () => {
          waiting = false;
          const began = performance.now();
          const text = await look();
          const tookMs = performance.now() - began;
          if (tookMs > LONG_MS) restUntil = performance.now() + 9 * tookMs;
          return text;
        });
      };
      tell(async () => 'retry: 1000\n\n');
      ask();
      return pulse.listen(ask);
    },
  };
}

/** All that was touched since then; undefined when it is too much. */
async function touched({ list }: LiveOptions, since: number): Promise<Verdict[] | undefined> {
  const found: Verdict[] = [];
  let before: Cursor | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const rows = await list(Math.max(0, since), PAGE, before);
    found.push(...rows);
    const last = rows.at(-1);
    if (rows.length < PAGE || !last) return found;
    before = { at: last.at, id: last.id };
  }
  return undefined;
}
