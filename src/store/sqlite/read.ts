/** Reading: one attempt's case in one snapshot, and lists for people. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Code, Grant, Hold } from '../../core/model.ts';
import { rowsOf } from '../bounds.ts';
import { closed } from '../errors.ts';
import type { Ask, Listing, Loaded, Query } from '../port.ts';
import {
  type CodeRow,
  type EffectRow,
  type GrantRow,
  toCode,
  toEffect,
  toGrant,
  toVerdict,
  type VerdictRow,
} from '../rows.ts';

/**
 * Prepares loading. All loads that arrive in one turn of the event loop share one snapshot, other processes' writes
 * included: opening and closing a read transaction costs as much as reading a case.
 */
export function loader(db: DatabaseSync, tick: (floor: number) => number): (ask: Ask) => Promise<Loaded> {
  const begin = db.prepare('BEGIN');
  const commit = db.prepare('COMMIT');
  const meta = db.prepare('SELECT generation, clock, records FROM meta');
  const read = reader(db);
  let waiting: {
    readonly ask: Ask;
    readonly resolve: (loaded: Loaded) => void;
    readonly reject: (e: unknown) => void;
  }[] = [];

  function together(): void {
    const asked = waiting;
    waiting = [];
    try {
      if (!db.isOpen) throw closed();
      begin.run();
      const { generation, clock, records } = meta.get() as { generation: number; clock: number; records: number };
      const moment = { now: tick(clock), generation, records };
      const answers = asked.map(({ ask }) => ({ ...moment, ...read(ask) }));
      for (const [i, { resolve }] of asked.entries()) resolve(answers[i] as Loaded);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    } finally {
      if (db.isOpen && db.isTransaction) commit.run();
    }
  }

  return (ask) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(together);
      waiting.push({ ask, resolve, reject });
    });
}

/** Prepares reading one case inside a snapshot. */
function reader(db: DatabaseSync): (ask: Ask) => Omit<Loaded, 'now' | 'generation' | 'records'> {
  const codeOf = db.prepare('SELECT * FROM codes WHERE id = ?');
  const grantOf = db.prepare('SELECT * FROM grants WHERE id = ?');
  const grantAt = db.prepare('SELECT * FROM grants WHERE rowid = ?');
  const holdOf = db.prepare('SELECT key, until, rev FROM holds WHERE key = ?');
  const onceTaken = db.prepare('SELECT 1 FROM once WHERE key = ?');
  return (ask) => {
    const codes = new Map<string, Code>();
    const grants = new Map<string, Grant>();
    const holds = new Map<string, Hold>();
    const once = new Set<string>();
    const readGrant = (id: string): void => {
      if (grants.has(id)) return;
      const row = grantOf.get(id) as unknown as GrantRow | undefined;
      if (row) grants.set(id, toGrant(row));
    };
    const readCode = (id: string): Code | undefined => {
      const known = codes.get(id);
      if (known) return known;
      const row = codeOf.get(id) as unknown as (CodeRow & { readonly grant_no: number }) | undefined;
      if (!row) return undefined;
      const code = toCode(row);
      codes.set(id, code);
      if (!grants.has(code.grant)) grants.set(code.grant, toGrant(grantAt.get(row.grant_no) as unknown as GrantRow));
      return code;
    };
    for (const id of ask.codes ?? []) {
      const next = readCode(id)?.next;
      if (next !== undefined) readCode(next);
    }
    for (const id of ask.grants ?? []) readGrant(id);
    for (const key of ask.holds ?? []) {
      const row = holdOf.get(key) as unknown as Hold | undefined;
      if (row) holds.set(key, { key, until: row.until, rev: row.rev });
    }
    for (const key of ask.once ?? []) if (onceTaken.get(key)) once.add(key);
    return { codes, grants, holds, once };
  };
}

interface Source<T> {
  readonly table: string;
  /** The time that `since` and `until` look at. */
  readonly time: string;
  readonly order: string;
  readonly grant: string;
  readonly client: string;
  readonly toValue: (row: never) => T;
}

const GRANT_NO = '(SELECT rowid FROM grants WHERE id = $grant)';
const NOS_OF_CLIENT = 'grant_no IN (SELECT rowid FROM grants WHERE client = $client)';
const IDS_OF_CLIENT = 'grant_id IN (SELECT id FROM grants WHERE client = $client)';
const WRITTEN = 'rowid DESC';

const SOURCES: { readonly [K in keyof Listing]: Source<Listing[K]> } = {
  verdicts: {
    table: 'verdicts',
    time: 'at',
    order: 'at DESC, rowid DESC',
    // Nearly always the first; the second finds what names a grant that was not kept when it was written.
    grant: `(grant_no = ${GRANT_NO} OR (grant_no IS NULL AND grant_id = $grant))`,
    client: 'subject = $client',
    toValue: toVerdict as (row: VerdictRow) => Listing['verdicts'],
  },
  codes: {
    table: 'codes',
    time: 'starts',
    order: WRITTEN,
    grant: `grant_no = ${GRANT_NO}`,
    client: NOS_OF_CLIENT,
    toValue: toCode as (row: CodeRow) => Listing['codes'],
  },
  grants: {
    table: 'grants',
    time: 'starts',
    order: WRITTEN,
    grant: '(id = $grant OR parent = $grant)',
    client: 'client = $client',
    toValue: toGrant as (row: GrantRow) => Listing['grants'],
  },
  effects: {
    table: 'effects',
    time: 'at',
    order: WRITTEN,
    grant: 'grant_id = $grant',
    client: IDS_OF_CLIENT,
    toValue: toEffect as (row: EffectRow) => Listing['effects'],
  },
};

/** Prepares listing. The statements are as many as there are combinations of filters, each prepared at first use. */
export function finder(db: DatabaseSync): <K extends keyof Listing>(kind: K, query: Query) => Listing[K][] {
  const prepared = new Map<string, StatementSync>();
  return (kind, query) => {
    const source = SOURCES[kind];
    const where: string[] = [];
    const values: Record<string, SQLInputValue> = { $limit: rowsOf(query.limit) };
    const filter = (value: SQLInputValue | undefined, name: string, sql: string): void => {
      if (value === undefined) return;
      where.push(sql);
      values[`$${name}`] = value;
    };
    // A range, not LIKE: nothing in an id is a wildcard, and the index on `id` serves it.
    filter(query.id, 'id', 'id >= $id');
    filter(query.id === undefined ? undefined : `${query.id}\u{10ffff}`, 'idEnd', 'id < $idEnd');
    filter(query.grant, 'grant', source.grant);
    filter(query.client, 'client', source.client);
    filter(kind === 'verdicts' ? query.cause : undefined, 'cause', '(cause = $cause OR decisive = $cause)');
    filter(query.since, 'since', `${source.time} >= $since`);
    filter(query.until, 'until', `${source.time} <= $until`);
    const all = where.length > 0 ? `WHERE ${where.join(' AND ')}` : '';
    const sql = `SELECT * FROM ${source.table} ${all} ORDER BY ${source.order} LIMIT $limit`;
    let statement = prepared.get(sql);
    if (!statement) {
      statement = db.prepare(sql);
      prepared.set(sql, statement);
    }
    return statement.all(values).map((row) => source.toValue(row as never));
  };
}
