/**
 * The tool as a program: pulls the state of the lamp each minute, and says what it came to.
 *
 *   counterfoil app add bi_tool --confidential --redirect-uri http://127.0.0.1:8321/oauth/callback --scope lamp:read
 *   BI_SECRET=cfs_… node examples/bi-tool/main.ts http://localhost:5151
 */
import { createServer } from 'node:http';
import { setInterval } from 'node:timers/promises';
import { createBiTool } from './bi-tool.ts';

const EVERY_MS = 60_000;
const PORT = 8321;
const redirectUri = `http://127.0.0.1:${PORT}/oauth/callback`;
const issuer = process.argv[2] ?? 'http://localhost:5151';

/** Waits for the owner's browser, for as long as until the next run. */
async function askOwner(address: URL): Promise<URL | undefined> {
  console.log(`its owner is asked to open\n  ${address.href}`);
  const { promise, resolve } = Promise.withResolvers<URL | undefined>();
  const server = createServer((request, response) => {
    response.end('The reports go on. You can close this page.\n');
    resolve(new URL(request.url ?? '/', redirectUri));
  });
  server.listen(PORT, '127.0.0.1');
  const given = setTimeout(() => resolve(undefined), EVERY_MS);
  const answer = await promise;
  clearTimeout(given);
  server.close();
  server.closeAllConnections();
  return answer;
}

const tool = await createBiTool({
  issuer,
  clientId: 'bi_tool',
  clientSecret: process.env['BI_SECRET'] ?? '',
  redirectUri,
  askOwner,
});

console.log(JSON.stringify(await tool.run()));
for await (const _ of setInterval(EVERY_MS)) console.log(JSON.stringify(await tool.run()));
