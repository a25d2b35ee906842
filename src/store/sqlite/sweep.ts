/**
 * Forgetting, in small transactions, so that nobody waits long behind it. It walks each table once by row number,
 * which needs no index on the way of a redemption.
 */
import type { DatabaseSync } from 'node:sqlite';
import { type Chain, sweptEntry } from '../audit.ts';
import type { Moment } from '../clock.ts';

/** Rows looked at in one transaction. */
const STEP = 2_000;

/** Where a sweep stands: which table, and the row number it has come to. */
export interface Place {
  readonly table: number;
  readonly after: number;
  /** When the sweep began: what it notes in the trail itself is not swept, however far in the future `before` is. */
  readonly started?: number;
}

/** Where every sweep begins. */
export const START: Place = { table: 0, after: 0 };

/** What one step forgot, and where to go on; no `next` at the end. */
export interface Step {
  readonly forgotten: number;
  readonly next?: Place;
}

/** What goes, and when. Hits, holds and the audit trail are bookkeeping and are not counted in the answer. */
const TABLES = [
  { name: 'once', time: 'until', goes: 'now', counted: true },
  { name: 'codes', time: 'ends', goes: 'rows', counted: true },
  { name: 'verdicts', time: 'last_at', goes: 'rows', counted: true },
  { name: 'hits', time: 'until', goes: 'now', counted: false },
  { name: 'holds', time: 'until', goes: 'rows', counted: false },
  { name: 'audit', time: 'at', goes: 'trail', counted: false },
  { name: 'checkpoints', time: 'at', goes: 'trail', counted: false },
] as const;

/** Tables whose rows the audit trail would miss. */
const TRAILED: ReadonlySet<string> = new Set(['verdicts', 'audit']);

/** Prepares a step of a sweep: one stretch of one table. */
export function sweeper(db: DatabaseSync, chain: Chain): (place: Place, before: number, moment: Moment) => Step {
  const tables = TABLES.map(({ name, time, goes, counted }) => ({
    end: db.prepare(
      `SELECT max(rowid) AS last FROM (SELECT rowid FROM ${name} WHERE rowid > ? ORDER BY rowid LIMIT ?)`,
    ),
    forget: db.prepare(`DELETE FROM ${name} WHERE rowid > ? AND rowid <= ? AND ${time} < ?`),
    goes,
    counted,
    trailed: TRAILED.has(name),
  }));
  return ({ table, after, started }, before, { now }) => {
    const one = tables[table];
    if (!one) return { forgotten: 0 };
    const since = started ?? now;
    const until = { now, rows: before, trail: Math.min(before, since) };
    const { last } = one.end.get(after, STEP) as { last: number | null };
    if (last === null) return { forgotten: 0, next: { table: table + 1, after: 0, started: since } };
    const { changes } = one.forget.run(after, last, until[one.goes]);
    if (changes > 0 && one.trailed) chain.note(sweptEntry(before));
    return { forgotten: one.counted ? Number(changes) : 0, next: { table, after: last, started: since } };
  };
}
