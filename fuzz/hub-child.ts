/**
 * A whole hub in a process of its own, on the SQLite file named by the first argument, so that what it keeps can be
 * measured apart from what attacks it. Over the channel: `look` is answered, anything else ends it.
 */
import { randomBytes } from 'node:crypto';
import { startHub } from '../src/server/hub.ts';
import { deriveKeys } from '../src/server/keys.ts';
import { openSqlite } from '../src/store/sqlite/open.ts';
import { freshCode, register } from '../test/soak/hub-file.ts';
import { heapInUse } from './heap.ts';

/** What a hub says of itself. */
export interface Look {
  readonly port: number;
  /** Bytes in use after a collection, and the size of the process. */
  readonly heap: number;
  readonly rss: number;
  /** What went wrong inside; strangers must not be able to make anything go wrong. */
  readonly faults: readonly string[];
  /** Rows kept of refusals (the newest 1,000 at most). */
  readonly verdicts: number;
  /** Somebody's `Cookie` header, signed in. */
  readonly cookie: string;
  /** A fresh code for the registered application, with PKCE. */
  readonly code: string;
}

const [path = ''] = process.argv.slice(2);
const opened = openSqlite({ path });
const faults: string[] = [];
const hub = await startHub({
  ...opened,
  keys: deriveKeys(randomBytes(32)),
  data: 'fuzz',
  port: 0,
  onFault: (error, where) => faults.push(`${where}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`),
});
await register(opened);
const { setCookie } = await hub.sessions.open('ada', undefined);

async function look(): Promise<Look> {
  const verdicts = (await opened.store.find('verdicts', { limit: 1_000 })).length;
  const { code } = await freshCode(hub.oauth);
  const cookie = setCookie.split(';')[0] ?? '';
  return { port: hub.port, heap: heapInUse(), rss: process.memoryUsage().rss, faults, verdicts, cookie, code };
}

process.on('message', (what) => {
  if (what === 'look') void look().then((seen) => process.send?.(seen));
  else void hub.close().then(() => opened.close().then(() => process.disconnect()));
});
process.send?.('ready');
