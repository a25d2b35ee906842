/** Another process holds the write lock: nobody waits for ever, nothing is half done, and the client hears "later". */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startHub } from '../../src/server/hub.ts';
import { deriveKeys } from '../../src/server/keys.ts';
import { StoreBusyError } from '../../src/store/errors.ts';
import { type OpenedSqlite, openSqlite } from '../../src/store/sqlite/open.ts';
import { exchangeForm, REDIRECT_URI } from '../support/outside.ts';
import { dump } from './cases/case.ts';
import { codeOf, effectOf, grantOf, verdictOf } from './fixtures.ts';
import { killStarted, type Started, startProcess, untilExist } from './processes.ts';

let folder = '';
let file = '';
let opened: OpenedSqlite;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'counterfoil-busy-'));
  file = join(folder, 'busy.db');
  opened = openSqlite({ path: file, busyMs: 50 });
});
afterEach(async () => {
  killStarted();
  await opened.close();
  rmSync(folder, { recursive: true });
});

/** Takes the lock in another process; the answer gives it back. */
async function lock(): Promise<() => Promise<void>> {
  const held = join(folder, 'held');
  const { child, ended }: Started = startProcess(join(import.meta.dirname, 'child.ts'), ['hold', file, held]);
  await untilExist([held]);
  return async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(held);
  };
}

describe('sqlite store, locked by another process', () => {
  it('every intent is refused with StoreBusyError after the wait, reading goes on, and then all is as before', async () => {
    const { store, registry } = opened;
    const grant = grantOf();
    const code = codeOf(grant.id);
    await store.mint({ grant, codes: [code] });
    const read = { grant: { id: grant.id, rev: 1 }, issue: [], now: 1 };
    await store.redeem({ ...read, effects: [effectOf(grant.id)] });
    const before = await dump(store);
    const spend = { code: code.id, rev: 1 };
    const intents: readonly (() => Promise<unknown>)[] = [
      () => store.mint({ grant: grantOf(), codes: [] }),
      () => store.redeem({ ...read, spend }),
      () => store.refuse({ now: 1, verdict: verdictOf() }),
      () => store.revoke({ target: { grant: grant.id }, cause: 'owner' }),
      () => store.claim({ limit: 1, leaseMs: 10 }),
      () => store.settle({ effect: 'ef_nobody', rev: 1, state: 'done' }),
      () => store.sweep({ before: 1 }),
      () => registry.save('setting', 's', 0, 1),
    ];
    const free = await lock();
    for (const intent of intents) await expect(intent(), String(intent)).rejects.toThrow(StoreBusyError);
    await expect(intents[0]?.()).rejects.toThrow('free within 50 ms');
    expect(await dump(store)).toEqual(before);
    expect((await store.load({ codes: [code.id] })).codes.get(code.id)).toEqual(code);
    await free();
    expect(await store.redeem({ ...read, spend })).toBe('done');
  });

  it('the hub answers 503 with Retry-After, and the same request wins when the lock is gone', async () => {
    const faults: unknown[] = [];
    const hub = await startHub({
      ...opened,
      keys: deriveKeys(randomBytes(32)),
      data: 'test',
      port: 0,
      clock: Date.now,
      onFault: (error) => faults.push(error),
    });
    try {
      await hub.operations.addApp('app', { redirectUris: [REDIRECT_URI], scopes: ['lamp:read'] });
      const body = new URLSearchParams(exchangeForm('app', await hub.operations.mint({ client: 'app' })));
      const post = () => fetch(`http://127.0.0.1:${hub.port}/token`, { method: 'POST', body });
      const free = await lock();
      const answer = await post();
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
      expect(await answer.json()).toEqual({ error: 'temporarily_unavailable' });
      expect((await fetch(`http://127.0.0.1:${hub.port}/login`)).status).toBe(200);
      await free();
      expect((await post()).status).toBe(200);
      expect(faults.length).toBeGreaterThan(0);
      for (const fault of faults) expect(fault).toBeInstanceOf(StoreBusyError);
    } finally {
      await hub.close();
    }
  });
});
