/** The rows in memory. A map keeps the order of writing, and changing a row leaves it in its place. */
import type { Code, Effect, Grant, Hold } from '../../core/model.ts';
import { type Chain, type Checkpoint, erasedEntry, keptEntry, type Link, startChain } from '../audit.ts';
import { StoreFaultError } from '../errors.ts';
import type { Registered } from '../registry.ts';
import type { VerdictRow } from '../rows.ts';

/** All rows of one store. */
export interface Tables {
  generation: number;
  /** The newest time of a dump that was filled in; 0 without one. */
  clock: number;
  /** Counts changes of records. */
  recordsRev: number;
  readonly grants: Map<string, Grant>;
  readonly codes: Map<string, Code>;
  readonly holds: Map<string, Hold>;
  /** Times of failures by budget, oldest first. */
  readonly hits: Map<string, { readonly times: readonly number[]; readonly inMs: number }>;
  /** Ends of single-use keys. */
  readonly once: Map<string, number>;
  readonly effects: Map<string, { readonly effect: Effect; readonly at: number }>;
  /** As rows: most are never looked at, and the trail needs the row's text anyway. */
  readonly verdicts: Map<string, VerdictRow>;
  /** Verdict ids by coalescing key. */
  readonly coalesced: Map<string, string>;
  readonly records: Map<string, Registered>;
  /** The audit trail: this process's chain, its links, the signed ones. */
  readonly chain: Chain;
  readonly links: Link[];
  readonly checkpoints: Checkpoint[];
}

/** An empty store. */
export function emptyTables(): Tables {
  return {
    generation: 1,
    clock: 0,
    recordsRev: 0,
    grants: new Map(),
    codes: new Map(),
    holds: new Map(),
    hits: new Map(),
    once: new Map(),
    effects: new Map(),
    verdicts: new Map(),
    coalesced: new Map(),
    records: new Map(),
    chain: startChain(),
    links: [],
    checkpoints: [],
  };
}

/** Writes a verdict's row, or puts another in its place, and notes it for the audit trail. */
export function noteVerdict(tables: Tables, row: VerdictRow, why: 'kept' | 'erased' = 'kept'): void {
  tables.verdicts.set(row.id, row);
  tables.chain.note(why === 'kept' ? keptEntry(row) : erasedEntry(row));
}

/** A copy that nobody can change, of plain data, without what is undefined: what the other stores would give back. */
export function kept<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(kept)) as T;
  const copy: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(value)) if (part !== undefined) copy[name] = kept(part);
  return Object.freeze(copy) as T;
}

/** Refuses an id that is kept already, before anything is written. @throws StoreFaultError */
export function expectFresh(table: ReadonlyMap<string, unknown>, ids: readonly string[]): void {
  const taken = ids.find((id) => table.has(id));
  if (taken !== undefined)
    throw new StoreFaultError(`expected a fresh id, got ${taken}, which is kept already; make a new one`);
}

/** Live, of this generation, and with a use left: what it takes to be used or superseded, besides its `rev`. */
export function usable(code: Code, generation: number): boolean {
  return code.state === 'live' && code.generation === generation && (code.total === null || code.used < code.total);
}
