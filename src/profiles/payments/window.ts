/**
 * Counting inside of windows. A window is rolling and half open: an attempt counts for exactly its length, and no longer.
 * What is admitted so is within the limit in every calendar day, of whatever zone, and in every window of that length that
 * starts anywhere: each of them lies inside of some rolling one, so the stricter of the two readings needs no count of its own.
 */
import { inFlight, type Past, type PaymentsCase, RANK } from './case.ts';
import { type Closing, feeOf } from './closing.ts';
import { type Epoch, holdsIn } from './data.ts';
import type { FeeEntry, LimitEntry } from './data-types.ts';

/** Was it sent and not approved? Attempts without an answer count: nobody can say that they were no declines. */
function counts(past: Past): boolean {
  return past.outcome !== 'approved';
}

/**
 * Closed until so many attempts have left the window that one more fits.
 *
 * @param id of the limit; where none of that name holds at the time and in the region, nothing is closed
 */
export function windowClosing(
  c: PaymentsCase,
  now: number,
  epoch: Epoch,
  id: string,
  reason: FeeEntry['reason'],
): Closing | undefined {
  let closing: Closing | undefined;
  for (const entry of epoch.limits.get(id) ?? []) {
    if (!holdsIn(entry, c.attempt.region)) continue;
    const until = fullUntil(c, now, entry);
    if (until === undefined || (closing !== undefined && closing.until >= until)) continue;
    const hours = entry.windowHours;
    closing = {
      until,
      cause: 'limit',
      from: entry,
      ...feeOf(c, epoch, reason),
      detail: `${entry.limit} ${entry.counts} in ${hours % 24 === 0 && hours > 24 ? `${hours / 24} days` : `${hours} hours`}`,
    };
  }
  return closing;
}

/** When the limit-th newest counted attempt leaves the window; `undefined` when fewer are in it. */
function fullUntil({ history }: PaymentsCase, now: number, entry: LimitEntry): number | undefined {
  const circle = RANK[entry.per];
  const window = entry.windowHours * 3_600_000;
  let left = entry.limit;
  let later: Past | undefined;
  for (let i = history.length - 1; i >= 0; i -= 1) {
    const past = history[i] as Past;
    if (RANK[past.near] > circle || !counts(past)) continue;
    // Of reattempts, each is known by the one before it.
    const counted = entry.counts === 'declines' ? past : later;
    const again = counted === past || (later !== undefined && later.at - past.at < window);
    if (counted !== undefined && counted.at + window <= now) return undefined;
    if (counted !== undefined && again) {
      left -= 1;
      if (left === 0) return counted.at + window;
    }
    later = past;
  }
  return undefined;
}

/** Attempts of a circle that are in flight. */
export function flying(c: PaymentsCase, now: number, circle: number): number | undefined {
  let until: number | undefined;
  for (const past of c.history) {
    if (RANK[past.near] > circle || !inFlight(past, now)) continue;
    until = Math.max(until ?? 0, past.leaseUntil ?? Number.POSITIVE_INFINITY);
  }
  return until;
}
