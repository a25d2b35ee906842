/** Where the hubs of a soak keep everything, as words that a child process can be given. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rowsOf } from '../contract/processes.ts';
import { newServer, type Server, serverFolder } from './servers.ts';

/** One database: a file, or a server's address. */
export type Target =
  | { readonly store: 'sqlite'; readonly path: string }
  | { readonly store: 'postgres'; readonly url: string };

/** A database that a test made, with a way past the store: no limit on rows, no help from the code under test. */
export interface Place {
  readonly target: Target;
  /** Reads with plain SQL that every store understands; parameters are `$1`, `$2` ... */
  rows<T extends object>(sql: string, ...values: string[]): Promise<T[]>;
  /** Whether the database itself says that it is whole, where it can. */
  isWhole?(): Promise<boolean>;
  remove(): Promise<void>;
}

/** Makes an empty database. */
export type MakePlace = () => Promise<Place>;

/** A SQLite file in a folder of its own. */
export async function sqlitePlace(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-soak-'));
  const path = join(folder, 'soak.db');
  const rows = async <T extends object>(sql: string, ...values: string[]): Promise<T[]> =>
    rowsOf<T>(path, sql.replaceAll(/\$(\d)/g, '?$1'), ...values);
  return {
    target: { store: 'sqlite', path },
    rows,
    async isWhole() {
      const said = await rows<{ integrity_check: string }>('PRAGMA integrity_check');
      return said.length === 1 && said[0]?.integrity_check === 'ok';
    },
    async remove() {
      rmSync(folder, { recursive: true });
    },
  };
}

/** A PostgreSQL server of its own. */
export interface PostgresPlace extends Place {
  readonly server: Server;
}

/** Makes one with these programs. */
export async function postgresPlace(bin: string): Promise<PostgresPlace> {
  const folder = serverFolder();
  const server = await newServer(bin, folder.path, 'data');
  return {
    target: { store: 'postgres', url: server.url },
    server,
    rows: (sql, ...values) => server.sql(sql, ...values),
    async remove() {
      await server.stop('fast');
      folder.remove();
    },
  };
}
