/**
 * Failed sign-ins, counted where they come from. A hold is on a source, or on a source and a user together: nobody can
 * lock somebody else out from elsewhere.
 */
import { recent, strike } from '../core/limit.ts';
import type { Limit } from '../core/model.ts';
import { sourceOf } from './source.ts';

/** Five failures within 60 s for one source and user, or twenty for one source: wait 30 s. */
const SIGN_IN_LIMITS: Readonly<Record<'user' | 'source', Limit>> = {
  user: { id: 'sign-in-user', count: 5, inMs: 60_000, then: { holdMs: 30_000 } },
  source: { id: 'sign-in-source', count: 20, inMs: 60_000, then: { holdMs: 30_000 } },
};

/** Keys that are remembered; the one untouched longest is forgotten first. */
const KEYS = 20_000;

/** An attempt that may go ahead; tell how it ended exactly once. */
export interface Attempt {
  failed(): void;
  /** It was right, or was never judged: it does not count. */
  dropped(): void;
}

/** Why an attempt may not go ahead yet. */
export interface Wait {
  readonly waitMs: number;
}

/** Counts attempts. */
export interface Attempts {
  begin(source: string, user: string): Attempt | Wait;
}

interface Budget {
  hits: number[];
  until: number;
  inFlight: number;
}

/**
 * The counter of one hub, in memory. `user` is what is tried: sign-in names people, and a short code's slot is counted
 * the same way with limits of its own.
 */
export function createAttempts(
  clock: () => number,
  limits: Readonly<Record<'user' | 'source', Limit>> = SIGN_IN_LIMITS,
): Attempts {
  const budgets = new Map<string, Budget>();

  const budgetOf = (name: string): Budget => {
    const budget = budgets.get(name) ?? { hits: [], until: 0, inFlight: 0 };
    budgets.delete(name);
    budgets.set(name, budget);
    for (const old of budgets.keys()) {
      if (budgets.size <= KEYS) break;
      budgets.delete(old);
    }
    return budget;
  };

  return {
    begin(source, user) {
      const now = clock();
      const from = sourceOf(source);
      const pairs = [
        [budgetOf(JSON.stringify([from])), limits.source],
        [budgetOf(JSON.stringify([from, user])), limits.user],
      ] as const;
      const waitMs = Math.max(...pairs.map(([budget, limit]) => waitOf(budget, limit, now)));
      if (waitMs > 0) return { waitMs };
      for (const [budget] of pairs) budget.inFlight++;
      const done = (failed: boolean): void => {
        for (const [budget, limit] of pairs) {
          budget.inFlight--;
          if (failed) count(budget, limit, clock());
        }
      };
      return { failed: () => done(true), dropped: () => done(false) };
    },
  };
}

/** Attempts still being judged count too, or a burst would get past the limit while the first hash is computed. */
function waitOf(budget: Budget, limit: Limit, now: number): number {
  if (budget.until > now) return budget.until - now;
  budget.hits = recent(budget.hits, now, limit);
  return budget.hits.length + budget.inFlight >= limit.count ? 1_000 : 0;
}

function count(budget: Budget, limit: Limit, now: number): void {
  const { hits, tripped } = strike(budget.hits, now, limit);
  // After the wait the person has all tries again; what is held off is the rate.
  budget.hits = tripped ? [] : hits;
  if (tripped && limit.then !== 'burn') budget.until = now + limit.then.holdMs;
}
