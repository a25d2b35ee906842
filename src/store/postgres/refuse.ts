/**
 * Refusals: all that wait, in one transaction, set by set. Nothing here depends on a `rev`. A budget's hits are one row,
 * created or locked before anything is counted, so that nodes that count at once count each other.
 */
import { recent } from '../../core/limit.ts';
import type { Consequence } from '../../core/verdict.ts';
import { keptEntry } from '../audit.ts';
import { budgetOf, grown, happened, hitsKept, holdRev, revokedBy } from '../bounds.ts';
import type { Refusal, Refused } from '../port.ts';
import { toVerdict, type VerdictRow, verdictRow } from '../rows.ts';
import { RunAgain } from './connection.ts';
import { lockFamily, revokeGrant } from './revoke.ts';
import { asGiven, column, givenRow, keepable } from './tables.ts';
import { insertVerdicts, type Transaction } from './transaction.ts';

/** A refusal and its row, written down when it was asked for. */
export interface RefusalDraft {
  readonly refusal: Refusal;
  readonly row: VerdictRow;
}

/** A refusal as a draft: a copy. */
export function refusalDraft(refusal: Refusal): RefusalDraft {
  const { verdict, coalesce, strike, revokes, now } = refusal;
  const row = verdictRow(verdict, { coalesce });
  const copy = {
    now,
    ...(coalesce !== undefined && { coalesce }),
    ...(strike && { strike }),
    ...(revokes && { revokes }),
  };
  return { refusal: structuredClone({ ...copy, verdict: toVerdict(row) }), row };
}

const BUDGETS = {
  name: 'counterfoil-budgets',
  // The update changes nothing: it locks the row, and answers it as it is now.
  text: `INSERT INTO budgets (budget, times, until) SELECT budget, '[]', 0 FROM unnest($1::text[]) AS n (budget) ORDER BY budget
ON CONFLICT (budget) DO UPDATE SET budget = excluded.budget RETURNING budget, times`,
};
const KEEP_BUDGETS = {
  name: 'counterfoil-keep-budgets',
  text: `UPDATE budgets SET times = n.times, until = n.until
FROM unnest($1::text[], $2::text[], $3::bigint[]) AS n (budget, times, until) WHERE budgets.budget = n.budget`,
};
const COALESCED = {
  name: 'counterfoil-coalesced',
  text: `SELECT id, at, last_at, subject, decisive, cause, grant_id, code_id, coalesce_key, times, consequence, body
FROM verdicts WHERE coalesce_key = ANY($1::text[]) ORDER BY coalesce_key FOR NO KEY UPDATE`,
};
const GROW = {
  name: 'counterfoil-grow',
  text: `UPDATE verdicts SET last_at = n.last_at, subject = n.subject, times = n.times, consequence = n.consequence, body = n.body
FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[])
  AS n (id, last_at, subject, times, consequence, body) WHERE verdicts.id = n.id`,
};
const BURN = {
  name: 'counterfoil-burn',
  text: `WITH locked AS MATERIALIZED (SELECT id FROM codes WHERE id = ANY($1::text[]) ORDER BY id FOR NO KEY UPDATE)
UPDATE codes SET state = 'burned', rev = rev + 1 FROM locked
WHERE codes.id = locked.id AND codes.state = 'live' AND (codes.total IS NULL OR codes.used < codes.total)
RETURNING codes.id`,
};
const HOLDS = {
  name: 'counterfoil-holds',
  // As with budgets. A new row is given its real values further down, before anybody can see it.
  text: `INSERT INTO holds (key, until, rev) SELECT key, -1, 0 FROM unnest($1::text[]) AS n (key) ORDER BY key
ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING key, until, rev`,
};
const KEEP_HOLDS = {
  name: 'counterfoil-keep-holds',
  text: `UPDATE holds SET until = n.until, rev = n.rev
FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS n (key, until, rev) WHERE holds.key = n.key`,
};

/** Keeps refusals and does what they ask for, as if one after the other. */
export async function refuseAll(tx: Transaction, drafts: readonly RefusalDraft[]): Promise<Refused[]> {
  const hits = await countHits(tx, drafts);
  const older = await coalescedRows(tx, drafts);
  for (const { refusal } of drafts) if (refusal.revokes) await lockFamily(tx, refusal.revokes.grant);
  const struck = await trip(tx, drafts, hits);
  const consequences: Consequence[] = [];
  for (const [i, { refusal }] of drafts.entries()) {
    const died = refusal.revokes && (await revokeGrant(tx, refusal.revokes.grant, refusal.revokes.cause));
    consequences.push({ ...struck[i], ...(died?.found && revokedBy(died)) });
  }
  return keepRows(tx, drafts, consequences, older);
}

/** Appends each failure to its budget; answers how many there are then, per refusal. */
async function countHits(tx: Transaction, drafts: readonly RefusalDraft[]): Promise<number[]> {
  const strikes = drafts.map(
    ({ refusal: { strike, now } }) => strike && { ...strike, at: now, budget: budgetOf(strike) },
  );
  const budgets = new Map<string, { times: number[]; until: number }>();
  for (const strike of strikes) if (strike) budgets.set(strike.budget, { times: [], until: 0 });
  if (budgets.size === 0) return drafts.map(() => 0);
  const rows = await tx.all<{ budget: string; times: string }>(BUDGETS, [[...budgets.keys()].map(keepable)]);
  for (const { budget, times } of rows) {
    const known = budgets.get(asGiven(budget));
    if (known) known.times = JSON.parse(times) as number[];
  }
  const counts = strikes.map((strike) => {
    const budget = strike && budgets.get(strike.budget);
    if (!budget) return 0;
    const { at, limit } = strike;
    budget.times = [...recent(budget.times, at, limit), at].sort((a, b) => a - b).slice(-hitsKept(limit));
    budget.until = (budget.times.at(-1) ?? 0) + limit.inMs;
    return budget.times.length;
  });
  const all = [...budgets];
  await tx.all(KEEP_BUDGETS, [
    column(all, ([budget]) => budget),
    column(all, ([, { times }]) => JSON.stringify(times)),
    column(all, ([, { until }]) => until),
  ]);
  return counts;
}

