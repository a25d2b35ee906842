/**
 * Opens the PostgreSQL store: one database, any number of nodes, none of which keeps anything of its own.
 *
 * A promise that resolves is as durable as the server makes a commit: `synchronous_commit` is left as it is there (on,
 * unless somebody changed it), and with a synchronous standby it includes that one.
 */
import type { Store } from '../port.ts';
import type { Registry } from '../registry.ts';
import type { Upkeep } from '../upkeep.ts';
import { connections, said } from './connection.ts';
import { migrate } from './migrations.ts';
import type { Counters, Step } from './queue.ts';
import { running } from './store.ts';

/** How to open. */
export interface PostgresOptions {
  /** `postgresql://user:password@host:port/database?…`, as libpq has it. */
  readonly url: string;
  /** The schema that everything is in; made when missing. `counterfoil` unless told. */
  readonly schema?: string;
  /** Milliseconds since the epoch; the server's clock unless told. Made monotonic, across restarts too. */
  readonly clock?: () => number;
  /** Connections in all; 8 unless told, 2 at least. */
  readonly connections?: number;
  /** Intents that may wait in a lane; 10,000 unless told. */
  readonly maxQueue?: number;
  /** Intents in one batch; 512 unless told. 1 switches group commit off. */
  readonly maxBatch?: number;
  /** Milliseconds to go on trying when the database does not answer, and for one statement; 5,000 unless told. */
  readonly busyMs?: number;
  /** Milliseconds to wait for a connection; 2,000 unless told. */
  readonly connectMs?: number;
  /** Told of each step of a batch, so that a test can kill the process exactly there. */
  readonly onStep?: (step: Step) => void;
}

/** An open database. Closing its store, or this, is the same. */
export interface OpenedPostgres {
  readonly store: Store;
  readonly registry: Registry;
  readonly upkeep: Upkeep;
  readonly counters: Readonly<Counters>;
  close(): Promise<void>;
}

/**
 * Connects, and brings the schema up to date.
 *
 * @throws StoreFaultError when the package `pg` is not installed
 * @throws StoreFileError when the schema is another application's or newer than this program, or the role may not use it
 * @throws StoreBusyError when the database does not answer
 */
export async function openPostgres(options: PostgresOptions): Promise<OpenedPostgres> {
  const { url, schema = 'counterfoil', busyMs = 5_000, connectMs = 2_000 } = options;
  const { clock, maxQueue = 10_000, maxBatch = 512, onStep } = options;
  const pools = await connections({ url, schema, busyMs, connectMs, connections: options.connections ?? 8 });
  try {
    const client = await pools.cold.connect();
    try {
      await migrate(client, schema);
    } finally {
      client.release();
    }
  } catch (error) {
    await pools.end();
    throw said(error, pools);
  }
  return running(pools, { clock, maxQueue, maxBatch, onStep });
}
