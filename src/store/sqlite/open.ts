/** Opens the SQLite store: one file, any number of processes, durable when a promise resolves. */
import { resolve } from 'node:path';
import { startChain } from '../audit.ts';
import { monotonic } from '../clock.ts';
import type { Store } from '../port.ts';
import type { Registry } from '../registry.ts';
import type { Upkeep } from '../upkeep.ts';
import { openDurable } from './durable.ts';
import { openFile } from './file.ts';
import { type Counters, openQueue, type QueueOptions } from './queue.ts';
import { sqliteRegistry } from './registry.ts';
import { sqliteStore } from './store.ts';
import { inserts } from './tables.ts';
import { sqliteUpkeep } from './upkeep.ts';

/** How to open. */
export interface SqliteOptions {
  /** The file; created with mode 0600 when missing. */
  readonly path: string;
  /** Milliseconds since the epoch; `Date.now` unless told. Made monotonic, across restarts too. */
  readonly clock?: () => number;
  /** Intents that may wait; 10,000 unless told. */
  readonly maxQueue?: number;
  /** Intents in one transaction; 512 unless told. 1 switches group commit off. */
  readonly maxBatch?: number;
  /** Milliseconds to wait for another process that writes; 5,000 unless told. The event loop waits as well. */
  readonly busyMs?: number;
  /** Told of each step of a transaction, so that a test can kill the process exactly there. */
  readonly onStep?: QueueOptions['onStep'];
}

/** An open file. Closing its store, or this, is the same. */
export interface OpenedSqlite {
  readonly store: Store;
  readonly registry: Registry;
  readonly upkeep: Upkeep;
  readonly counters: Readonly<Counters>;
  close(): Promise<void>;
}

/**
 * Opens or creates the file and brings it up to date.
 *
 * @throws StoreFileError when the file is no database, another application's, or newer than this program
 * @throws StoreBusyError when another process holds it for longer than `busyMs`
 */
export function openSqlite(options: SqliteOptions): OpenedSqlite {
  const { path, clock = Date.now, maxQueue = 10_000, maxBatch = 512, busyMs = 5_000, onStep } = options;
  const file = resolve(path);
  const db = openFile(file, busyMs);
  const tick = monotonic(clock);
  const chain = startChain();
  const insert = inserts(db, chain);
  const durable = openDurable(file);
  const queue = openQueue(db, file, tick, chain, durable.sync, { maxQueue, maxBatch, busyMs, onStep });
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    closing ??= queue.close();
    await closing;
    if (!db.isOpen) return;
    durable.close();
    // Answers `busy` in a row, and does not throw, when another process still reads; its own close does the rest.
    db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
    db.close();
  };
  return {
    store: sqliteStore(db, queue, tick, chain, insert, close),
    registry: sqliteRegistry(db, queue),
    upkeep: sqliteUpkeep(db, file, queue, chain, insert),
    counters: queue.counters,
    close,
  };
}
