/** Finds the operations: the running hub's over its admin socket, else the database file's, opened in process. */
import { existsSync } from 'node:fs';
import { connectAdmin } from '../server/admin-client.ts';
import { adminPath } from '../server/admin-path.ts';
import type { Operations } from '../server/operations.ts';
import type { Store } from '../store/port.ts';
import type { Registry } from '../store/registry.ts';
import type { Environment, Opened } from './environment.ts';

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
      const hub = await connectAdmin(await adminPath(db));
      if (hub) return { operations: hub, from: 'hub', close: async () => hub.close() };
      return create || existsSync(db) ? inProcess(adapters.openSqlite({ path: db }), db, 'file') : undefined;
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
  return localOperations({ ...opened, data, master: offline ? undefined : masterKey(`${data}.key`) });
}
