/** Upkeep on SQLite. A dump reads on a connection of its own; a fill is staged in a file of its own first. */
import { rmSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { setImmediate as breath } from 'node:timers/promises';
import { type Chain, restoredEntry } from '../audit.ts';
import { erasedRow, type GrantRow, type VerdictRow } from '../rows.ts';
import {
  CHUNK_ROWS,
  type Chunk,
  COLUMNS,
  columnsOf,
  type Dump,
  ERASED,
  type Erased,
  type Erasure,
  type Meta,
  TABLES,
  type Table,
  type Upkeep,
} from '../upkeep.ts';
import { MIGRATIONS, migrate } from './migrations.ts';
import type { Queue } from './queue.ts';
import type { Inserts } from './tables.ts';

/** Tables that name their grant by its row number too. */
const NUMBERED: ReadonlySet<Table> = new Set(['codes', 'verdicts']);

/** Builds the upkeep of an open file. */
export function sqliteUpkeep(db: DatabaseSync, file: string, queue: Queue, chain: Chain, insert: Inserts): Upkeep {
  const raise = db.prepare('UPDATE meta SET generation = generation + 1 RETURNING generation');
  const keepCheckpoint = db.prepare('INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?)');
  return {
    dump: async () => dump(file),
    async fill(from) {
      const staged = `${file}.restore-${process.pid}`;
      try {
        await stage(staged, from);
        return await queue.submit((moment) => {
          replaceAll(db, staged, { generation: moment.generation, clock: moment.now });
          const { generation } = raise.get() as { generation: number };
          chain.restart();
          chain.note(restoredEntry(generation));
          return generation;
        });
      } finally {
        if (db.isOpen && attached(db)) db.exec('DETACH staged');
        for (const end of ['', '-journal', '-wal', '-shm']) rmSync(staged + end, { force: true });
      }
    },
    raise: () =>
      queue.submit(() => {
        const { generation } = raise.get() as { generation: number };
        chain.note(restoredEntry(generation));
        return generation;
      }),
    erase: (what) => erase(db, queue, insert, what),
    sign: (signer) =>
      queue.submit(({ now }) => {
        const checkpoint = chain.sign(now, signer);
        if (!checkpoint) return undefined;
        const { chain: name, seq, hash, at, signature } = checkpoint;
        keepCheckpoint.run(name, seq, hash, at, signature);
        return checkpoint;
      }),
  };
}

function dump(file: string): Dump {
  const reader = new DatabaseSync(file, { readOnly: true });
  reader.exec('BEGIN');
  const meta = reader.prepare('SELECT generation, clock FROM meta').get() as unknown as Meta;
  async function* chunks(): AsyncGenerator<Chunk> {
    try {
      for (const table of TABLES) {
        const columns = COLUMNS[table].join(', ');
        const page = reader.prepare(
          `SELECT rowid AS no, ${columns} FROM ${table} WHERE rowid > ? ORDER BY rowid LIMIT ${CHUNK_ROWS}`,
        );
        for (let after = 0; ; ) {
          const rows = (page.all(after) as { no: number }[]).map(({ no, ...row }) => {
            after = no;
            return row;
          });
          if (rows.length === 0) break;
          yield { table, rows } as unknown as Chunk;
          await breath();
        }
      }
    } finally {
      reader.close();
    }
  }
  return { meta, chunks: chunks() };
}

/** Writes a dump to a fresh file of our schema. Nothing depends on it before it is whole, so it need not be durable. */
async function stage(path: string, { meta, chunks }: Dump): Promise<void> {
  rmSync(path, { force: true });
  const db = new DatabaseSync(path);
  try {
    db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF');
    migrate(db, MIGRATIONS);
    db.prepare('UPDATE meta SET generation = ?, clock = ?').run(meta.generation, meta.clock);
    for await (const { table, rows } of chunks) {
      const names = columnsOf(table);
      const grantNo = NUMBERED.has(table) ? ', (SELECT rowid FROM grants WHERE id = ?)' : '';
      const into = db.prepare(`INSERT INTO ${table} VALUES (${names.map(() => '?').join(', ')}${grantNo})`);
      db.exec('BEGIN');
      for (const row of rows as readonly unknown[] as readonly Record<string, SQLInputValue>[]) {
        const values = names.map((name) => row[name] ?? null);
        into.run(...values, ...(grantNo === '' ? [] : [row['grant_id'] ?? null]));
      }
      db.exec('COMMIT');
      await breath();
    }
  } finally {
    db.close();
  }
}

/** Inside a transaction: all rows of `staged` in the place of ours. Only meta keeps the newest of both. */
function replaceAll(db: DatabaseSync, staged: string, { generation, clock }: Meta): void {
  db.prepare('ATTACH ? AS staged').run(staged);
  for (const table of TABLES) {
    db.exec(`DELETE FROM main.${table}`);
    const columns = [...COLUMNS[table], ...(NUMBERED.has(table) ? ['grant_no'] : [])].join(', ');
    db.exec(
      `INSERT INTO main.${table} (rowid, ${columns}) SELECT rowid, ${columns} FROM staged.${table} ORDER BY rowid`,
    );
  }
  db.prepare(
    `UPDATE main.meta SET generation = max(?, (SELECT generation FROM staged.meta)),
     clock = max(?, (SELECT clock FROM staged.meta)), records = records + 1`,
  ).run(generation, clock);
}

function attached(db: DatabaseSync): boolean {
  return db.prepare(`SELECT 1 FROM pragma_database_list WHERE name = 'staged'`).get() !== undefined;
}

/** In bounded steps, so that nobody waits long behind it. */
async function erase(db: DatabaseSync, queue: Queue, insert: Inserts, what: Erasure): Promise<Erased> {
  const { where, values } = filters(what);
  const page = db.prepare(
    `SELECT rowid AS no, * FROM verdicts WHERE rowid > $after AND ${where} ORDER BY rowid LIMIT ${CHUNK_ROWS}`,
  );
  let verdicts = 0;
  for (let after: number | undefined = 0; after !== undefined; ) {
    const from: number = after;
    after = await queue.submit(() => {
      const rows = page.all({ ...values, $after: from }) as unknown as (VerdictRow & { no: number })[];
      for (const row of rows) {
        const pruned = erasedRow(row);
        if (!pruned) continue;
        insert.verdictAgain(pruned, 'erased');
        verdicts += 1;
      }
      return rows.at(-1)?.no;
    });
  }
  return { verdicts, grants: await eraseDecider(db, queue, what) };
}

function filters({ verdict, grant, client, by, since, until }: Erasure): {
  readonly where: string;
  readonly values: Record<string, SQLInputValue>;
} {
  const given: readonly (readonly [value: SQLInputValue | undefined, name: string, sql: string])[] = [
    [verdict, 'verdict', 'id >= $verdict'],
    [verdict === undefined ? undefined : `${verdict}\u{10ffff}`, 'verdictEnd', 'id < $verdictEnd'],
    [grant, 'grant', 'grant_id = $grant'],
    [client, 'client', 'subject = $client'],
    [by, 'by', `grant_no IN (SELECT rowid FROM grants WHERE body ->> 'by' = $by)`],
    [since, 'since', 'at >= $since'],
    [until, 'until', 'at <= $until'],
  ];
  const some = given.filter(([value]) => value !== undefined);
  return {
    where: ['1', ...some.map(([, , sql]) => sql)].join(' AND '),
    values: Object.fromEntries(some.map(([value, name]) => [`$${name}`, value ?? null])),
  };
}

async function eraseDecider(db: DatabaseSync, queue: Queue, { by, since, until, grant }: Erasure): Promise<number> {
  if (by === undefined) return 0;
  const decided = db.prepare(
    `SELECT id, body FROM grants WHERE body ->> 'by' = ? AND starts >= ? AND starts <= ? AND (? IS NULL OR id = ?)`,
  );
  const rename = db.prepare('UPDATE grants SET body = ? WHERE id = ?');
  const [from, to] = [since ?? 0, until ?? Number.MAX_SAFE_INTEGER];
  return queue.submit(() => {
    const rows = decided.all(by, from, to, grant ?? null, grant ?? null) as unknown as Pick<GrantRow, 'id' | 'body'>[];
    for (const { id, body } of rows) rename.run(JSON.stringify({ ...JSON.parse(body), by: ERASED }), id);
    return rows.length;
  });
}
