/**
 * Screenshots of every page, in light, dark, phone width and 4K: `node tools/look.ts <folder> [name part]`.
 * For looking, not for judging; the judging is `test/e2e/pages.test.ts`.
 */
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pageHeaders } from '../src/server/security-headers.ts';
import { launchBrowser } from '../test/support/browser.ts';
import { samplePages } from '../test/support/sample-pages.ts';

const [folder = 'look', part = ''] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

const LOOKS = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1280, height: 860 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1280, height: 860 } },
  { name: 'phone', colorScheme: 'light', viewport: { width: 390, height: 844 } },
  { name: '4k', colorScheme: 'dark', viewport: { width: 3840, height: 2160 } },
] as const;

const pages = samplePages();
const server = createServer((request, response) => {
  const page = pages[(request.url ?? '').slice(1)];
  response.writeHead(page === undefined ? 404 : 200, pageHeaders()).end(page);
});
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const browser = await launchBrowser();
for (const { name, ...look } of LOOKS) {
  const context = await browser.newContext({ ...look, javaScriptEnabled: false });
  const tab = await context.newPage();
  for (const page of Object.keys(pages).filter((p) => p.includes(part))) {
    await tab.goto(`${origin}/${page}`);
    await tab.screenshot({ path: join(folder, `${page}.${name}.png`), fullPage: true });
  }
  await context.close();
}
await browser.close();
server.close();
