/** Upkeep in memory. */
import { type Link, restoredEntry } from '../audit.ts';
import type { Moment } from '../clock.ts';
import {
  codeRow,
  effectRow,
  erasedRow,
  grantRow,
  holdRow,
  toCode,
  toEffect,
  toGrant,
  toHold,
  type VerdictRow,
} from '../rows.ts';
import {
  CHUNK_ROWS,
  type Chunk,
  columnsOf,
  ERASED,
  type Erased,
  type Erasure,
  type Rows,
  TABLES,
  type Upkeep,
} from '../upkeep.ts';
import { emptyTables, kept, noteVerdict, type Tables } from './tables.ts';

/** Builds the upkeep over `tables`. `write` runs one piece of work, `commit` writes the link that is due; both throw once closed. */
export function memoryUpkeep(
  tables: Tables,
  write: <T>(work: (moment: Moment) => T) => Promise<T>,
  commit: () => Moment,
): Upkeep {
  return {
    async dump() {
      const { now: clock, generation } = commit();
      const chunks = TABLES.flatMap((table) => chunksOf(table, allRows(tables)[table]));
      return { meta: { generation, clock }, chunks: eachOf(chunks) };
    },
    async fill(dump) {
      const fresh = emptyTables();
      for await (const chunk of dump.chunks) put(fresh, chunk);
      return write(() => {
        const generation = Math.max(tables.generation, dump.meta.generation) + 1;
        Object.assign(tables, {
          ...fresh,
          generation,
          chain: tables.chain,
          clock: dump.meta.clock,
          recordsRev: tables.recordsRev,
        });
        tables.recordsRev += 1;
        tables.chain.restart();
        tables.chain.note(restoredEntry(generation));
        return generation;
      });
    },
    raise: () =>
      write(() => {
        tables.generation += 1;
        tables.chain.note(restoredEntry(tables.generation));
        return tables.generation;
      }),
    erase: (what) => write(() => erase(tables, what)),
    async sign(signer) {
      const checkpoint = tables.chain.sign(commit().now, signer);
      if (checkpoint) tables.checkpoints.push(checkpoint);
      return checkpoint;
    },
  };
}

async function* eachOf(chunks: readonly Chunk[]): AsyncGenerator<Chunk> {
  yield* chunks;
}

function chunksOf<T extends keyof Rows>(table: T, rows: readonly Rows[T][]): Chunk[] {
  const pages = Array.from({ length: Math.ceil(rows.length / CHUNK_ROWS) }, (_, i) =>
    rows.slice(i * CHUNK_ROWS, (i + 1) * CHUNK_ROWS),
  );
  return pages.map((page) => ({ table, rows: page }) as unknown as Chunk);
}

function allRows(tables: Tables): { readonly [T in keyof Rows]: Rows[T][] } {
  return {
    grants: [...tables.grants.values()].map(grantRow),
    codes: [...tables.codes.values()].map(codeRow),
    holds: [...tables.holds.values()].map(holdRow),
    hits: [...tables.hits].flatMap(([budget, { times, inMs }]) =>
      times.map((at) => ({ budget, at, until: at + inMs })),
    ),
    once: [...tables.once].map(([key, until]) => ({ key, until })),
    effects: [...tables.effects.values()].map(({ effect, at }) => effectRow(effect, at)),
    verdicts: [...tables.verdicts.values()],
    records: [...tables.records].map(([key, { id, rev, body }]) => {
      return { kind: key.slice(0, -id.length - 1), id, rev, body: JSON.stringify(body) };
    }),
    audit: [...tables.links],
    checkpoints: [...tables.checkpoints],
  };
}

function put(tables: Tables, chunk: Chunk): void {
  columnsOf(chunk.table);
  switch (chunk.table) {
    case 'grants':
      for (const row of chunk.rows) tables.grants.set(row.id, kept(toGrant(row)));
      return;
    case 'codes':
      for (const row of chunk.rows) tables.codes.set(row.id, kept(toCode(row)));
      return;
    case 'holds':
      for (const row of chunk.rows) tables.holds.set(row.key, toHold(row));
      return;
    case 'hits':
      for (const { budget, at, until } of chunk.rows) {
        const times = [...(tables.hits.get(budget)?.times ?? []), at];
        tables.hits.set(budget, { times, inMs: until - at });
      }
      return;
    case 'once':
      for (const { key, until } of chunk.rows) tables.once.set(key, until);
      return;
    case 'effects':
      for (const row of chunk.rows) tables.effects.set(row.id, { effect: kept(toEffect(row)), at: row.at });
      return;
    case 'verdicts':
      for (const row of chunk.rows) {
        tables.verdicts.set(row.id, row);
        if (row.coalesce_key !== null) tables.coalesced.set(row.coalesce_key, row.id);
      }
      return;
    case 'records':
      for (const { kind, id, rev, body } of chunk.rows)
        tables.records.set(`${kind} ${id}`, kept({ id, rev, body: JSON.parse(body) as unknown }));
      return;
    case 'audit':
      tables.links.push(...(chunk.rows as readonly Link[]));
      return;
    case 'checkpoints':
      tables.checkpoints.push(...chunk.rows);
  }
}

function erase(tables: Tables, what: Erasure): Erased {
  let verdicts = 0;
  for (const row of tables.verdicts.values()) {
    if (!meant(tables, row, what)) continue;
    const pruned = erasedRow(row);
    if (!pruned) continue;
    if (row.coalesce_key !== null) tables.coalesced.delete(row.coalesce_key);
    noteVerdict(tables, pruned, 'erased');
    verdicts += 1;
  }
  return { verdicts, grants: eraseDecider(tables, what) };
}

function meant(tables: Tables, verdict: VerdictRow, what: Erasure): boolean {
  const { by, since = 0, until = Number.MAX_SAFE_INTEGER } = what;
  return (
    (what.verdict === undefined || verdict.id.startsWith(what.verdict)) &&
    (what.grant === undefined || verdict.grant_id === what.grant) &&
    (what.client === undefined || verdict.subject === what.client) &&
    (by === undefined || tables.grants.get(verdict.grant_id ?? '')?.by === by) &&
    verdict.at >= since &&
    verdict.at <= until
  );
}

function eraseDecider({ grants }: Tables, { by, grant, since = 0, until = Number.MAX_SAFE_INTEGER }: Erasure): number {
  if (by === undefined) return 0;
  const decided = [...grants.values()].filter(
    (one) => one.by === by && one.from >= since && one.from <= until && (grant === undefined || one.id === grant),
  );
  for (const one of decided) grants.set(one.id, kept({ ...one, by: ERASED }));
  return decided.length;
}
