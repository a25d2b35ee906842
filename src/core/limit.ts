/**
 * Budgets of failures, as data and arithmetic: what a wrong guess costs follows from what the holder holds. Who counts
 * and where the hits are kept is the store's business; where a source waits, the server's. See
 * `docs/decisions/0017-lockout.md`.
 */
import type { HandleKind, Hold, Limit } from './model.ts';

/** The failures of a code by a holder of it: the third within 10,000 ms burns the code, because it has leaked. */
export const CODE_FAILURES: Limit = { id: 'code-failures', count: 3, inMs: 10_000, then: 'burn' };

/** Wrong strings from one source, for whatever slot: the third within 10,000 ms makes it wait for a minute. */
export const SOURCE_GUESSES: Limit = { id: 'source-guesses', count: 3, inMs: 10_000, then: { holdMs: 60_000 } };

/** Wrong strings from one source for one slot: ten in a day and it waits for a day, so pacing buys ten tries a day. */
export const SOURCE_AT_SLOT_GUESSES: Limit = {
  id: 'source-at-slot-guesses',
  count: 10,
  inMs: 86_400_000,
  then: { holdMs: 86_400_000 },
};

/** A thousand years: for good, as a number that JSON and every database keep exactly, also when a time is added. */
export const FOR_GOOD_MS = 31_556_952_000_000;

/** Wrong strings that a slot takes in its whole life, at most (as HAP's own MaxTries), and what they may come to. */
const SLOT_TRIES_MAX = 100;
const VALUES_PER_TRY = 1_000_000;

/** What people type a short code for: a seat, an accessory. It has one short code at a time. */
export interface Slot {
  /** Unique among all profiles' slots. Opened anew by the person in charge, it is another slot with another name. */
  readonly name: string;
  /** Among how many equally likely strings its codes are drawn: 10⁸ for eight digits. */
  readonly values: number;
}

/**
 * The failures of a slot in its whole life, over all of its codes. At the last one its short form is held for good: no
 * short code is judged or minted for it any more. Tries are at most a millionth of the values, and at most 100, so
 * whoever guesses is right with odds of 10⁻⁶ or less.
 *
 * @throws RangeError when the strings are too few for a single try
 */
export function slotFailures({ values }: Slot): Limit {
  const count = Math.min(SLOT_TRIES_MAX, Math.floor(values / VALUES_PER_TRY));
  if (!(count >= 1)) {
    throw new RangeError(`expected at least ${VALUES_PER_TRY} equally likely strings, got ${values}; make them longer`);
  }
  return { id: 'slot-failures', count, inMs: FOR_GOOD_MS, then: { holdMs: FOR_GOOD_MS } };
}

/**
 * A failed attempt: by somebody who held the code and failed a proof, or by somebody who did not hold it. `slot` where
 * its short code was live and open to be guessed; elsewhere there was nothing to guess.
 */
export type Failure =
  | { readonly by: 'holder'; readonly code: string }
  | { readonly by: 'stranger'; readonly slot?: Slot };

/** The budget that a failure counts against, as `Refusal.strike` takes it. */
export interface Strike {
  readonly key: string;
  readonly limit: Limit;
  readonly code?: string;
}

/** Does a holder's failure count against the code? A reference is a public number: it proves nothing, and never burns. */
const HELD: Readonly<Record<HandleKind, boolean>> = {
  opaque: true,
  bound: true,
  short: true,
  signed: true,
  reference: false,
};

/**
 * What a failure counts against; nothing, for most. Strangers can spend the budget of a slot, where a short string is
 * all that there is to guess. Nothing that strangers do counts against a code of any other kind.
 */
export function strikeOf(kind: HandleKind, failure: Failure): Strike | undefined {
  if (failure.by === 'holder') {
    const { code } = failure;
    return HELD[kind] ? { key: `code:${code}`, limit: CODE_FAILURES, code } : undefined;
  }
  const { slot } = failure;
  return kind === 'short' && slot ? { key: slotKey(slot), limit: slotFailures(slot) } : undefined;
}

/** The key of a slot's budget and hold. A redemption by a short code asserts that the hold is not there (`rev: null`). */
export function slotKey({ name }: Pick<Slot, 'name'>): string {
  return `slot:${name}`;
}

/** Must the key of this hold still wait at `now`? */
export function waits(hold: Pick<Hold, 'until'> | undefined, now: number): boolean {
  return hold !== undefined && now < hold.until;
}

/** The hits that still count at `now`: those at most `inMs` old, the edge included. */
export function recent(hits: readonly number[], now: number, limit: Limit): number[] {
  return hits.filter((at) => now - at <= limit.inMs);
}

/** Adds a failure at `now` and says whether the budget is spent. */
export function strike(hits: readonly number[], now: number, limit: Limit): { hits: number[]; tripped: boolean } {
  const kept = [...recent(hits, now, limit), now];
  return { hits: kept, tripped: kept.length >= limit.count };
}
