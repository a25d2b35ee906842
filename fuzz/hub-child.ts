/**
 * A whole hub in a process of its own, on the SQLite file named by the first argument, so that what it keeps can be
 * measured apart from what attacks it. Over the channel: `look` is answered with what it keeps, `mint` with a code.
 */
import { randomBytes } from 'node:crypto';
import type { App } from '../src/profiles/oauth/app.ts';
import { mintAuthorization } from '../src/profiles/oauth/mint.ts';
import { startHub } from '../src/server/hub.ts';
import { deriveKeys } from '../src/server/keys.ts';
import { openSqlite } from '../src/store/sqlite/open.ts';
import { CHALLENGE, CLIENT, REDIRECT } from '../test/support/oauth-case.ts';
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
const app: App = {
  name: 'My App',
  type: 'public',
  authMethod: 'none',
  redirectUris: [REDIRECT],
  grantTypes: ['authorization_code', 'refresh_token'],
  scopes: [{ name: 'lamp:read', enabled: true }],
  createdAt: Date.now(),
};
await opened.registry.save('app', CLIENT, 0, app);
const { setCookie } = await hub.sessions.open('ada', undefined);

async function mint(): Promise<string> {
  const { now, generation } = await opened.store.load({});
  const decision = { by: 'ada', clientId: CLIENT, scopes: ['lamp:read'], redirectUri: REDIRECT, challenge: CHALLENGE };
  const { code, grant, kept } = mintAuthorization(hub.oauth, now, generation, decision);
  await opened.store.mint({ grant, codes: [kept] });
  return code;
}

async function look(): Promise<Look> {
  const verdicts = (await opened.store.find('verdicts', { limit: 1_000 })).length;
  const code = await mint();
  const cookie = setCookie.split(';')[0] ?? '';
  return { port: hub.port, heap: heapInUse(), rss: process.memoryUsage().rss, faults, verdicts, cookie, code };
}

process.on('message', (what) => {
  if (what === 'look') void look().then((seen) => process.send?.(seen));
  else void hub.close().then(() => opened.close().then(() => process.disconnect()));
});
process.send?.('ready');
