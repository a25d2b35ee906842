/** Finds the operations: the running hub's over its admin socket, else the database's, opened in process. */
import { existsSync } from 'node:fs';
import { connectAdmin } from '../server/admin-client.ts';
import { adminPath } from '../server/admin-path.ts';
import { databaseName, expectReadable, isPostgres } from '../server/database.ts';
import type { Operations } from '../server/operations.ts';
import type { Store } from '../store/port.ts';
import type { Registry } from '../store/registry.ts';
import type { Upkeep } from '../store/upkeep.ts';
import type { Environment } from './environment.ts';
import { UsageError } from './exit.ts';

/** An opened store and its registries, whichever adapter made them. */
export interface OpenedStore {
  readonly store: Store;
  readonly registry: Registry;
  readonly upkeep: Upkeep;
}

/** An opened database, and the master key that belongs to it. */
export interface OpenedData extends OpenedStore {
  readonly master: Uint8Array;
}

/** The store adapters; only `main.ts` may name them. */
export interface Adapters {
  openSqlite(options: { readonly path: string }): OpenedStore;
  openPostgres(options: { readonly url: string }): Promise<OpenedStore>;
  openMemory(): OpenedStore;
}

/** The two ways to operations, over these adapters, and the way to the data alone. */
export interface Opener extends Pick<Environment, 'open' | 'openNothing'> {
  /** Opens the database, made where it is missing, whether a hub serves it or not. */
  openData(db: string): Promise<OpenedData>;
}

/** Makes them. `env` holds what `main.ts` found there. */
export function opener(adapters: Adapters, env: Environment['env']): Opener {
  const openData = (db: string): Promise<OpenedData> =>
    isPostgres(db) ? openShared(adapters, db, env) : openOwn(adapters, db, env);
  return {
    openData,
    open: async (db, create) => {
      expectReadable(db);
      const hub = await connectAdmin(await adminPath(db)).catch((fault: unknown) => usable(db, () => raise(fault)));
      if (hub) return { operations: hub, from: 'hub', close: async () => hub.close() };
      if (!create && !isPostgres(db) && !existsSync(db)) return undefined;
      const opened = await openData(db);
      return {
        operations: await openOperations(opened, databaseName(db), opened.master, env),
        from: 'file',
        close: () => opened.store.close(),
      };
    },
    openNothing: async () => {
      const opened = adapters.openMemory();
      return {
        operations: await openOperations(opened, 'nothing', undefined, env),
        from: 'nothing',
        close: () => opened.store.close(),
      };
    },
  };
}

/** A file, and its key beside it. */
async function openOwn({ openSqlite }: Adapters, db: string, env: Environment['env']): Promise<OpenedData> {
  const { masterKey } = await import('../server/keys.ts');
  const opened = usable(db, () => openSqlite({ path: db }));
  return orClosed(opened, async () => ({ ...opened, master: usable(db, () => masterKey(`${db}.key`, env)) }));
}

/** A server's database, which others may have open as well: all of them need the same key. */
async function openShared({ openPostgres }: Adapters, db: string, env: Environment['env']): Promise<OpenedData> {
  expectReadable(db);
  const { expectSameKey, masterKey } = await import('../server/keys.ts');
  const master = masterKey(undefined, env);
  const opened = await openPostgres({ url: db }).catch((fault: unknown) => raise(unopened(fault)));
  return orClosed(opened, async () => {
    await expectSameKey(opened.registry, master);
    return { ...opened, master };
  });
}

async function orClosed<T>({ store }: OpenedStore, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (fault) {
    await store.close();
    throw fault;
  }
}

/** Operations on an opened store. Loaded only here: talking to a hub needs none of it. */
async function openOperations(
  opened: OpenedStore,
  data: string,
  master: Uint8Array | undefined,
  env: Environment['env'],
): Promise<Operations> {
  const { localOperations } = await import('../server/local.ts');
  const issuer = env['COUNTERFOIL_ISSUER'];
  return localOperations({ ...opened, data, master, ...(issuer && { issuer }) });
}

/**
 * Opens the data, or a file beside it.
 *
 * @throws UsageError where the system says no: a folder, no folder to put it in, no permission, no room
 */
function usable<T>(db: string, open: () => T): T {
  try {
    return open();
  } catch (fault) {
    const { code, path } = fault as NodeJS.ErrnoException;
    const came = code === undefined ? undefined : SYSTEM_SAYS[code];
    if (came === undefined) throw fault;
    throw new UsageError(`expected a database file, got ${came}: ${path ?? db}`, '--db names another file');
  }
}

/** What the adapter of a server says when it cannot open, as a mistake that a person can mend; a fault of ours stays one. */
function unopened(fault: unknown): unknown {
  const { name, message } = fault as Error;
  const hint = name === 'StoreFaultError' && !message.includes('package pg') ? undefined : SERVER_HINTS.get(name);
  return hint === undefined ? fault : new UsageError(message, hint);
}

const SERVER_HINTS: ReadonlyMap<string, string> = new Map([
  ['StoreBusyError', 'is the server running, and are its host and port right? COUNTERFOIL_DB names it'],
  ['StoreFileError', 'COUNTERFOIL_DB names the database, with user and password'],
  ['StoreFaultError', 'only PostgreSQL needs it; a SQLite file needs nothing: --db ./counterfoil.db'],
]);

function raise(fault: unknown): never {
  throw fault;
}

const SYSTEM_SAYS: Readonly<Record<string, string>> = {
  EISDIR: 'a folder',
  ENOENT: 'a path in a folder that does not exist (make it first)',
  ENOTDIR: 'a path through something that is no folder',
  EACCES: 'one that this user may not open',
  EPERM: 'one that this user may not open',
  EROFS: 'one on a read-only disk',
  ENOSPC: 'a full disk',
  ELOOP: 'links that lead in a circle',
  ENAMETOOLONG: 'a name that is too long',
};
