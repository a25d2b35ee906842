/** Opens the file: creates it for its owner only, refuses what is not ours, switches on durability. */
import { closeSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreBusyError, StoreFaultError, StoreFileError } from '../errors.ts';
import { MIGRATIONS, migrate, versionOf } from './migrations.ts';

/** Twice SQLite's own: a verdict has some 2 KB, and of a larger page more of what is written with it is needed. */
const PAGE_BYTES = 8_192;

/** Pages in the write-ahead log before it is copied back; a larger log copies a hot page less often. */
const CHECKPOINT_PAGES = 4_000;

// SQLite result codes (sqlite.org/rescode.html), primary part.
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_CORRUPT = 11;
const SQLITE_CONSTRAINT = 19;
const SQLITE_NOTADB = 26;

/**
 * Opens or creates the database, up to date. What is committed is durable when `durable.ts` says so.
 *
 * @param busyMs how long this process waits for another that writes, now and at every BEGIN
 * @throws StoreFileError when the file is no database, not ours or newer; it is left as it is
 * @throws StoreBusyError when another process holds it for longer
 */
export function openFile(path: string, busyMs: number): DatabaseSync {
  const file = resolve(path);
  // SQLite gives `-wal` and `-shm` the mode of the main file.
  closeSync(openSync(file, 'a', 0o600));
  const db = new DatabaseSync(file, { timeout: busyMs, enableForeignKeyConstraints: false });
  try {
    untilFree(busyMs, () => {
      versionOf(db, MIGRATIONS.at(-1)?.version ?? 0);
      // Only before the first table: a file keeps the pages it was made with.
      db.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA journal_mode = WAL`);
      migrate(db);
    });
    db.exec(`
      PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA journal_size_limit = ${CHECKPOINT_PAGES * PAGE_BYTES};
      PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536; PRAGMA trusted_schema = OFF`);
    return db;
  } catch (error) {
    db.close();
    throw told(error, file, busyMs);
  }
}

/** Changing the journal mode does not wait by itself (SQLite skips the busy handler there), so the wait is here. */
function untilFree(busyMs: number, step: () => void): void {
  const end = performance.now() + busyMs;
  for (;;) {
    try {
      step();
      return;
    } catch (error) {
      const code = resultOf(error);
      if ((code !== SQLITE_BUSY && code !== SQLITE_LOCKED) || performance.now() > end) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

/** SQLite's primary result code, if the error is SQLite's. */
function resultOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

/** Says an error of SQLite in the store's own terms; any other error stays what it is. */
export function told(error: unknown, file: string, busyMs: number): unknown {
  switch (resultOf(error)) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return new StoreBusyError(
        `expected ${file} to be free within ${busyMs} ms, but another process holds it; try again`,
        {
          cause: error,
        },
      );
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return new StoreFileError(
        `expected a Counterfoil database, got a file that is none or is damaged: ${file}; name another file`,
        {
          cause: error,
        },
      );
    case SQLITE_CONSTRAINT:
      return new StoreFaultError(
        'expected fresh ids and whole numbers, got an id that is kept already or a bad number',
        {
          cause: error,
        },
      );
    default:
      return error;
  }
}
