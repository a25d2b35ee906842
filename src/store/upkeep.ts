/**
 * Upkeep: what is done to a store as a whole, seldom, by the person in charge. Beside `Store`, which is for attempts, and
 * `Registry`, which is for records. Every adapter keeps it; the contract is in `test/contract/cases/upkeep.ts`.
 */
import type { Checkpoint, Link } from './audit.ts';
import { StoreFaultError } from './errors.ts';
import type { CodeRow, EffectRow, GrantRow, HoldRow, VerdictRow } from './rows.ts';

/** The rows of each table, as a backup carries them. */
export interface Rows {
  readonly grants: GrantRow;
  readonly codes: CodeRow;
  readonly holds: HoldRow;
  readonly hits: { readonly budget: string; readonly at: number; readonly until: number };
  readonly once: { readonly key: string; readonly until: number };
  readonly effects: EffectRow;
  readonly verdicts: VerdictRow;
  readonly records: { readonly kind: string; readonly id: string; readonly rev: number; readonly body: string };
  readonly audit: Link;
  readonly checkpoints: Checkpoint;
}

/** A table's name. */
export type Table = keyof Rows;

/** All tables, in the order in which a backup has them: a grant before its codes. */
export const TABLES: readonly Table[] = [
  'grants',
  'codes',
  'holds',
  'hits',
  'once',
  'effects',
  'verdicts',
  'records',
  'audit',
  'checkpoints',
];

/** The columns of each table, in order. */
export const COLUMNS: { readonly [T in Table]: readonly (keyof Rows[T] & string)[] } = {
  grants: ['id', 'parent', 'client', 'starts', 'ends', 'state', 'ended_at', 'ended_by', 'rev', 'body'],
  codes: ['id', 'grant_id', 'starts', 'ends', 'total', 'used', 'used_at', 'state', 'next', 'generation', 'rev', 'body'],
  holds: ['key', 'until', 'rev', 'body'],
  hits: ['budget', 'at', 'until'],
  once: ['key', 'until'],
  effects: ['id', 'grant_id', 'at', 'state', 'attempts', 'next_at', 'last_error', 'rev', 'body'],
  verdicts: [
    'id',
    'at',
    'last_at',
    'subject',
    'decisive',
    'cause',
    'grant_id',
    'code_id',
    'coalesce_key',
    'times',
    'consequence',
    'body',
  ],
  records: ['kind', 'id', 'rev', 'body'],
  audit: ['chain', 'seq', 'at', 'prev', 'hash', 'body'],
  checkpoints: ['chain', 'seq', 'hash', 'at', 'signature'],
};

/** The columns of a table that a dump names. @throws StoreFaultError when there is no such table */
export function columnsOf(table: string): readonly string[] {
  if (Object.hasOwn(COLUMNS, table)) return COLUMNS[table as Table];
  throw new StoreFaultError(`expected rows of ${TABLES.join(', ')}, got rows of ${JSON.stringify(table)}`);
}

/** Some rows of one table, in the order they were written. At most `CHUNK_ROWS`. */
export type Chunk = { readonly [T in Table]: { readonly table: T; readonly rows: readonly Rows[T][] } }[Table];

/** Rows in one chunk. */
export const CHUNK_ROWS = 500;

/** What a dump begins with. */
export interface Meta {
  readonly generation: number;
  /** The store's newest time, in milliseconds. */
  readonly clock: number;
}

/** Everything, as it was at one moment. Chunks must be read to the end, or `return`ed. */
export interface Dump {
  readonly meta: Meta;
  readonly chunks: AsyncIterable<Chunk>;
}

/** What to erase. All that is given must hold. */
export interface Erasure {
  /** Verdict ids that begin so. */
  readonly verdict?: string;
  readonly grant?: string;
  /** A verdict's `subject`. */
  readonly client?: string;
  /** Who decided: the name in `by` of grants, and the verdicts of these grants. */
  readonly by?: string;
  /** Both ends included, of a verdict's `at`; with `by`, grants outside keep the name as well. */
  readonly since?: number;
  readonly until?: number;
}

/** What was erased. */
export interface Erased {
  readonly verdicts: number;
  readonly grants: number;
}

/** The name that takes the place of an erased one. */
export const ERASED = 'erased';

/** The port. */
export interface Upkeep {
  /** Reads everything, as of one moment, while others go on writing. */
  dump(): Promise<Dump>;
  /**
   * Replaces everything by a dump, all of it or nothing, and raises the generation above the dump's and the store's own:
   * every code of before, and of the dump, is refused from then on (cause `restored`). The clock never goes back.
   *
   * @returns the new generation
   */
  fill(dump: Dump): Promise<number>;
  /** Raises the generation alone, for a database that was restored by its own tools. Returns it. */
  raise(): Promise<number>;
  /**
   * Prunes the payload of verdicts: subject, source, snapshot, tree. What was decided, when, and the cause stay, and the
   * audit trail says that this row was erased. Of grants, `by` becomes `erased`; active ones are left as they are.
   */
  erase(what: Erasure): Promise<Erased>;
  /**
   * Has the newest link that this process has written signed, and keeps the checkpoint. Undefined when there is none, or
   * one covers it already. `signer` is given the text to sign and answers the signature, in any alphabet.
   */
  sign(signer: (text: string) => string): Promise<Checkpoint | undefined>;
}
