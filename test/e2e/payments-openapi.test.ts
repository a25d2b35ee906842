/** The OpenAPI document: what is in the repository is what the hub serves, and every route is in it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { openapi } from '../../src/server/payments/openapi.ts';
import { call, startPaymentsHub } from '../support/payments.ts';

const FILE = join(import.meta.dirname, '../../docs/openapi-payments.json');

it('docs/openapi-payments.json is what the shapes say now; -u writes it anew', async () => {
  const document = openapi('http://localhost:5151');
  const kept: unknown = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : undefined;
  // Compared as values: how the file is laid out is the formatter's.
  if (!isDeepStrictEqual(kept, document))
    await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(FILE);
});

it('the hub serves it without a key, for its own address, and answers at every path of it', async () => {
  const hub = await startPaymentsHub({ store: 'memory' });
  try {
    const { status, body } = await call(hub.url, 'GET', '/payments/openapi.json');
    expect(status).toBe(200);
    expect(body).toEqual(openapi(hub.hub.issuer));
    for (const [path, methods] of Object.entries(body.paths as Record<string, Record<string, unknown>>)) {
      for (const method of Object.keys(methods)) {
        const address = path.replace(/\{\w+\}/, 'at_1');
        const heard = await call(hub.url, method.toUpperCase(), address, method === 'get' ? undefined : {});
        expect([path, heard.status]).toEqual([path, 401]);
      }
    }
    const refs = [...JSON.stringify(body).matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name);
    expect([...new Set(refs)].toSorted()).toEqual(
      Object.keys(body.components.schemas)
        .filter((name) => name !== 'HoldEnded')
        .toSorted(),
    );
  } finally {
    await hub.close();
  }
});
