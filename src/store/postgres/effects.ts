/** The outbox: leases of effects, and how they went. */
import type { Effect } from '../../core/model.ts';
import { rowsOf } from '../bounds.ts';
import type { Settlement } from '../port.ts';
import { type EffectRow, toEffect } from '../rows.ts';
import { givenRow, keepable } from './tables.ts';
import type { Transaction } from './transaction.ts';

const CLAIM = {
  name: 'counterfoil-claim',
  // What another node is leasing at this moment is its own.
  text: `WITH waiting AS MATERIALIZED (
  SELECT id, next_at AS waited, no FROM effects WHERE state IN ('due', 'undoing') AND next_at <= $1
  ORDER BY next_at, no LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED),
leased AS (
  UPDATE effects e SET next_at = $3, attempts = e.attempts + 1, rev = e.rev + 1 FROM waiting w WHERE e.id = w.id
  RETURNING e.id, e.grant_id, e.at, e.state, e.attempts, e.next_at, e.last_error, e.rev, e.body, w.waited, w.no)
SELECT id, grant_id, at, state, attempts, next_at, last_error, rev, body FROM leased ORDER BY waited, no`,
};
const FINISH = {
  name: 'counterfoil-finish',
  text: `UPDATE effects SET state = $1, last_error = $2, rev = rev + 1 WHERE id = $3 AND rev = $4 AND state = $5 RETURNING 1`,
};
const RETRY = {
  name: 'counterfoil-retry',
  text: `UPDATE effects SET next_at = $1, last_error = $2, rev = rev + 1
WHERE id = $3 AND rev = $4 AND state IN ('due', 'undoing') RETURNING 1`,
};

/** Leases effects, the longest waiting first. The end of the lease is `nextAt`, its proof is the raised `rev`. */
export async function claim(
  tx: Transaction,
  { limit, leaseMs }: { limit: number; leaseMs: number },
): Promise<Effect[]> {
  const { now } = tx.moment;
  const rows = await tx.all<EffectRow>(CLAIM, [now, rowsOf(limit), now + leaseMs]);
  return rows.map((row) => toEffect(givenRow(row)));
}

/** Settles an effect. Only a due effect can be done, and only one that is being undone can be undone. */
export async function settle(tx: Transaction, settlement: Settlement): Promise<boolean> {
  const { effect, rev, state, nextAt, error } = settlement;
  const said = error === undefined ? null : keepable(error);
  const rows =
    state === 'retry'
      ? await tx.all(RETRY, [nextAt ?? tx.moment.now, said, keepable(effect), rev])
      : await tx.all(FINISH, [state, said, keepable(effect), rev, state === 'done' ? 'due' : 'undoing']);
  return rows.length > 0;
}
