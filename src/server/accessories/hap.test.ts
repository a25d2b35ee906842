import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Database } from '../../protocols/hap/accessory/database.ts';
import { LAMP, lampDatabase } from '../../protocols/hap/accessory/lamp.ts';
import { type AccessoryServer, createAccessoryServer } from '../../protocols/hap/accessory/server.ts';
import { CATEGORY } from '../../protocols/hap/accessory/services.ts';
import { memoryState } from '../../protocols/hap/accessory/state.ts';
import { pairSetup } from '../../protocols/hap/controller.ts';
import { newIdentity } from '../../protocols/hap/keys.ts';
import type { Paired } from '../../protocols/hap/pair-verify.ts';
import type { Accessory } from './accessory.ts';
import { hapAccessory } from './hap.ts';

const CODE = '482-19-563';
const ON = { aid: LAMP.aid, iid: LAMP.on };
let server: AccessoryServer;
let accessory: Accessory;
let sessions = 0;

const LABEL = { name: 'Lamp', manufacturer: 'x', model: 'x', serialNumber: 'x', firmwareRevision: '1' };

async function serve(database: Database): Promise<AccessoryServer> {
  const served = await createAccessoryServer({
    database,
    state: memoryState(),
    setupCode: { policy: 'static', code: CODE },
    model: 'x',
    category: CATEGORY.lightbulb,
    limits: { coalesceMs: 10 },
  });
  await served.listen();
  return served;
}

function accessoryAt(port: () => number, paired: Paired): Accessory {
  return hapAccessory({
    id: 'lamp',
    name: 'Lamp',
    where: async () => {
      sessions += 1;
      return { host: '127.0.0.1', port: port() };
    },
    paired: async () => paired,
    deadlines: { connectMs: 1_000, answerMs: 2_000 },
  });
}

beforeEach(async () => {
  server = await serve(lampDatabase(LABEL));
  const paired = await pairSetup({ host: '127.0.0.1', port: server.port }, CODE, newIdentity());
  sessions = 0;
  accessory = accessoryAt(() => server.port, paired);
});
afterEach(async () => {
  accessory.close();
  await server.close();
});

describe('an accessory over HAP', () => {
  it('is asked over one session, however much is asked', async () => {
    await Promise.all(Array.from({ length: 20 }, () => accessory.read([ON])));
    await accessory.write([{ ...ON, value: true }]);
    expect(server.get(LAMP.aid, LAMP.on)).toBe(true);
    expect(sessions).toBe(1);
  });

  it('is asked again by a new session when the old one was lost, and fails once while it is away', async () => {
    await accessory.read([ON]);
    await server.close();
    await expect(accessory.read([ON])).rejects.toMatchObject({ name: 'HapError' });
    await server.listen();
    expect(await accessory.read([ON])).toMatchObject([{ value: false }]);
  });

  it('tells listeners of changes by others and by itself, and what it is after it was away', async () => {
    const heard: unknown[] = [];
    const end = accessory.subscribe((changes) =>
      heard.push(...changes.filter(({ iid }) => iid === LAMP.on).map(({ value }) => value)),
    );
    await vi.waitFor(() => expect(heard).toEqual([false]));
    server.set(LAMP.aid, LAMP.on, true);
    await vi.waitFor(() => expect(heard).toEqual([false, true]));
    await accessory.write([{ ...ON, value: false }]);
    expect(heard).toEqual([false, true, false]);
    await server.close();
    server.set(LAMP.aid, LAMP.on, true);
    await server.listen();
    await vi.waitFor(() => expect(heard.at(-1)).toBe(true), { timeout: 10_000 });
    end();
    server.set(LAMP.aid, LAMP.on, false);
    await accessory.read([ON]);
    expect(heard.at(-1)).toBe(true);
  });

  it('does not take what it was before a change for what it is, when reading takes longer than telling', async () => {
    let slow = false;
    const database = lampDatabase({ ...LABEL, name: 'Slow' }).map((one) => ({
      ...one,
      services: one.services.map((service) => ({
        ...service,
        characteristics: service.characteristics.map((c) => (c.iid === LAMP.on ? { ...c, read } : c)),
      })),
    }));
    async function read(): Promise<boolean> {
      const was = slowly.get(LAMP.aid, LAMP.on) === true;
      if (!slow) return was;
      slow = false;
      slowly.set(LAMP.aid, LAMP.on, true);
      await sleep(100);
      return was;
    }
    const slowly = await serve(database);
    const paired = await pairSetup({ host: '127.0.0.1', port: slowly.port }, CODE, newIdentity());
    const lamp = accessoryAt(() => slowly.port, paired);
    try {
      await lamp.accessories();
      slow = true;
      const heard: unknown[] = [];
      lamp.subscribe((changes) => heard.push(...changes.map(({ iid, value }) => [iid, value])));
      await vi.waitFor(() => expect(heard).toContainEqual([LAMP.brightness, 100]));
      expect(heard.filter((one) => (one as number[])[0] === LAMP.on)).toEqual([[LAMP.on, true]]);
    } finally {
      lamp.close();
      await slowly.close();
    }
  });

  it('leaves the session open after a refusal', async () => {
    await expect(accessory.write([{ aid: LAMP.aid, iid: 99, value: 1 }])).rejects.toMatchObject({ kind: 'hap-status' });
    await accessory.read([ON]);
    expect(sessions).toBe(1);
  });

  it('lists its pairings, adds one and removes it', async () => {
    const { id, publicKey } = newIdentity();
    const key = publicKey.toString('base64url');
    await accessory.addPairing({ id, key, admin: false });
    expect(await accessory.listPairings()).toContainEqual({ id, key, admin: false });
    await accessory.removePairing(id);
    await accessory.removePairing(id);
    expect(await accessory.listPairings()).toHaveLength(1);
  });
});
