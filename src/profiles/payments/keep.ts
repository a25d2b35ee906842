/**
 * Which past attempts a gate has to keep and load: with these alone every rule decides as with all of them. At most
 * HISTORY_MAX counted attempts a circle, and the two newest of each answer that still stands.
 */
import { inFlight, type Past, RANK } from './case.ts';
import { HISTORY_MAX, WINDOW_MAX_MS } from './data.ts';
import type { Near } from './data-types.ts';

const CIRCLES: readonly Near[] = ['key', 'amount', 'merchant', 'card'];

/**
 * What is still needed at `now` or later, in the same order.
 *
 * @param history oldest first
 * @param purchase the purchase that is to be tried: its first attempt and its approval are kept
 */
export function keep(history: readonly Past[], now: number, purchase?: string): readonly Past[] {
  const kept = new Set<Past>();
  for (const circle of CIRCLES) keepCircle(kept, history, RANK[circle], now);
  if (purchase !== undefined) {
    const same = history.filter((past) => past.purchase === purchase && past.near !== 'card');
    const paid = same.find(({ outcome }) => outcome === 'approved');
    for (const past of [same[0], paid, ...declinedOnce(same)]) if (past !== undefined) kept.add(past);
  }
  for (const past of history) if (inFlight(past, now)) kept.add(past);
  return history.filter((past) => kept.has(past));
}

function keepCircle(kept: Set<Past>, history: readonly Past[], circle: number, now: number): void {
  const answers = new Map<string, number>();
  let counted = 0;
  let standing = true;
  for (let i = history.length - 1; i >= 0; i -= 1) {
    const past = history[i] as Past;
    if (RANK[past.near] > circle) continue;
    if (past.outcome === 'approved') {
      if (standing) kept.add(past);
      standing = false;
      continue;
    }
    // A window counts its own length, and its oldest reattempt is known by one more.
    if (counted < HISTORY_MAX && now - past.at < 2 * WINDOW_MAX_MS) kept.add(past);
    counted += 1;
    if (!standing || past.outcome !== 'declined') continue;
    const answer = `${past.class ?? ''}/${past.code ?? ''}/${past.mac ?? ''}`;
    const times = answers.get(answer) ?? 0;
    if (times < 2) kept.add(past);
    answers.set(answer, times + 1);
  }
}

/** The last decline of each code. */
function declinedOnce(same: readonly Past[]): readonly Past[] {
  const codes = new Map<string, Past>();
  for (const past of same) if (past.outcome === 'declined') codes.set(past.code ?? '', past);
  return [...codes.values()];
}