/** The rows that refusals with these coalescing keys are kept in already. */
async function coalescedRows(tx: Transaction, drafts: readonly RefusalDraft[]): Promise<Map<string, VerdictRow>> {
  const keys = new Set(drafts.flatMap(({ refusal: { coalesce } }) => (coalesce === undefined ? [] : [coalesce])));
  if (keys.size === 0) return new Map();
  const rows = await tx.all<VerdictRow>(COALESCED, [[...keys].map(keepable)]);
  return new Map(rows.map(givenRow).map((row) => [row.coalesce_key ?? '', row]));
}

/** Lets the limits act, in order; the semantics are those of `core/limit.ts`. */
async function trip(tx: Transaction, drafts: readonly RefusalDraft[], hits: readonly number[]): Promise<Consequence[]> {
  const tripped = drafts.map(({ refusal: { strike } }, i) =>
    strike && (hits[i] ?? 0) >= strike.limit.count ? strike : undefined,
  );
  const codes = tripped.flatMap((strike) =>
    strike?.limit.then === 'burn' && strike.code !== undefined ? [strike.code] : [],
  );
  const burned = new Set(
    codes.length === 0 ? [] : (await tx.all<{ id: string }>(BURN, [codes.map(keepable)])).map(({ id }) => asGiven(id)),
  );
  const hold = await holder(
    tx,
    tripped.flatMap((strike) => (strike && strike.limit.then !== 'burn' ? [strike.key] : [])),
  );
  const consequences = drafts.map(({ refusal: { strike, now } }, i): Consequence => {
    if (!strike) return {};
    const count = { hits: hits[i] ?? 0 };
    const { limit, key, code } = strike;
    if (!tripped[i]) return count;
    if (limit.then !== 'burn') return { ...count, heldUntil: hold.until(key, now, limit.then.holdMs) };
    // The first of those that tripped is the one that burned it.
    return { ...count, ...(code !== undefined && burned.delete(code) && { burned: true }) };
  });
  await hold.keep();
  return consequences;
}

interface Holder {
  /** The end of the hold in force at `at`; where there is none, one begins. */
  until(key: string, at: number, holdMs: number): number;
  keep(): Promise<void>;
}

async function holder(tx: Transaction, keys: readonly string[]): Promise<Holder> {
  const wanted = [...new Set(keys)];
  const rows =
    wanted.length === 0 ? [] : await tx.all<{ key: string; until: number; rev: number }>(HOLDS, [wanted.map(keepable)]);
  const holds = new Map(rows.map(({ key, until, rev }) => [asGiven(key), { until, rev }]));
  const begun = new Set<string>();
  return {
    until(key, at, holdMs) {
      const held = holds.get(key);
      if (held && at < held.until) return held.until;
      const until = at + holdMs;
      holds.set(key, { until, rev: holdRev(held?.rev, tx.moment.now) });
      begun.add(key);
      return until;
    },
    async keep() {
      const changed = [...holds].filter(([key]) => begun.has(key));
      if (changed.length === 0) return;
      await tx.all(KEEP_HOLDS, [
        column(changed, ([key]) => key),
        column(changed, ([, { until }]) => until),
        column(changed, ([, { rev }]) => rev),
      ]);
    },
  };
}

/** Writes the rows, each once, however many refusals it stands for. */
async function keepRows(
  tx: Transaction,
  drafts: readonly RefusalDraft[],
  consequences: readonly Consequence[],
  older: ReadonlyMap<string, VerdictRow>,
): Promise<Refused[]> {
  const fresh = new Map<string, VerdictRow>();
  const changed = new Map<string, VerdictRow>();
  const plain: VerdictRow[] = [];
  const refused = drafts.map(({ refusal: { verdict, coalesce }, row: asCame }, i): Refused => {
    const consequence = consequences[i] ?? {};
    const extras = { ...(happened(consequence) && { consequence }), coalesce };
    const row = (fresh.get(coalesce ?? '') ?? changed.get(coalesce ?? '') ?? older.get(coalesce ?? '')) as VerdictRow;
    if (coalesce === undefined || !row) {
      const first = happened(consequence) ? verdictRow(verdict, extras) : asCame;
      if (coalesce === undefined) plain.push(first);
      else fresh.set(coalesce, first);
      return { verdict: verdict.id, consequence };
    }
    const more = verdictRow(grown(toVerdict(row), verdict, consequence), {
      coalesce,
      lastAt: Math.max(row.last_at, verdict.at),
    });
    (fresh.has(coalesce) ? fresh : changed).set(coalesce, more);
    return { verdict: row.id, consequence };
  });
  const rows = [...plain, ...[...fresh].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)];
  const written = await insertVerdicts(tx, rows);
  if (written.size < rows.length) throw new RunAgain('another node began the same coalesced row meanwhile');
  await growRows(tx, [...changed.values()]);
  for (const row of [...rows, ...changed.values()]) tx.note(keptEntry(row));
  return refused;
}

async function growRows(tx: Transaction, rows: readonly VerdictRow[]): Promise<void> {
  if (rows.length === 0) return;
  const names = ['id', 'last_at', 'subject', 'times', 'consequence', 'body'] as const;
  await tx.all(
    GROW,
    names.map((name) => column(rows, (row) => row[name])),
  );
}
