/**
 * The real hub, with all its routes, on the store named on its command line.
 *
 *   node counterfoil.ts memory | sqlite FILE | postgres URL SCHEMA
 */
import { createHash } from 'node:crypto';
import { startHub } from '../../src/server/hub.ts';
import { deriveKeys } from '../../src/server/keys.ts';
import type { Store } from '../../src/store/port.ts';
import type { Registry } from '../../src/store/registry.ts';
import { type Counted, servePeer } from './child.ts';
import { MINT_BATCH, mintBatch } from './mint.ts';
import { CLIENT_ID, REDIRECT_URI, SCOPE } from './setting.ts';

interface Opened {
  readonly store: Store;
  readonly registry: Registry;
  readonly counters?: Counted;
}

async function openStore(kind: string | undefined, where: string, schema: string): Promise<Opened> {
  if (kind === 'memory') return (await import('../../src/store/memory/open.ts')).openMemory();
  if (kind === 'sqlite') return (await import('../../src/store/sqlite/open.ts')).openSqlite({ path: where });
  if (kind === 'postgres')
    return (await import('../../src/store/postgres/open.ts')).openPostgres({ url: where, schema });
  throw new Error(`expected memory, sqlite or postgres, got ${kind}`);
}

const [kind, where = '', schema = ''] = process.argv.slice(2);
const { store, registry, counters } = await openStore(kind, where, schema);
// Several nodes on one database need one key; nothing here is worth keeping secret.
const keys = deriveKeys(createHash('sha256').update('bench').digest());
const onFault = (fault: unknown): void => console.error(fault);
const hub = await startHub({ store, registry, keys, data: where, port: 0, shared: kind === 'postgres', onFault });
if (!(await hub.operations.listApps()).some((app) => app.id === CLIENT_ID)) {
  await hub.operations.addApp(CLIENT_ID, { redirectUris: [REDIRECT_URI], scopes: [SCOPE] });
}

async function mint(count: number): Promise<readonly string[]> {
  const codes: string[] = [];
  while (codes.length < count) {
    codes.push(...(await mintBatch(hub.oauth, Math.min(MINT_BATCH, count - codes.length))));
  }
  return codes;
}

servePeer({ port: hub.port, mint, counters });
