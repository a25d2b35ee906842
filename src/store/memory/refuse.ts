/** Refusals: appended, counted and acted upon. Nothing here depends on a `rev`. */
import { recent } from '../../core/limit.ts';
import type { Consequence } from '../../core/verdict.ts';
import { budgetOf, grown, happened, hitsKept, holdRev, revokedBy } from '../bounds.ts';
import type { Moment } from '../clock.ts';
import type { Refusal, Refused } from '../port.ts';
import { toVerdict, verdictRow } from '../rows.ts';
import { revokeGrant } from './revoke.ts';
import { expectFresh, noteVerdict, type Tables } from './tables.ts';

/** Keeps a refusal and does what it asks for. */
export function refuse(tables: Tables, refusal: Refusal, moment: Moment): Refused {
  const { verdict, coalesce, revokes } = refusal;
  const older = coalesce === undefined ? undefined : tables.verdicts.get(tables.coalesced.get(coalesce) ?? '');
  if (!older) expectFresh(tables.verdicts, [verdict.id]);

  const struck = strike(tables, refusal, moment);
  const died = revokes && revokeGrant(tables, revokes.grant, revokes.cause, moment);
  const consequence = { ...struck, ...(died?.found && revokedBy(died)) };
  if (older) {
    const lastAt = Math.max(older.last_at, verdict.at);
    noteVerdict(tables, verdictRow(grown(toVerdict(older), verdict, consequence), { coalesce, lastAt }));
    return { verdict: older.id, consequence };
  }
  noteVerdict(tables, verdictRow(verdict, { coalesce, ...(happened(consequence) && { consequence }) }));
  if (coalesce !== undefined) tables.coalesced.set(coalesce, verdict.id);
  return { verdict: verdict.id, consequence };
}

/** Counts a failure against its budget and lets the limit act. */
function strike(tables: Tables, refusal: Refusal, { now }: Moment): Consequence {
  if (!refusal.strike) return {};
  const { key, limit, code } = refusal.strike;
  const at = refusal.now;
  const budget = budgetOf(refusal.strike);
  const before = recent(tables.hits.get(budget)?.times ?? [], at, limit);
  const times = [...before, at].sort((a, b) => a - b).slice(-hitsKept(limit));
  tables.hits.set(budget, { times, inMs: limit.inMs });
  const hits = times.length;
  if (hits < limit.count) return { hits };
  if (limit.then !== 'burn') return { hits, ...hold(tables, key, limit.then.holdMs, at, now) };
  const target = code === undefined ? undefined : tables.codes.get(code);
  const unspent = target?.state === 'live' && (target.total === null || target.used < target.total);
  if (!target || !unspent) return { hits };
  tables.codes.set(target.id, { ...target, state: 'burned', rev: target.rev + 1 });
  return { hits, burned: true };
}

function hold(tables: Tables, key: string, holdMs: number, at: number, now: number): Consequence {
  const held = tables.holds.get(key);
  if (held && at < held.until) return { heldUntil: held.until };
  const until = at + holdMs;
  tables.holds.set(key, { ...held, key, until, rev: holdRev(held?.rev, now) });
  return { heldUntil: until };
}
