/** The outbox: leases of effects, and how they went. */
import type { Effect } from '../../core/model.ts';
import { rowsOf } from '../bounds.ts';
import type { Moment } from '../clock.ts';
import type { Settlement } from '../port.ts';
import type { Tables } from './tables.ts';

/** Leases effects, the longest waiting first. The end of the lease is `nextAt`, its proof is the raised `rev`. */
export function claim(tables: Tables, ask: { limit: number; leaseMs: number }, { now }: Moment): Effect[] {
  return [...tables.effects.values()]
    .filter(({ effect }) => isOpen(effect) && effect.nextAt <= now)
    .sort((a, b) => a.effect.nextAt - b.effect.nextAt)
    .slice(0, rowsOf(ask.limit))
    .map(({ effect, at }) => {
      const leased = { ...effect, nextAt: now + ask.leaseMs, attempts: effect.attempts + 1, rev: effect.rev + 1 };
      tables.effects.set(effect.id, { effect: leased, at });
      return leased;
    });
}

/** Settles an effect. Only a due effect can be done, and only one that is being undone can be undone. */
export function settle(
  tables: Tables,
  { effect: id, rev, state, nextAt, error }: Settlement,
  { now }: Moment,
): boolean {
  const row = tables.effects.get(id);
  if (!row || row.effect.rev !== rev || !isOpen(row.effect)) return false;
  if (state !== 'retry' && row.effect.state !== (state === 'done' ? 'due' : 'undoing')) return false;
  const { lastError: _, ...rest } = row.effect;
  const outcome = state === 'retry' ? { nextAt: nextAt ?? now } : { state };
  const effect = { ...rest, ...outcome, rev: rev + 1, ...(error !== undefined && { lastError: error }) };
  tables.effects.set(id, { effect, at: row.at });
  return true;
}

function isOpen({ state }: Effect): boolean {
  return state === 'due' || state === 'undoing';
}
