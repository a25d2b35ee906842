/**
 * Real PostgreSQL servers to be killed, restarted and promoted. Each runs as an unprivileged user, on 127.0.0.1, in a
 * folder of its own. Not here: fencing. A killed primary is dead, all of its processes at once, as when its machine loses
 * power.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { appendFileSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { USER, unprivileged } from './programs.ts';

/** Tests look at the tables of the store past the store. */
const SEARCH = '-c search_path=counterfoil,public';
const STANDBY = 'counterfoil_standby';

const run = promisify(execFile);

/** A running server. */
export interface Server {
  readonly port: number;
  readonly url: string;
  /** Runs one statement as the superuser, over a connection of its own. */
  sql<T extends pg.QueryResultRow>(text: string, ...values: unknown[]): Promise<T[]>;
  /** Ends all connections of others, in the midst of whatever they do; how many. */
  terminateBackends(): Promise<number>;
  /** kill -9 of all of its processes at once. */
  kill(): Promise<void>;
  /** Stops: in good order, or at once and without a checkpoint (`immediate`), so that the next start has to recover. */
  stop(mode: 'fast' | 'immediate'): Promise<void>;
  /** Starts again after a stop. */
  start(): Promise<void>;
}

/** A folder that the server's user owns; `remove` it at the end. */
export function serverFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'counterfoil-servers-'));
  own(path);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

function own(path: string): void {
  const as = unprivileged();
  if (as) chownSync(path, as.uid, as.gid);
}

/** Makes an empty cluster in `folder` and starts it. */
export async function newServer(bin: string, folder: string, name: string): Promise<Server> {
  const data = join(folder, name);
  const args = ['-D', data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  await run(join(bin, 'initdb'), args, { ...unprivileged() });
  return startServer(bin, data);
}

/** How a standby is tied to its primary: through which port, and whether the primary waits for it at every commit. */
export interface Tie {
  readonly port: number;
  readonly synchronous: boolean;
}

/** Copies a running server as its standby and starts it. */
export async function newStandby(
  bin: string,
  folder: string,
  name: string,
  primary: Server,
  { port, synchronous }: Tie,
): Promise<Server> {
  const data = join(folder, name);
  const source = `host=127.0.0.1 port=${port} user=${USER} application_name=${STANDBY}`;
  mkdirSync(data, { mode: 0o700 });
  own(data);
  const args = ['-D', data, '-d', source, '-R', '-X', 'stream', '--checkpoint=fast', '--no-sync'];
  await run(join(bin, 'pg_basebackup'), args, { ...unprivileged() });
  // Once promoted it has no standby of its own, and must not wait for one; the last line counts.
  appendFileSync(join(data, 'postgresql.auto.conf'), `synchronous_standby_names = ''\n`);
  const standby = await startServer(bin, data);
  await primary.sql(`ALTER SYSTEM SET synchronous_standby_names = '${synchronous ? STANDBY : ''}'`);
  await primary.sql('SELECT pg_reload_conf()');
  await untilTied(primary, synchronous ? 'sync' : 'async');
  return standby;
}

/** From then on, nothing is on the primary alone that was committed before; and, with `sync`, nothing that comes. */
async function untilTied(primary: Server, state: 'sync' | 'async'): Promise<void> {
  for (;;) {
    const found = await primary.sql<{ tied: boolean }>(
      `SELECT true AS tied FROM pg_stat_replication
       WHERE sync_state = $1 AND state = 'streaming' AND flush_lsn >= pg_current_wal_lsn()`,
      state,
    );
    if (found.length > 0) return;
    await sleep(50);
  }
}

/** Makes a standby the primary; resolves when it takes writes. */
export async function promote(standby: Server): Promise<void> {
  await standby.sql('SELECT pg_promote(true, 60)');
  while ((await standby.sql<{ still: boolean }>('SELECT pg_is_in_recovery() AS still'))[0]?.still) await sleep(20);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function startServer(bin: string, data: string): Promise<Server> {
  const port = await freePort();
  const url = `postgres://${USER}@127.0.0.1:${port}/postgres`;
  let server = await spawnServer(bin, data, port, url);
  const ended = (): Promise<unknown> =>
    new Promise((resolve) => {
      if (server.exitCode !== null || server.signalCode !== null) resolve(undefined);
      else server.once('exit', resolve);
    });
  return {
    port,
    url,
    sql: (text, ...values) => query(url, text, values),
    async terminateBackends() {
      const ended = await query(
        url,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
        [],
      );
      return ended.length;
    },
    async kill() {
      killAll(server.pid ?? 0);
      await ended();
    },
    async stop(mode) {
      server.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
      await ended();
    },
    async start() {
      server = await spawnServer(bin, data, port, url);
    },
  };
}

async function spawnServer(bin: string, data: string, port: number, url: string): Promise<ChildProcess> {
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'shared_buffers=64MB',
    'max_connections=60',
    'wal_retrieve_retry_interval=100ms',
  ];
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const server = spawn(join(bin, 'postgres'), args, {
    ...unprivileged(),
    cwd: data,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  server.stderr.on('data', (data) => {
    said = `${said}${data}`.slice(-4_000);
  });
  // Nobody is left behind, however this process ends.
  const end = (): void => void server.kill('SIGQUIT');
  process.once('exit', end);
  server.once('exit', () => process.off('exit', end));
  for (;;) {
    if (server.exitCode !== null) throw new Error(`a server did not start: ${said}`);
    const up = await query(url, 'SELECT 1', []).catch(() => undefined);
    if (up) return server;
    await sleep(50);
  }
}

async function query<T extends pg.QueryResultRow>(url: string, text: string, values: unknown[]): Promise<T[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, options: SEARCH });
  // A connection that dies says so twice: the query rejects as well.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(text, values)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The postmaster is held first, so that it starts nobody while its children die; each of them is its own group. */
function killAll(postmaster: number): void {
  process.kill(postmaster, 'SIGSTOP');
  for (const pid of childrenOf(postmaster)) process.kill(pid, 'SIGKILL');
  process.kill(postmaster, 'SIGKILL');
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => parentOf(pid) === parent)
    .map(Number);
}

function parentOf(pid: string): number | undefined {
  try {
    // The name before it may hold blanks and parentheses; the parent is the second field after the last of them.
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1]);
  } catch {
    return undefined;
  }
}
