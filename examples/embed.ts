/**
 * A hub inside a program of your own: its store, its keys, one application, and a look at every refusal.
 *
 *   node examples/embed.ts
 */
import { randomBytes } from 'node:crypto';
import { deriveKeys, startHub } from '../src/server/index.ts';
import { openMemory } from '../src/store/index.ts';

const opened = openMemory();
const hub = await startHub({
  ...opened,
  keys: deriveKeys(randomBytes(32)),
  data: 'memory',
  port: 0,
  onVerdict: ({ ok, subject, decisive, cause }) => {
    if (!ok) console.log(`refused ${subject ?? 'somebody'}: ${decisive}, ${cause}`);
  },
});

await hub.operations.addApp('my_app_123', { redirectUris: ['com.myapp:/callback'], scopes: ['lamp:read'] });
const minted = await hub.operations.mint({ client: 'my_app_123' });

const body = new URLSearchParams({
  grant_type: 'authorization_code',
  code: minted.code,
  client_id: 'my_app_123',
  redirect_uri: 'com.myapp:/Callback',
  code_verifier: minted.verifier ?? '',
});
const response = await fetch(`${hub.issuer}/token`, { method: 'POST', body });
console.log(response.status, await response.json());

await hub.close();
await opened.store.close();
