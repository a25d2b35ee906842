/** Connections: the optional driver, two bounded pools, their settings, and what an error of the server means. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase, Pool, PoolConfig } from 'pg';
import { StoreBusyError, StoreFaultError, StoreFileError } from '../errors.ts';

/** How to connect. */
export interface ConnectionOptions {
  readonly url: string;
  readonly schema: string;
  /** Connections in all. */
  readonly connections: number;
  /** How long one statement may take on the server, and how long to go on trying, in milliseconds. */
  readonly busyMs: number;
  /** How long to wait for a connection, in milliseconds. */
  readonly connectMs: number;
}

/**
 * Two pools, so that people who list never stand in the way of a redemption: `hot` for attempts, `cold` for lists,
 * records and upkeep.
 */
export interface Connections {
  readonly hot: Pool;
  readonly cold: Pool;
  /** Host, port and database; never the password. */
  readonly where: string;
  readonly busyMs: number;
  end(): Promise<void>;
}

/** A statement that the server prepares once on each connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Connections for attempts: one for each lane, two that load. */
const HOT = 4;
/** SQL type `int8`. Times and counts are below 2^53. */
const INT8 = 20;

/** Makes the pools; nothing is connected yet. @throws StoreFaultError when `pg` is not installed */
export async function connections(options: ConnectionOptions): Promise<Connections> {
  const pg = await driver();
  const { url, connections, busyMs, connectMs } = options;
  const config: PoolConfig = {
    connectionString: url,
    application_name: 'counterfoil',
    connectionTimeoutMillis: connectMs,
    // The server ends a statement in time; this one is for a server that says nothing at all any more.
    query_timeout: busyMs + 2_000,
    keepAlive: true,
    types: { getTypeParser: (oid: number, format) => (oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) },
  };
  const { host, port, database } = new pg.Client(config);
  const pool = (max: number, settings: string): Pool => {
    // `pg` waits for the hook, which its types do not say.
    const onConnect = (client: ClientBase): Promise<unknown> => {
      client.on('error', ignore);
      return client.query(
        `SET search_path TO ${quoted(options.schema)}; SET statement_timeout = ${busyMs}; ${settings}`,
      );
    };
    const made = new pg.Pool({ ...config, max, onConnect: onConnect as (client: ClientBase) => void });
    return made.on('error', ignore);
  };
  const hotMax = Math.max(1, Math.min(HOT, connections - 1));
  // Statements for attempts name rows by key. While a table is small and not analysed, the planner would rather read it
  // whole, and would keep that plan while the table grows.
  const hot = pool(hotMax, 'SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET jit = off');
  const cold = pool(Math.max(1, connections - hotMax), 'SET jit = off');
  const end = async (): Promise<void> => {
    await Promise.all([hot.end(), cold.end()]);
  };
  return { hot, cold, where: `${host}:${port}/${database}`, busyMs, end };
}

async function driver(): Promise<typeof import('pg')> {
  try {
    return (await import('pg')).default as unknown as typeof import('pg');
  } catch (cause) {
    throw new StoreFaultError('expected the package pg, which PostgreSQL needs, found none; run: npm install pg', {
      cause,
    });
  }
}

/** A lost idle connection is replaced when it is needed; a lost busy one fails its query, which is where it is dealt with. */
function ignore(): void {}

/** An identifier in SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Runs a prepared statement. */
export async function rowsOf<T>(client: ClientBase | Pool, statement: Statement, values: unknown[]): Promise<T[]> {
  const { rows } = await client.query({ ...statement, values });
  return rows as T[];
}

/** The SQLSTATE of an error, where it is the server's. */
export function stateOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('severity' in error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether the server said no to a statement in good order: then nothing of it was committed. */
export function wasRefused(error: unknown): boolean {
  return stateOf(error) !== undefined && (error as { severity?: unknown }).severity === 'ERROR';
}

/**
 * What to do about an error. `again`: somebody else was in the way (or a plan is out of date). `lost`: no server, or one
 * that goes, comes up, has no room or only reads. `slow`: it took longer than allowed. `fault`: nothing that time mends.
 */
export type Trouble = 'again' | 'lost' | 'slow' | 'fault';

/** An unmet race that is seen by us rather than by the server: run the transaction again. */
export class RunAgain extends Error {}

// SQLSTATE (postgresql.org/docs/current/errcodes-appendix.html).
const AGAIN: ReadonlySet<string> = new Set(['40001', '40P01', '55P03', '26000']);
const LOST = /^(08|53|57P0|25006|58)/;
const STATEMENT_TIMEOUT = '57014';
const CACHED_PLAN = '0A000';

/** What we throw ourselves; every other error without an SQLSTATE is of the connection. */
const OURS = [TypeError, RangeError, StoreFaultError, StoreFileError] as const;

/** Tells what to do about an error. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof RunAgain) return 'again';
  const state = stateOf(error);
  if (state === undefined) {
    return OURS.some((kind) => error instanceof kind) || !(error instanceof Error) ? 'fault' : 'lost';
  }
  if (AGAIN.has(state)) return 'again';
  if (LOST.test(state)) return 'lost';
  if (state === STATEMENT_TIMEOUT) return 'slow';
  if (state === CACHED_PLAN && (error as Error).message.includes('cached plan')) return 'again';
  return 'fault';
}

/**
 * Whether a connection can be used again after an error: after a conflict or a fault, not when the server is going, only
 * reads since a fail-over, or has forgotten what we prepared.
 */
export function isUsableAfter(error: unknown): boolean {
  const state = stateOf(error);
  return state === undefined ? troubleOf(error) !== 'lost' : /^(22|23|40)/.test(state);
}

/** Waits before trying again: a few milliseconds, later up to a quarter of a second, never two nodes in step. */
export async function pause(tries: number): Promise<void> {
  await sleep(Math.random() * Math.min(250, 5 * 2 ** Math.min(tries, 8)));
}

/** Reads, and reads again while there is trouble that time mends, until `busyMs` are over. */
export async function reading<T>({ busyMs, where }: Connections, read: () => Promise<T>): Promise<T> {
  const end = performance.now() + busyMs;
  for (let tries = 0; ; tries++) {
    try {
      return await read();
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble === 'fault') throw told(error);
      if (trouble === 'slow' || performance.now() > end) throw busy(error, where, busyMs);
    }
    await pause(tries);
  }
}

/** What is thrown when time did not mend it. */
export function busy(cause: unknown, where: string, busyMs: number): StoreBusyError {
  return new StoreBusyError(
    `expected the database at ${where} to answer within ${busyMs} ms, but it did not; try again in a moment`,
    { cause },
  );
}

/** Says an error that ends an undertaking. */
export function said(error: unknown, { where, busyMs }: Pick<Connections, 'where' | 'busyMs'>): unknown {
  return troubleOf(error) === 'fault' ? told(error) : busy(error, where, busyMs);
}

/** Says an error of the server in the store's own terms; any other error stays what it is. */
export function told(error: unknown): unknown {
  const state = stateOf(error) ?? '';
  if (/^(22|23)/.test(state)) {
    return new StoreFaultError('expected fresh ids and whole numbers, got an id that is kept already or a bad number', {
      cause: error,
    });
  }
  if (/^(28|3D|42501|3F)/.test(state)) {
    const say = (error as Error).message;
    return new StoreFileError(`expected a database and a role that may use it, got: ${say}; correct the URL`, {
      cause: error,
    });
  }
  return error;
}
