/**
 * A database of version 0.2.0 (`test/vectors/hub-0.2.0.db.gz`, made by that version), when the lamp was simulated: it opens,
 * and what apps were given there they have on the real lamp.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { JWK } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LAMP } from '../../src/protocols/hap/accessory/lamp.ts';
import { pairSetup } from '../../src/protocols/hap/controller.ts';
import { heldPairings } from '../../src/server/accessories/holders.ts';
import { type Hub, startHub } from '../../src/server/hub.ts';
import { deriveKeys } from '../../src/server/keys.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { appPairings, directSession } from '../support/lamp.ts';

const VECTORS = join(import.meta.dirname, '../vectors');
const { master, pairings } = JSON.parse(readFileSync(join(VECTORS, 'hub-0.2.0.json'), 'utf8')) as {
  master: string;
  pairings: { id: string; grant: string; secretJwk: JWK }[];
};
const [first, second] = pairings;
const alive = pairings.slice(0, 2).map(({ id, secretJwk }) => ({ id, key: secretJwk.x }));

let folder: string;
let opened: Awaited<ReturnType<typeof openSqlite>>;
let hub: Hub;
const faults: unknown[] = [];

async function start(): Promise<void> {
  opened = openSqlite({ path: join(folder, 'hub.db') });
  const keys = deriveKeys(createHash('sha256').update(master).digest());
  hub = await startHub({ ...opened, keys, data: 'test', port: 0, onFault: (error) => faults.push(error) });
}
async function stop(): Promise<void> {
  await hub.close();
  await opened.store.close();
}
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'counterfoil-'));
  writeFileSync(join(folder, 'hub.db'), gunzipSync(readFileSync(join(VECTORS, 'hub-0.2.0.db.gz'))));
  await start();
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true });
  expect(faults.splice(0)).toEqual([]);
});

const listed = async () => (await appPairings({ hub })).sort((a, b) => a.id.localeCompare(b.id));
const becomes = (grant: string | undefined, state: string): Promise<void> =>
  vi.waitFor(
    async () => expect((await hub.operations.timeline(grant ?? '')).effects.map((e) => e.state)).toEqual([state]),
    { timeout: 10_000, interval: 20 },
  );

describe('a hub that had a simulated lamp', () => {
  it('tells the real one of the pairings that live, and of no other, and their keys open it', async () => {
    expect(await listed()).toEqual(alive);
    const { secretJwk, id } = first ?? { secretJwk: {}, id: '' };
    const session = await directSession({ hub }, id, { secretJwk } as never);
    await session.write([{ aid: LAMP.aid, iid: LAMP.on, value: true }]);
    session.close();
    expect(await hub.lamp.state()).toMatchObject({ on: true, by: id });
  });

  it('takes them back with their grants, one by one', async () => {
    await hub.operations.revoke(first?.grant ?? '');
    await becomes(first?.grant, 'undone');
    expect(await listed()).toEqual(alive.slice(1));
    await hub.operations.revoke(second?.grant ?? '');
    await becomes(second?.grant, 'undone');
    expect(await listed()).toEqual([]);
    expect(await heldPairings(opened.registry, 'lamp')).toEqual([]);
  });

  it('keeps them when it is started again before anybody needed the lamp, and brings none back that was ended', async () => {
    await stop();
    await start();
    expect(await listed()).toEqual(alive);
    await hub.operations.revoke(first?.grant ?? '');
    await becomes(first?.grant, 'undone');
    await stop();
    await start();
    expect(await listed()).toEqual(alive.slice(1));
    expect((await heldPairings(opened.registry, 'lamp')).map(({ id }) => id)).toEqual([second?.id]);
  });

  it('goes on where it stood, when it died between pairing with the lamp and writing that down', async () => {
    await pairSetup(await hub.lamp.address(), await hub.lamp.setupCode(), hub.house.identity);
    await stop();
    await start();
    expect(await opened.registry.get('accessory', 'lamp')).toBeUndefined();
    expect(await listed()).toEqual(alive);
    expect(await opened.registry.get('accessory', 'lamp')).toBeDefined();
  });
});
