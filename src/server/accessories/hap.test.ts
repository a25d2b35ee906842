import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LAMP, lampDatabase } from '../../protocols/hap/accessory/lamp.ts';
import { type AccessoryServer, createAccessoryServer } from '../../protocols/hap/accessory/server.ts';
import { CATEGORY } from '../../protocols/hap/accessory/services.ts';
import { memoryState } from '../../protocols/hap/accessory/state.ts';
import { pairSetup } from '../../protocols/hap/controller.ts';
import { newIdentity } from '../../protocols/hap/keys.ts';
import type { Accessory } from './accessory.ts';
import { hapAccessory } from './hap.ts';

const CODE = '482-19-563';
const ON = { aid: LAMP.aid, iid: LAMP.on };
let server: AccessoryServer;
let accessory: Accessory;
let sessions = 0;

beforeEach(async () => {
  const label = { name: 'Lamp', manufacturer: 'x', model: 'x', serialNumber: 'x', firmwareRevision: '1' };
  server = await createAccessoryServer({
    database: lampDatabase(label),
    state: memoryState(),
    setupCode: { policy: 'static', code: CODE },
    model: 'x',
    category: CATEGORY.lightbulb,
    limits: { coalesceMs: 10 },
  });
  const address = { host: '127.0.0.1', port: await server.listen() };
  const paired = await pairSetup(address, CODE, newIdentity());
  sessions = 0;
  accessory = hapAccessory({
    id: 'lamp',
    name: 'Lamp',
    where: async () => {
      sessions += 1;
      return { host: '127.0.0.1', port: server.port };
    },
    paired: async () => paired,
    deadlines: { connectMs: 1_000, answerMs: 2_000 },
  });
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
