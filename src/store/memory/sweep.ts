/** Forgetting. Hits and holds are the store's own bookkeeping and are not counted in the answer. */
import { sweptEntry } from '../audit.ts';
import type { Moment } from '../clock.ts';
import type { Tables } from './tables.ts';

/** Forgets what is past keeping; answers how many single-use keys, codes and verdicts went. */
export function sweep(tables: Tables, before: number, { now }: Moment): number {
  let forgotten = 0;
  forgotten += drop(tables.once, (until) => until < now);
  forgotten += drop(tables.codes, (code) => code.until < before);
  for (const { coalesce_key: coalesce, last_at: lastAt } of tables.verdicts.values()) {
    if (coalesce !== null && lastAt < before) tables.coalesced.delete(coalesce);
  }
  const verdicts = drop(tables.verdicts, ({ last_at: lastAt }) => lastAt < before);
  forgotten += verdicts;
  const trail = Math.min(before, now);
  const links = dropOld(tables.links, trail);
  dropOld(tables.checkpoints, trail);
  if (verdicts + links > 0) tables.chain.note(sweptEntry(before));
  drop(tables.hits, ({ times, inMs }) => (times.at(-1) ?? 0) + inMs < now);
  drop(tables.holds, ({ until }) => until < before);
  return forgotten;
}

function drop<T>(table: Map<string, T>, gone: (row: T) => boolean): number {
  const before = table.size;
  for (const [key, row] of table) if (gone(row)) table.delete(key);
  return before - table.size;
}

function dropOld(rows: { readonly at: number }[], before: number): number {
  const young = rows.filter(({ at }) => at >= before);
  const gone = rows.length - young.length;
  if (gone > 0) rows.splice(0, rows.length, ...young);
  return gone;
}
