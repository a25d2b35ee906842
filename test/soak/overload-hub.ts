/**
 * The hub under load, in a process of its own: `node overload-hub.ts FILE LIMITS`, over a channel. LIMITS is JSON, null
 * for a limit that is off. It says its port; a number asks for so many fresh codes, `stop` ends it.
 */
import { randomBytes } from 'node:crypto';
import { mintAuthorization } from '../../src/profiles/oauth/mint.ts';
import { startHub } from '../../src/server/hub.ts';
import { deriveKeys } from '../../src/server/keys.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { CHALLENGE, CLIENT, REDIRECT } from '../support/oauth-case.ts';

const BATCH = 500;

const [path = '', limits = '{}'] = process.argv.slice(2);
const opened = openSqlite({ path });
const hub = await startHub({
  ...opened,
  keys: deriveKeys(randomBytes(32)),
  data: path,
  port: 0,
  limits: JSON.parse(limits, (_, value) => value ?? Number.POSITIVE_INFINITY),
  onFault: (error) => console.error(error),
});
await hub.operations.addApp(CLIENT, { redirectUris: [REDIRECT], scopes: ['lamp:read'] });
const decision = { by: 'ada', clientId: CLIENT, scopes: ['lamp:read'], redirectUri: REDIRECT, challenge: CHALLENGE };

async function mint(count: number): Promise<string[]> {
  const { now, generation } = await opened.store.load({});
  const one = async (): Promise<string> => {
    const { code, grant, kept } = mintAuthorization(hub.oauth, now, generation, decision);
    await opened.store.mint({ grant, codes: [kept] });
    return code;
  };
  const codes: string[] = [];
  while (codes.length < count) {
    codes.push(...(await Promise.all(Array.from({ length: Math.min(BATCH, count - codes.length) }, one))));
  }
  return codes;
}

process.on('message', (asked: number | 'stop') => {
  if (asked !== 'stop') return void mint(asked).then((codes) => process.send?.(codes));
  void hub
    .close()
    .then(() => opened.store.close())
    .then(() => process.disconnect());
});
process.send?.(hub.port);
