/** Puts a dump in the place of everything: staged in temporary tables first, so that others are held up only briefly. */
import type { PoolClient } from 'pg';
import { restoredEntry } from '../audit.ts';
import { COLUMNS, columnsOf, type Dump, type Meta, type Rows, TABLES, type Table } from '../upkeep.ts';
import { LINK, restart, type Trail } from './chain.ts';
import { type Connections, said } from './connection.ts';
import { arraysOf, column, insertInto, ORDER, parameters, unnested } from './tables.ts';

/** Tables that are filled as they are; hits become budgets. */
const PLAIN = TABLES.filter((table) => table !== 'hits');
const STAGED = [...PLAIN, 'budgets'] as const;

/** Replaces everything; answers the new generation. What the dump itself throws goes through as it is. */
export async function fill(connections: Connections, trail: Trail, newest: () => number, from: Dump): Promise<number> {
  const ours = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw said(error, connections);
    }
  };
  const client = await ours(connections.cold.connect());
  try {
    await ours(createStaged(client));
    const hits = new Map<string, { times: number[]; until: number }>();
    for await (const chunk of from.chunks) {
      columnsOf(chunk.table);
      if (chunk.table === 'hits') for (const { budget, at, until } of chunk.rows) addHit(hits, budget, at, until);
      else await ours(stage(client, chunk.table, chunk.rows as readonly Rows[typeof chunk.table][]));
    }
    await ours(stageBudgets(client, hits));
    return await ours(replaceAll(client, trail, newest, from.meta));
  } finally {
    // The temporary tables go with the connection.
    client.release(true);
  }
}

async function createStaged(client: PoolClient): Promise<void> {
  for (const table of STAGED)
    await client.query(`CREATE TEMPORARY TABLE staged_${table} (LIKE ${table} INCLUDING DEFAULTS INCLUDING IDENTITY)`);
}

function addHit(
  hits: Map<string, { times: number[]; until: number }>,
  budget: string,
  at: number,
  until: number,
): void {
  const known = hits.get(budget) ?? { times: [], until: 0 };
  known.times.push(at);
  known.until = Math.max(known.until, until);
  hits.set(budget, known);
}

async function stage<T extends Table>(client: PoolClient, table: T, rows: readonly Rows[T][]): Promise<void> {
  const into = insertInto(table).replace(`INTO ${table}`, `INTO staged_${table}`);
  const text = `${into} FROM ${unnested(table, parameters())} ORDER BY n.pos`;
  await client.query(text, arraysOf(table, rows));
}

async function stageBudgets(
  client: PoolClient,
  hits: ReadonlyMap<string, { times: number[]; until: number }>,
): Promise<void> {
  const all = [...hits];
  await client.query(
    `INSERT INTO staged_budgets (budget, times, until)
     SELECT budget, times, until FROM unnest($1::text[], $2::text[], $3::bigint[]) AS n (budget, times, until)`,
    [
      column(all, ([budget]) => budget),
      column(all, ([, { times }]) => JSON.stringify([...times].sort((a, b) => a - b))),
      column(all, ([, { until }]) => until),
    ],
  );
}

/** All rows of the staged tables in the place of ours, while nobody writes. Only meta keeps the newest of both. */
async function replaceAll(client: PoolClient, trail: Trail, newest: () => number, meta: Meta): Promise<number> {
  await client.query('BEGIN');
  await client.query('SET LOCAL statement_timeout = 0');
  await client.query(`LOCK TABLE meta, ${STAGED.join(', ')} IN EXCLUSIVE MODE`);
  for (const table of STAGED) {
    await client.query(`DELETE FROM ${table}`);
    const columns = table === 'budgets' ? 'budget, times, until' : COLUMNS[table].join(', ');
    const order = ORDER[table] ?? 'no';
    await client.query(`INSERT INTO ${table} (${columns}) SELECT ${columns} FROM staged_${table} ORDER BY ${order}`);
  }
  const { rows } = await client.query<Meta>(
    `UPDATE meta SET generation = GREATEST(generation, $1) + 1, clock = GREATEST(clock, $2, $3),
     records = records + 1 WHERE id = 1
     RETURNING generation, clock`,
    [meta.generation, meta.clock, newest()],
  );
  const { generation, clock } = rows[0] as Meta;
  const next: Trail = { ...trail };
  restart(next);
  await client.query(`INSERT INTO heads (chain, seq, hash, at) VALUES ($1, 0, '', $2)`, [next.chain, clock]);
  await client.query(LINK.text, [next.chain, clock, restoredEntry(generation)]);
  await client.query('COMMIT');
  Object.assign(trail, next);
  return generation;
}
