/** The chart's numbers from the store's tallies: how long a bar is, which causes are named, what falls to each. */
import type { Verdict } from '../../core/verdict.ts';
import type { Query, Tally } from '../../store/port.ts';
import type { Chart, ChartCause } from '../pages/chart.ts';
import { rangeWords } from '../pages/range.ts';
import { causeName, isClear, reasonOf } from '../words.ts';
import { type Asked, askedPath } from './refusals-query.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

/** Lengths of a bar's stretch; each ends where a longer one does. */
const LENGTHS: readonly number[] = [
  ...[1, 2, 5, 10, 30, 60, 180, 360, 720].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 4, 8, 16, 32, 64, 128, 256, 512].map((days) => days * DAY_MS),
];

const BARS_MAX = 60;
const NAMED = 5;

/** What is counted, over the time in which there is something to count. */
export interface Counted {
  readonly bucketMs: number;
  /** When the first bar begins, and how many there are. */
  readonly first: number;
  readonly bars: number;
  readonly tallies: readonly Tally[];
}

/**
 * Counts. A range that is mostly empty at its beginning is drawn from its first attempt on: a new hub has minutes to show, and
 * not a month.
 */
export async function countOver(
  tallies: (query: Query) => Promise<readonly Tally[]>,
  query: Query,
  now: number,
): Promise<Counted> {
  let since = query.since ?? 0;
  for (let look = 0; ; look++) {
    const bucketMs = LENGTHS.find((ms) => Math.floor(now / ms) - Math.floor(since / ms) < BARS_MAX) ?? DAY_MS * 1_024;
    const found = await tallies({ ...query, since, until: now, bucketMs });
    const oldest = found.at(-1)?.at ?? now;
    const bars = Math.floor(now / bucketMs) - Math.floor(since / bucketMs) + 1;
    const empty = (oldest - since) / (now - since);
    // Each look comes nearer by the length of a bar; three are enough from all time to minutes.
    if (found.length === 0 || look === 3 || empty < 0.5 || bucketMs === LENGTHS[0])
      return { bucketMs, first: Math.floor(since / bucketMs) * bucketMs, bars, tallies: found };
    since = Math.max(since, Math.min(oldest, now - BARS_MAX * MINUTE_MS));
  }
}

/** The causes of what was counted, most frequent first. */
export function causesOf({ tallies }: Counted): readonly { readonly cause: string; readonly count: number }[] {
  const sums = new Map<string, number>();
  for (const { cause, ok, count } of tallies)
    if (!ok && cause !== null) sums.set(cause, (sums.get(cause) ?? 0) + count);
  return [...sums]
    .map(([cause, count]) => ({ cause, count }))
    .sort((a, b) => b.count - a.count || (a.cause < b.cause ? -1 : 1));
}

/** The chart of what was counted; its causes lead to their own lists. */
export function chartOf(counted: Counted, asked: Asked, names: ReadonlyMap<string, string>): Chart {
  const { bucketMs, first, bars, tallies } = counted;
  const place = (at: number): number => Math.min(bars - 1, Math.max(0, Math.round((at - first) / bucketMs)));
  const sum = (wanted: (tally: Tally) => boolean): number[] => {
    const counts = new Array<number>(bars).fill(0);
    for (const tally of tallies)
      if (wanted(tally)) counts[place(tally.at)] = (counts[place(tally.at)] ?? 0) + tally.count;
    return counts;
  };
  const [accepted, refused] = [sum(({ ok }) => ok), sum(({ ok }) => !ok)];
  const { before: _, cause: chosen, ...rest } = asked;
  const all = causesOf(counted);
  const named = namedOf(all);
  const others = all.slice(named.length);
  const left = new Set(others.map(({ cause }) => cause));
  const causes: ChartCause[] = named.map(({ cause, count }) => ({
    name: names.get(cause) ?? causeName(cause),
    count,
    counts: sum((tally) => !tally.ok && tally.cause === cause),
    href: askedPath(cause === chosen ? rest : { ...rest, cause }),
    ...(cause === chosen && { current: true }),
  }));
  if (others.length > 0)
    causes.push({
      name: `${others.length} others`,
      count: others.reduce((total, { count }) => total + count, 0),
      counts: sum((tally) => !tally.ok && tally.cause !== null && left.has(tally.cause)),
    });
  return {
    bucketMs,
    bars: refused.map((count, i) => ({ at: first + i * bucketMs, accepted: accepted[i] ?? 0, refused: count })),
    causes,
    range: rangeWords(asked.range),
  };
}

/** Those that get a line of their own. One that would be left alone is named as well. */
function namedOf<T>(causes: readonly T[]): readonly T[] {
  return causes.length === NAMED + 1 ? causes : causes.slice(0, NAMED);
}

/** Refusals of one cause that are looked at for its name. */
const LOOKED_AT = 20;

/**
 * What the chart calls its causes. Several rules may call different things by one id (`missing`): which of them it was, the
 * newest refusals tell.
 */
export async function nameCauses(
  newest: (cause: string, limit: number) => Promise<readonly Verdict[]>,
  counted: Counted,
): Promise<ReadonlyMap<string, string>> {
  const named = await Promise.all(
    namedOf(causesOf(counted)).map(async ({ cause }): Promise<[string, string]> => {
      if (isClear(cause)) return [cause, causeName(cause)];
      const [first = causeName(cause), ...more] = new Set((await newest(cause, LOOKED_AT)).map(reasonOf));
      return [cause, more.length === 0 ? first : `${first}, and ${more.length} more`];
    }),
  );
  return new Map(named);
}
