/**
 * Which past attempts a gate has to keep and load: with these alone every rule decides as with all of them. Of each circle
 * at most HISTORY_MAX counted attempts, the two newest of each answer that still stands, and what ends it.
 */
import { inFlight, overAt, type Past, RANK } from './case.ts';
import { HISTORY_MAX, STEPS_MAX, WINDOW_MAX_MS } from './data.ts';
import type { Near } from './data-types.ts';

const CIRCLES: readonly Near[] = ['key', 'amount', 'merchant', 'card'];

/** What it looks at. What was never sent is no history, and is not asked about. */
type Sent = Pick<Past, 'at' | 'respondedAt' | 'leaseUntil' | 'code' | 'mac' | 'class'> & { readonly outcome: string };

/**
 * What is still needed at `now` or later, in the same order.
 *
 * @param history oldest first
 * @param purchase the purchase that is to be tried: its first attempt and its approval are kept
 */
export function keep(history: readonly Past[], now: number, purchase?: string): readonly Past[] {
  const kept = new Set<Past>();
  for (const circle of CIRCLES) {
    const inside = history.filter(({ near }) => RANK[near] <= RANK[circle]);
    keepCircle(kept, inside, now);
  }
  if (purchase !== undefined)
    keepPurchase(
      kept,
      history.filter((past) => past.purchase === purchase && past.near !== 'card'),
    );
  return history.filter((past) => kept.has(past));
}

/** Adds what is needed of the attempts of one circle. */
export function keepCircle<T extends Sent>(kept: Set<T>, circle: readonly T[], now: number): void {
  const answers = new Map<string, number>();
  let counted = 0;
  let approval: T | undefined;
  for (const past of circle.toReversed()) {
    if (past.outcome === 'approved') {
      if (approval === undefined || overAt(past) > overAt(approval)) approval = past;
      continue;
    }
    const ended = approval !== undefined && overAt(past) <= overAt(approval);
    // An approval that ends nothing is asked for by no rule.
    if (ended && approval) kept.add(approval);
    // A window counts its own length, and its oldest reattempt is known by one more. Steps are counted however long they last.
    const inWindow = counted < HISTORY_MAX && now - past.at < 2 * WINDOW_MAX_MS;
    if (inWindow || (counted < STEPS_MAX && !ended) || inFlight(past, now)) kept.add(past);
    counted += 1;
    if (ended || past.outcome !== 'declined') continue;
    const answer = `${past.class ?? ''}/${past.code ?? ''}/${past.mac ?? ''}`;
    const times = answers.get(answer) ?? 0;
    if (times < 2) kept.add(past);
    answers.set(answer, times + 1);
  }
}

/** Adds what is needed of the attempts to pay one thing: the first, what paid it, and the last decline of each code. */
export function keepPurchase<T extends Sent>(kept: Set<T>, same: readonly T[]): void {
  const [first] = same;
  const paid = same.find(({ outcome }) => outcome === 'approved');
  const codes = new Map<string, T>();
  for (const past of same) if (past.outcome === 'declined') codes.set(past.code ?? '', past);
  for (const past of [first, paid, ...codes.values()]) if (past !== undefined) kept.add(past);
}
