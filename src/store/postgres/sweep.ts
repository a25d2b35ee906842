/** Forgetting, in small transactions, so that nobody waits long behind it. It walks each table once by its key. */
import { sweptEntry } from '../audit.ts';
import type { Transaction } from './transaction.ts';

/** Rows looked at in one transaction. */
const STEP = 2_000;

/** Where a sweep stands: which table, and the key it has come to. */
export interface Place {
  readonly table: number;
  readonly after: string | number | null;
  /** When the sweep began, by the store's clock: it takes no link of its own. */
  readonly began?: number;
}

/** Where every sweep begins. */
export const START: Place = { table: 0, after: null };

/** What one step forgot, and where to go on; no `next` at the end. */
export interface Step {
  readonly forgotten: number;
  readonly next?: Place;
}

/** What goes, and when. The store's own bookkeeping is not counted in the answer. `missed` by the audit trail. */
const TABLES = [
  { name: 'once', key: 'key', time: 'until', goes: 'now', counted: true },
  { name: 'codes', key: 'id', time: 'ends', goes: 'before', counted: true },
  { name: 'verdicts', key: 'id', time: 'last_at', goes: 'before', counted: true, missed: true },
  { name: 'budgets', key: 'budget', time: 'until', goes: 'now', counted: false },
  { name: 'holds', key: 'key', time: 'until', goes: 'before', counted: false },
  { name: 'audit', key: 'no', time: 'at', goes: 'began', counted: false, missed: true },
  { name: 'checkpoints', key: 'no', time: 'at', goes: 'before', counted: false },
  // Of processes that are no more. One that lives, and has not written for so long, writes itself down anew.
  { name: 'writers', key: 'id', time: 'at', goes: 'idle', counted: false },
  { name: 'heads', key: 'chain', time: 'at', goes: 'idle', counted: false },
] as const;

/** After so long without a write, a process is taken for gone. */
const IDLE_MS = 86_400_000;

const STATEMENTS = TABLES.map(({ name, key, time }) => {
  const type = key === 'no' ? 'bigint' : 'text';
  return {
    name: `counterfoil-sweep-${name}`,
    text: `WITH stretch AS MATERIALIZED (
  SELECT ${key} AS k FROM ${name} WHERE $1::${type} IS NULL OR ${key} > $1::${type} ORDER BY ${key} LIMIT ${STEP}),
gone AS (
  DELETE FROM ${name} WHERE ${key} = ANY(ARRAY(SELECT k FROM stretch)) AND ${time} < $2 RETURNING 1)
SELECT (SELECT max(k) FROM stretch) AS last, (SELECT count(*) FROM gone) AS gone`,
  };
});

/** A step of a sweep: one stretch of one table. */
export async function sweepStep(tx: Transaction, place: Place, before: number): Promise<Step> {
  const { now } = tx.moment;
  const { table, after, began = now } = place;
  const [one, statement] = [TABLES[table], STATEMENTS[table]];
  if (!one || !statement) return { forgotten: 0 };
  const until = { now, before, began: Math.min(before, began), idle: Math.min(before, now - IDLE_MS) }[one.goes];
  const [row] = await tx.all<{ last: string | number | null; gone: number }>(statement, [after, until]);
  if (!row || row.last === null) return { forgotten: 0, next: { table: table + 1, after: null, began } };
  if (row.gone > 0 && 'missed' in one) tx.note(sweptEntry(before));
  return { forgotten: one.counted ? row.gone : 0, next: { table, after: row.last, began } };
}
