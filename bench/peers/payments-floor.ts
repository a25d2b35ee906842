/**
 * The bare floors of the payments gate: what is left of a decision when nothing is judged and nothing can be told afterwards.
 * A card has a time until which it is closed, and that is all.
 */
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Decides about one card: is it let through? It is then closed until `until`. */
export interface Floor {
  decide(card: string, now: number, until: number): Promise<boolean>;
  close(): void;
}

/** `Map.get`, one comparison, `Map.set`; two awaits, as the gate reads and writes. */
export function mapFloor(): Floor {
  const closed = new Map<string, number>();
  const load = async (card: string): Promise<number | undefined> => closed.get(card);
  const save = async (card: string, until: number): Promise<void> => void closed.set(card, until);
  return {
    async decide(card, now, until) {
      const closedUntil = await load(card);
      if (closedUntil !== undefined && now < closedUntil) return false;
      await save(card, until);
      return true;
    },
    close: () => closed.clear(),
  };
}

interface Waiting {
  readonly decide: () => boolean;
  readonly done: (ok: boolean) => void;
}

/** Has all who wait decide in one transaction, which is synced before anybody is answered (WAL, `synchronous = FULL`). */
function groupCommit(
  path: string,
  table: string,
): { readonly db: DatabaseSync; submit(decide: () => boolean): Promise<boolean> } {
  closeSync(openSync(path, 'a', 0o600));
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; ${table}`);
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  let waiting: Waiting[] = [];
  const flush = (): void => {
    const batch = waiting;
    waiting = [];
    begin.run();
    const answers = batch.map(({ decide }) => decide());
    commit.run();
    for (const [i, { done }] of batch.entries()) done(answers[i] ?? false);
  };
  return {
    db,
    submit: (decide) =>
      new Promise((done) => {
        if (waiting.length === 0) setImmediate(flush);
        waiting.push({ decide, done });
      }),
  };
}

/** A row for each card, read and written with every decision; refusals are counted in it. */
export function sqliteFloor(path: string): Floor {
  const table = 'CREATE TABLE cards (card TEXT PRIMARY KEY, until INTEGER, refused INTEGER) STRICT, WITHOUT ROWID';
  const { db, submit } = groupCommit(path, table);
  const read = db.prepare('SELECT until FROM cards WHERE card = ?');
  const open = db.prepare('INSERT INTO cards VALUES (?, ?, 0) ON CONFLICT DO UPDATE SET until = excluded.until');
  const refuse = db.prepare('UPDATE cards SET refused = refused + 1 WHERE card = ?');
  return {
    decide: (card, now, until) =>
      submit(() => {
        const kept = read.get(card) as { until: number } | undefined;
        const ok = kept === undefined || now >= kept.until;
        if (ok) open.run(card, until);
        else refuse.run(card);
        return ok;
      }),
    close: () => db.close(),
  };
}

/** The Map, and a row appended for each decision, in a table without a key: nobody finds a card in it after a restart. */
export function sqliteLog(path: string): Floor {
  const { db, submit } = groupCommit(path, 'CREATE TABLE decisions (card TEXT, at INTEGER, ok INTEGER) STRICT');
  const insert = db.prepare('INSERT INTO decisions VALUES (?, ?, ?)');
  const closed = new Map<string, number>();
  return {
    decide: (card, now, until) =>
      submit(() => {
        const ok = now >= (closed.get(card) ?? 0);
        if (ok) closed.set(card, until);
        insert.run(card, now, ok ? 1 : 0);
        return ok;
      }),
    close: () => db.close(),
  };
}
