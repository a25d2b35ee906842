/** Upkeep on PostgreSQL. A dump reads one snapshot on a connection of its own; for the way back see `fill.ts`. */
import type { PoolClient } from 'pg';
import type { Grant } from '../../core/model.ts';
import { erasedEntry, restoredEntry } from '../audit.ts';
import { erasedRow, type GrantRow, type VerdictRow } from '../rows.ts';
import {
  CHUNK_ROWS,
  type Chunk,
  COLUMNS,
  type Dump,
  ERASED,
  type Erased,
  type Erasure,
  type Meta,
  TABLES,
  type Upkeep,
} from '../upkeep.ts';
import { HEAD, signed, type Trail } from './chain.ts';
import { type Connections, reading, said } from './connection.ts';
import { fill } from './fill.ts';
import { column, givenRow, keepable, ORDER } from './tables.ts';
import type { Transaction } from './transaction.ts';

type Submit = <T>(run: (tx: Transaction) => Promise<T>) => Promise<T>;

const RAISE = {
  name: 'counterfoil-raise',
  text: 'UPDATE meta SET generation = generation + 1 WHERE id = 1 RETURNING generation',
};
const CHECKPOINT = {
  name: 'counterfoil-checkpoint',
  text: 'INSERT INTO checkpoints (chain, seq, hash, at, signature) VALUES ($1, $2, $3, $4, $5)',
};

/** Builds the upkeep. `submit` runs a transaction, `opened` throws once the store is closed. */
export function postgresUpkeep(
  connections: Connections,
  trail: Trail,
  newest: () => number,
  opened: () => void,
  submit: Submit,
): Upkeep {
  return {
    async dump() {
      opened();
      return dump(connections);
    },
    async fill(from) {
      opened();
      return fill(connections, trail, newest, from);
    },
    raise: () =>
      submit(async (tx) => {
        const [row] = await tx.all<{ generation: number }>(RAISE, []);
        const generation = row?.generation ?? 0;
        tx.note(restoredEntry(generation));
        return generation;
      }),
    erase: (what) => erase(connections, submit, what),
    sign: async (signer) => {
      const checkpoint = await submit(async (tx) => {
        const [head] = await tx.all<{ seq: number; hash: string }>(HEAD, [trail.chain]);
        const made = signed(trail, head, tx.moment.now, signer);
        if (made) await tx.all(CHECKPOINT, [made.chain, made.seq, made.hash, made.at, made.signature]);
        return made;
      });
      if (checkpoint?.chain === trail.chain) trail.signed = checkpoint.seq;
      return checkpoint;
    },
  };
}

async function dump(connections: Connections): Promise<Dump> {
  const client = await connections.cold.connect().catch((error: unknown) => {
    throw said(error, connections);
  });
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    // A person may take long to read; the snapshot costs the others nothing but space.
    await client.query('SET LOCAL statement_timeout = 0');
    const { rows } = await client.query<Meta>('SELECT generation, clock FROM meta WHERE id = 1');
    return { meta: rows[0] as Meta, chunks: chunksOf(client) };
  } catch (error) {
    client.release(true);
    throw said(error, connections);
  }
}

async function* chunksOf(client: PoolClient): AsyncGenerator<Chunk> {
  let whole = false;
  try {
    for (const table of TABLES) {
      const source = table === 'hits' ? 'budgets' : table;
      const columns = table === 'hits' ? 'budget, times, until' : COLUMNS[table].join(', ');
      await client.query(
        `DECLARE dump NO SCROLL CURSOR FOR SELECT ${columns} FROM ${source} ORDER BY ${ORDER[source] ?? 'no'}`,
      );
      for (;;) {
        const { rows } = await client.query(`FETCH ${CHUNK_ROWS} FROM dump`);
        if (rows.length === 0) break;
        const given = rows.map((row) => givenRow(row as object));
        if (table === 'hits') yield* hitChunks(given as BudgetRow[]);
        else yield { table, rows: given } as unknown as Chunk;
      }
      await client.query('CLOSE dump');
    }
    await client.query('COMMIT');
    whole = true;
  } finally {
    client.release(!whole);
  }
}

interface BudgetRow {
  readonly budget: string;
  readonly times: string;
  readonly until: number;
}

