/** Bounds and checks that every adapter shares, so that they all refuse the same things. */

import type { Limit } from '../core/model.ts';
import type { Consequence, Verdict } from '../core/verdict.ts';
import { StoreFaultError } from './errors.ts';
import type { Minting, Query, Redemption, Revoked } from './port.ts';

/** The newest hits that are kept per budget: enough to judge it, and too few for an attacker to fill the disk with. */
const HITS_KEPT = 100;

/** How many hits are kept for `limit`; `Consequence.hits` is exact up to here. */
export function hitsKept(limit: Limit): number {
  return Math.max(limit.count, HITS_KEPT);
}

/** Hits are counted per limit and key, so that a limit with a short window never prunes those of a longer one. */
export function budgetOf(strike: { readonly key: string; readonly limit: Limit }): string {
  return `${strike.limit.id} ${strike.key}`;
}

/** Rows a listing may have: 100 unless told, 1,000 at most. */
export function rowsOf(limit: number | undefined): number {
  if (limit === undefined || Number.isNaN(limit)) return 100;
  return Math.min(1_000, Math.max(0, Math.floor(limit)));
}

/** Buckets that tallies may span: more than a chart has columns. */
const BUCKETS_MAX = 400;

/** Tallies in one listing. */
export const TALLIES_MAX = 10_000;

/** How long after its first attempt a coalesced row may still grow, in milliseconds; see `Refusal.coalesce`. */
export const GROWS_MS = 60_000;

/** The beginnings of the buckets that tallies span, newest first. @throws RangeError */
export function bucketsOf({ since, until, bucketMs }: Query): { starts: number[]; since: number; until: number } {
  if (!Number.isSafeInteger(bucketMs) || bucketMs === undefined || bucketMs < 1) {
    throw new RangeError(`expected bucketMs, a whole number of milliseconds from 1 on, got ${bucketMs}`);
  }
  if (!Number.isSafeInteger(since) || !Number.isSafeInteger(until) || since === undefined || until === undefined) {
    throw new RangeError(
      `expected since and until in whole milliseconds, got ${since} and ${until}; tallies need both`,
    );
  }
  const [first, last] = [Math.floor(since / bucketMs), Math.floor(until / bucketMs)];
  const count = Math.max(0, last - first + 1);
  if (count > BUCKETS_MAX) {
    throw new RangeError(
      `expected at most ${BUCKETS_MAX} buckets from since to until, got ${count}; take a longer bucketMs or less time`,
    );
  }
  return { starts: Array.from({ length: count }, (_, i) => (last - i) * bucketMs), since, until };
}

/** What a filter takes, as a list of what may be. */
export function anyOf(wanted: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof wanted === 'string' ? [wanted] : wanted;
}

/** Refuses a minting that contradicts itself. @throws StoreFaultError */
export function checkMinting({ codes, supersedes }: Minting): void {
  if (supersedes && codes.length === 0) {
    throw new StoreFaultError('expected a code to take the place of the superseded one, got none; mint one with it');
  }
  distinct('code id', codes, idOf);
}

/** Refuses a redemption that contradicts itself. @throws StoreFaultError */
export function checkRedemption({ issue, once = [], effects = [], holds = [] }: Redemption): void {
  distinct('code id', issue, idOf);
  distinct('single-use key', once, (one) => one.key);
  distinct('effect id', effects, idOf);
  distinct('hold', holds, (one) => one.key);
}

/** The `rev` of a hold that is set at `now`: never one that an older hold of the key had, though that was swept. */
export function holdRev(rev: number | null | undefined, now: number): number {
  return Math.max(now, (rev ?? 0) + 1);
}

function idOf({ id }: { readonly id: string }): string {
  return id;
}

function distinct<T>(what: string, rows: readonly T[], id: (row: T) => string): void {
  if (rows.length > 1 && new Set(rows.map(id)).size < rows.length) {
    throw new StoreFaultError(`expected each ${what} once, got one twice; make a fresh one`);
  }
}

/** The counts of a revocation, as the consequence of a verdict. */
export function revokedBy({ revokedCodes, undoing }: Revoked): Consequence {
  return { revokedCodes, undoing };
}

/** A coalesced row after one more attempt, with what that attempt came to; see `Refusal.coalesce`. */
export function grown(row: Verdict, newest: Verdict, did: Consequence): Verdict {
  const { subject: _, checks: __, consequence: before, ...rest } = row;
  const { subject, policy, snapshot, checks } = newest;
  const consequence = merged(before, did);
  return {
    ...rest,
    ...(subject !== undefined && { subject }),
    policy,
    snapshot,
    ...(checks && { checks }),
    times: row.times + newest.times,
    ...(happened(consequence) && { consequence }),
  };
}

/** The consequence of a coalesced row: counts of what died add up, what burned stays burned, the rest is the newest. */
function merged(old: Consequence | undefined, fresh: Consequence): Consequence {
  const sum = (a: number | undefined, b: number | undefined): number | undefined =>
    a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
  const revokedCodes = sum(old?.revokedCodes, fresh.revokedCodes);
  const undoing = sum(old?.undoing, fresh.undoing);
  return {
    ...old,
    ...fresh,
    ...(revokedCodes !== undefined && { revokedCodes }),
    ...(undoing !== undefined && { undoing }),
  };
}

/** Whether anything happened that is worth keeping with the verdict. */
export function happened(consequence: Consequence): boolean {
  return Object.keys(consequence).length > 0;
}
