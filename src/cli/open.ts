/** Finds the operations: the running hub's over its admin socket, else the database file's, opened in process. */
import { existsSync } from 'node:fs';
import { connectAdmin } from '../server/admin-client.ts';
import { adminPath } from '../server/admin-path.ts';
import type { Operations } from '../server/operations.ts';
import type { Store } from '../store/port.ts';
import type { Registry } from '../store/registry.ts';
import type { Environment, Opened } from './environment.ts';
import { UsageError } from './exit.ts';

/** An opened store and its registries, whichever adapter made them. */
export interface OpenedStore {
  readonly store: Store;
  readonly registry: Registry;
}

/** The store adapters; only `main.ts` may name them. */
export interface Adapters {
  openSqlite(options: { readonly path: string }): OpenedStore;
  openMemory(): OpenedStore;
}

/** The two ways to operations, over these adapters. */
export function opener(adapters: Adapters): Pick<Environment, 'open' | 'openNothing'> {
  return {
    open: async (db, create) => {
      const hub = await connectAdmin(await adminPath(db)).catch((fault: unknown) => usable(db, () => raise(fault)));
      if (hub) return { operations: hub, from: 'hub', close: async () => hub.close() };
      return create || existsSync(db)
        ? inProcess(
            usable(db, () => adapters.openSqlite({ path: db })),
            db,
            'file',
          )
        : undefined;
    },
    openNothing: () => inProcess(adapters.openMemory(), 'nothing', 'nothing'),
  };
}

async function inProcess(opened: OpenedStore, data: string, from: Opened['from']): Promise<Opened> {
  return {
    operations: await openOperations(opened, data, from === 'nothing'),
    from,
    close: () => opened.store.close(),
  };
}

/** Operations on an opened store. Loaded only here: talking to a hub needs none of it. */
async function openOperations(opened: OpenedStore, data: string, offline: boolean): Promise<Operations> {
  const [{ localOperations }, { masterKey }] = await Promise.all([
    import('../server/local.ts'),
    import('../server/keys.ts'),
  ]);
  return localOperations({
    ...opened,
    data,
    master: offline ? undefined : usable(data, () => masterKey(`${data}.key`)),
  });
}

/**
 * Opens the data, or a file beside it.
 *
 * @throws UsageError where the system says no: a folder, no folder to put it in, no permission, no room
 */
export function usable<T>(db: string, open: () => T): T {
  try {
    return open();
  } catch (fault) {
    const { code, path } = fault as NodeJS.ErrnoException;
    const came = code === undefined ? undefined : SYSTEM_SAYS[code];
    if (came === undefined) throw fault;
    throw new UsageError(`expected a database file, got ${came}: ${path ?? db}`, '--db names another file');
  }
}

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
