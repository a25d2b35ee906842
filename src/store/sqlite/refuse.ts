/** Refusals: appended, counted and acted upon in one transaction. Nothing here depends on a `rev`. */
import type { DatabaseSync } from 'node:sqlite';
import type { Consequence } from '../../core/verdict.ts';
import { budgetOf, grown, happened, hitsKept, holdRev, revokedBy } from '../bounds.ts';
import type { Moment } from '../clock.ts';
import type { Refusal, Refused, Revoked } from '../port.ts';
import { toVerdict, type VerdictRow, verdictRow } from '../rows.ts';
import { type Inserts, KEEP_HOLD } from './tables.ts';

type RevokeGrant = (id: string, cause: string, moment: Moment) => Revoked;

/** Prepares refusing. */
export function refuser(
  db: DatabaseSync,
  insert: Inserts,
  revokeGrant: RevokeGrant,
): (refusal: Refusal, moment: Moment) => Refused {
  const strike = striker(db);
  const keptAs = db.prepare('SELECT * FROM verdicts WHERE coalesce_key = ?');
  return (refusal, moment) => {
    const { verdict, coalesce, revokes } = refusal;
    const struck = strike(refusal, moment);
    const died = revokes && revokeGrant(revokes.grant, revokes.cause, moment);
    const consequence = { ...struck, ...(died?.found && revokedBy(died)) };
    const kept = coalesce === undefined ? undefined : (keptAs.get(coalesce) as unknown as VerdictRow | undefined);
    if (!kept) {
      insert.verdict(verdict, { coalesce, ...(happened(consequence) && { consequence }) });
      return { verdict: verdict.id, consequence };
    }
    const lastAt = Math.max(kept.last_at, verdict.at);
    insert.verdictAgain(verdictRow(grown(toVerdict(kept), verdict, consequence), { coalesce, lastAt }), 'grown');
    return { verdict: kept.id, consequence };
  };
}

/** Counts a failure against its budget and lets the limit act; the semantics are those of `core/limit.ts`. */
function striker(db: DatabaseSync): (refusal: Refusal, moment: Moment) => Consequence {
  const prune = db.prepare('DELETE FROM hits WHERE budget = ? AND at < ?');
  const count = db.prepare('SELECT count(*) AS n FROM hits WHERE budget = ?');
  const dropOldest = db.prepare(
    'DELETE FROM hits WHERE rowid IN (SELECT rowid FROM hits WHERE budget = ? ORDER BY at, rowid LIMIT ?)',
  );
  const append = db.prepare('INSERT INTO hits VALUES (?, ?, ?)');
  const burn = db.prepare(
    `UPDATE codes SET state = 'burned', rev = rev + 1
     WHERE id = ? AND state = 'live' AND (total IS NULL OR used < total)`,
  );
  const holdOf = db.prepare('SELECT until, rev FROM holds WHERE key = ?');
  const keepHold = db.prepare(KEEP_HOLD);

  function hold(key: string, holdMs: number, at: number, now: number): Consequence {
    const held = holdOf.get(key) as { until: number; rev: number } | undefined;
    if (held && at < held.until) return { heldUntil: held.until };
    const until = at + holdMs;
    keepHold.run(key, until, holdRev(held?.rev, now), null);
    return { heldUntil: until };
  }

  return (refusal, { now }) => {
    if (!refusal.strike) return {};
    const { key, limit, code } = refusal.strike;
    const at = refusal.now;
    const budget = budgetOf(refusal.strike);
    prune.run(budget, at - limit.inMs);
    const before = (count.get(budget) as { n: number }).n;
    append.run(budget, at, at + limit.inMs);
    const surplus = before + 1 - hitsKept(limit);
    if (surplus > 0) dropOldest.run(budget, surplus);
    const hits = Math.min(before + 1, hitsKept(limit));
    if (hits < limit.count) return { hits };
    if (limit.then !== 'burn') return { hits, ...hold(key, limit.then.holdMs, at, now) };
    return { hits, ...(code !== undefined && burn.run(code).changes > 0 && { burned: true }) };
  };
}
