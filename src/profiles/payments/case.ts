/**
 * What the rules judge: one attempt that somebody wants to make, and what came of those before it. No card number stands in
 * it, only a fingerprint. Plain arrays and numbers: a decision looks at each past attempt a few times and at nothing else.
 */
import { at, type CodeMeaning, type Epoch, meaningOf } from './data.ts';
import type { FactKind, HoldEntry, Near, ResponseClass } from './data-types.ts';

/** An attempt that is to be made. `card` is a fingerprint (`pf_…`); names of networks and processors are those of the data. */
export interface Attempt {
  readonly merchant: string;
  readonly card: string;
  readonly amount: { readonly minor: number; readonly currency: string };
  readonly initiator: 'cardholder' | 'merchant';
  readonly network: string;
  readonly processor: string;
  /** Of the merchant: `US`, `EU`, `CA` … Not known: the strictest region's rules hold. */
  readonly region?: string;
  /** The same for every attempt to pay the same thing. */
  readonly purchase?: string;
}

/** An attempt that was sent. Times are milliseconds since the epoch, the store's clock. */
export interface Past {
  readonly near: Near;
  readonly at: number;
  /** When its answer came; the lease's end where none did. */
  readonly respondedAt?: number;
  /** Of a pending attempt: until then it may still be answered. */
  readonly leaseUntil?: number;
  readonly outcome: 'approved' | 'declined' | 'unknown' | 'pending';
  /** Field 39 of the answer, and the Mastercard advice code, in the network's own numbers. */
  readonly code?: string;
  readonly mac?: string;
  /** As it was read; where it is missing, the code says it. */
  readonly class?: ResponseClass;
  readonly purchase?: string;
}

/** Something new since a decline. */
export interface NewFact {
  readonly kind: FactKind;
  readonly at: number;
}

/** What whoever runs the gate may set. */
export interface Settings {
  /** Waiting time after a decline for funds. */
  readonly holdMs: number;
  /** May the network's own advice (retry after 1 hour) shorten `holdMs`? */
  readonly adviceMayShorten: boolean;
  /** Is the 12-hour window of Visa's old dispute rule enforced after its rule book has changed? */
  readonly samePurchase: 'warn' | 'close';
}

/** All that is judged. */
export interface PaymentsCase {
  /** The store's clock. */
  readonly now: number;
  readonly attempt: Attempt;
  /** Oldest first. What is needed of them: `keep` in `keep.ts`. */
  readonly history: readonly Past[];
  readonly settings: Settings;
  readonly newFacts?: readonly NewFact[];
  /** As many attempts of this merchant stand on the card as a gate keeps. */
  readonly full?: true;
}

/** Where nothing is set: what the data files say. */
export const DEFAULT_SETTINGS: Settings = {
  holdMs: firstStep(holdOf(at(Date.UTC(2026, 0)), 'funds')),
  adviceMayShorten: false,
  samePurchase: 'warn',
};

/** How near is a past attempt to this one? `undefined`: another card, so of no concern. */
export function nearOf(
  attempt: Attempt,
  past: Pick<Attempt, 'merchant' | 'card' | 'amount' | 'initiator'>,
): Near | undefined {
  if (past.card !== attempt.card) return undefined;
  if (past.merchant !== attempt.merchant) return 'card';
  if (past.amount.minor !== attempt.amount.minor || past.amount.currency !== attempt.amount.currency) return 'merchant';
  return past.initiator === attempt.initiator ? 'key' : 'amount';
}

/** Order of nearness: what counts for a wider circle counts everything inside of it. */
export const RANK: Readonly<Record<Near, number>> = { key: 0, amount: 1, merchant: 2, card: 3 };

/** Has the lease of an unanswered attempt not run out yet? Without one it stays in flight until somebody records it. */
export function inFlight(past: Pick<Past, 'leaseUntil'> & { readonly outcome: string }, now: number): boolean {
  return past.outcome === 'pending' && now < (past.leaseUntil ?? Number.POSITIVE_INFINITY);
}

/** When an attempt was over: its answer, or the end of its lease. */
export function overAt(past: Pick<Past, 'at' | 'respondedAt' | 'leaseUntil'>): number {
  return past.respondedAt ?? past.leaseUntil ?? past.at;
}

/** What an attempt's code means on its network. */
export function codeOf(c: PaymentsCase, past: Past, epoch: Epoch): CodeMeaning | undefined {
  return past.code === undefined ? undefined : meaningOf(epoch, c.attempt.network, past.code);
}

/** What a decline asks for. An advice code stands in where no response code came. */
export function classOf(c: PaymentsCase, past: Past, epoch: Epoch): ResponseClass {
  // What nobody knew when it came may stand in the data by now.
  if (past.class !== undefined && (past.class !== 'unknown' || past.code === undefined)) return past.class;
  if (past.code !== undefined) return codeOf(c, past, epoch)?.entry.class ?? 'unknown';
  return past.mac === undefined ? 'unknown' : (epoch.advice.get(past.mac)?.entry.class ?? 'unknown');
}

/** Did one of these facts come in after a decline? */
export function cleared(c: PaymentsCase, kinds: readonly FactKind[], past: Past): boolean {
  if (c.newFacts === undefined) return false;
  const since = overAt(past);
  return c.newFacts.some((fact) => fact.at >= since && kinds.includes(fact.kind));
}

/**
 * The attempts within a circle that stand, newest first. An approval there ends what was sent before it and was over by then;
 * an answer that comes later than the approval is news.
 *
 * @param circle rank of the widest nearness looked at
 */
export function standing(c: PaymentsCase, circle: number): readonly Past[] {
  const found: Past[] = [];
  let ended = Number.NEGATIVE_INFINITY;
  for (let i = c.history.length - 1; i >= 0; i -= 1) {
    const past = c.history[i] as Past;
    if (RANK[past.near] > circle) continue;
    if (past.outcome === 'approved') ended = Math.max(ended, overAt(past));
    else if (overAt(past) > ended) found.push(past);
  }
  return found;
}

/** The newest of those that stand for which a test holds. */
export function newest(c: PaymentsCase, circle: number, test: (past: Past) => boolean): Past | undefined {
  return standing(c, circle).find(test);
}

/** A waiting time of the data; a name that no file holds is a bug. */
export function holdOf(epoch: Epoch, id: string): HoldEntry {
  const entry = epoch.holds.get(id);
  if (entry === undefined) throw new Error(`rules data: expected a hold ${id}`);
  return entry;
}

/** The only or first waiting time of a hold. */
export function firstStep(hold: HoldEntry): number {
  return hold.stepsMs[0] as number;
}