/** A budget is one row here, and a row for each hit elsewhere; each counts for as long as the newest one. */
function* hitChunks(rows: readonly BudgetRow[]): Generator<Chunk> {
  const hits = rows.flatMap(({ budget, times, until }) => {
    const all = JSON.parse(times) as number[];
    const inMs = until - (all.at(-1) ?? until);
    return all.map((at) => ({ budget, at, until: at + inMs }));
  });
  for (let from = 0; from < hits.length; from += CHUNK_ROWS)
    yield { table: 'hits', rows: hits.slice(from, from + CHUNK_ROWS) };
}

const ERASE = {
  name: 'counterfoil-erase',
  text: `UPDATE verdicts SET subject = n.subject, coalesce_key = n.coalesce_key, body = n.body
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS n (id, subject, coalesce_key, body) WHERE verdicts.id = n.id`,
};
const RENAME = {
  name: 'counterfoil-rename',
  text: 'UPDATE grants SET body = n.body FROM unnest($1::text[], $2::text[]) AS n (id, body) WHERE grants.id = n.id',
};

/** In bounded steps, so that nobody waits long behind it. */
async function erase(connections: Connections, submit: Submit, what: Erasure): Promise<Erased> {
  const { by, grant, since = 0, until = Number.MAX_SAFE_INTEGER } = what;
  const decided = by === undefined ? undefined : await decidedBy(connections, by);
  const grants = decided?.map(({ id }) => id);
  let verdicts = 0;
  for (let after: string | undefined = ''; after !== undefined; ) {
    const from: string = after;
    const step = await submit((tx) => eraseStep(tx, what, grants, from));
    verdicts += step.erased;
    after = step.last;
  }
  const meant = (decided ?? []).filter(
    (row) => row.starts >= since && row.starts <= until && (grant ?? row.id) === row.id,
  );
  for (let from = 0; from < meant.length; from += CHUNK_ROWS) {
    const some = meant.slice(from, from + CHUNK_ROWS);
    const renamed = (row: GrantRow): string => JSON.stringify({ ...JSON.parse(row.body), by: ERASED });
    await submit((tx) => tx.all(RENAME, [column(some, ({ id }) => id), column(some, renamed)]));
  }
  return { verdicts, grants: meant.length };
}

/** The grants that somebody decided. Read whole: nothing else asks for them by this. */
async function decidedBy(connections: Connections, by: string): Promise<GrantRow[]> {
  const decided: GrantRow[] = [];
  for (let after = ''; ; ) {
    const text = `SELECT ${COLUMNS.grants.join(', ')} FROM grants WHERE id > $1 ORDER BY id LIMIT ${CHUNK_ROWS}`;
    const { rows } = await reading(connections, () => connections.cold.query({ text, values: [after] }));
    const last = rows.at(-1) as GrantRow | undefined;
    if (!last) return decided;
    after = last.id;
    decided.push(...(rows as GrantRow[]).map(givenRow).filter(({ body }) => (JSON.parse(body) as Grant).by === by));
  }
}

async function eraseStep(
  tx: Transaction,
  { verdict, grant, client, since, until }: Erasure,
  grants: readonly string[] | undefined,
  after: string,
): Promise<{ erased: number; last: string | undefined }> {
  const where: string[] = [];
  const values: unknown[] = [];
  const filter = (value: unknown, sql: string): void => {
    if (value === undefined) return;
    values.push(typeof value === 'string' ? keepable(value) : value);
    where.push(`${sql}$${values.length}`);
  };
  filter(after, 'id > ');
  filter(verdict, 'id >= ');
  filter(verdict === undefined ? undefined : `${verdict}\u{10ffff}`, 'id < ');
  filter(grant, 'grant_id = ');
  filter(client, 'subject = ');
  filter(since, 'at >= ');
  filter(until, 'at <= ');
  if (grants) where.push(`grant_id = ANY($${values.push(grants.map(keepable))})`);
  const { rows } = await tx.client.query<VerdictRow>(
    `SELECT ${COLUMNS.verdicts.join(', ')} FROM verdicts WHERE ${where.join(' AND ')} ORDER BY id LIMIT ${CHUNK_ROWS}
     FOR NO KEY UPDATE`,
    values,
  );
  const pruned = rows.flatMap((row) => erasedRow(givenRow(row)) ?? []);
  if (pruned.length > 0) {
    const names = ['id', 'subject', 'coalesce_key', 'body'] as const;
    await tx.all(
      ERASE,
      names.map((name) => column(pruned, (row) => row[name])),
    );
    for (const row of pruned) tx.note(erasedEntry(row));
  }
  return { erased: pruned.length, last: rows.at(-1)?.id };
}
