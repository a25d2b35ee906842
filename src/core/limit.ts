/** Budgets of failures, as arithmetic. Who counts and where the hits are kept is the store's business. */
import type { Limit } from './model.ts';

/** The failures of a code by a holder of it: the third within 10,000 ms burns the code, because it has leaked. */
export const CODE_FAILURES: Limit = { id: 'code-failures', count: 3, inMs: 10_000, then: 'burn' };

/** The hits that still count at `now`: those at most `inMs` old, the edge included. */
export function recent(hits: readonly number[], now: number, limit: Limit): number[] {
  return hits.filter((at) => now - at <= limit.inMs);
}

/** Adds a failure at `now` and says whether the budget is spent. */
export function strike(hits: readonly number[], now: number, limit: Limit): { hits: number[]; tripped: boolean } {
  const kept = [...recent(hits, now, limit), now];
  return { hits: kept, tripped: kept.length >= limit.count };
}
