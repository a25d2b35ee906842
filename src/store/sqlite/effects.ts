/** The outbox: leases of effects, and how they went. */
import type { DatabaseSync } from 'node:sqlite';
import type { Effect } from '../../core/model.ts';
import { rowsOf } from '../bounds.ts';
import type { Moment } from '../clock.ts';
import type { Settlement } from '../port.ts';
import { type EffectRow, toEffect } from '../rows.ts';

/** Prepares leasing: the longest waiting first. The end of the lease is `nextAt`, its proof is the raised `rev`. */
export function claimer(db: DatabaseSync): (ask: { limit: number; leaseMs: number }, moment: Moment) => Effect[] {
  const waiting = db.prepare(
    `SELECT rowid, * FROM effects WHERE state IN ('due', 'undoing') AND next_at <= ? ORDER BY next_at, rowid LIMIT ?`,
  );
  const lease = db.prepare('UPDATE effects SET next_at = ?, attempts = attempts + 1, rev = rev + 1 WHERE rowid = ?');
  return ({ limit, leaseMs }, { now }) =>
    (waiting.all(now, rowsOf(limit)) as unknown as (EffectRow & { rowid: number })[]).map(({ rowid, ...row }) => {
      lease.run(now + leaseMs, rowid);
      return toEffect({ ...row, next_at: now + leaseMs, attempts: row.attempts + 1, rev: row.rev + 1 });
    });
}

/** Prepares settling. Only a due effect can be done, and only one that is being undone can be undone. */
export function settler(db: DatabaseSync): (settlement: Settlement, moment: Moment) => boolean {
  const finish = db.prepare(
    'UPDATE effects SET state = ?, last_error = ?, rev = rev + 1 WHERE id = ? AND rev = ? AND state = ?',
  );
  const retry = db.prepare(
    `UPDATE effects SET next_at = ?, last_error = ?, rev = rev + 1
     WHERE id = ? AND rev = ? AND state IN ('due', 'undoing')`,
  );
  return ({ effect, rev, state, nextAt, error }, { now }) => {
    const { changes } =
      state === 'retry'
        ? retry.run(nextAt ?? now, error ?? null, effect, rev)
        : finish.run(state, error ?? null, effect, rev, state === 'done' ? 'due' : 'undoing');
    return changes > 0;
  };
}
