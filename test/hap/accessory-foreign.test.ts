/**
 * The accessory against `hap-controller`, a foreign client with quirks: `removePairing` takes hex, `addPairing` takes text, and a
 * client whose pairing is gone may wait for ever.
 */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { HttpClient } from 'hap-controller';
import { afterEach, describe, expect, it } from 'vitest';
import { bridgeDatabase, CATEGORY, HAP_STATUS, LAMP, lampAccessory } from '../../src/protocols/hap/accessory/index.ts';
import { newIdentity } from '../../src/protocols/hap/keys.ts';
import { CODE, LABEL, type Lamp, startLamp, stopLamps, until } from './accessory-case.ts';

const ON = `1.${LAMP.on}`;
const BRIGHTNESS = `1.${LAMP.brightness}`;
const clients: HttpClient[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await stopLamps();
});

/** A client that keeps one connection. `pairing` is what `getLongTermData` of another one gave. */
function client({ server, address }: Lamp, pairing?: ReturnType<HttpClient['getLongTermData']>): HttpClient {
  const one = new HttpClient(server.identity().id, address.host, address.port, pairing ?? undefined, {
    usePersistentConnections: true,
    subscriptionsUseSameConnection: true,
  });
  clients.push(one);
  return one;
}

async function pairedClient(lamp: Lamp): Promise<HttpClient> {
  const one = client(lamp);
  await one.pairSetup(CODE);
  return one;
}

interface Verified {
  put(path: string, body: Buffer): Promise<{ readonly statusCode: number; readonly body: Buffer }>;
}

/** The client's verified connection: it has no timed writes of its own. */
function verified(one: HttpClient): Promise<Verified> {
  return (one as unknown as { getDefaultVerifiedConnection(): Promise<Verified> }).getDefaultVerifiedConnection();
}

describe('hap-controller', () => {
  it('pairs by the code, is refused by a wrong one, and cannot pair twice', async () => {
    const lamp = await startLamp();
    await client(lamp).identify();
    await expect(client(lamp).pairSetup('123-45-670')).rejects.toThrow('M4: Error: 2');
    await pairedClient(lamp);
    await expect(client(lamp).pairSetup(CODE)).rejects.toThrow('M2: Error: 6');
    await expect(client(lamp).identify()).rejects.toThrow('400');
    expect(lamp.server.pairings()).toHaveLength(1);
  });

  it('lists, reads, writes, subscribes, and hears of a change', async () => {
    const lamp = await startLamp();
    const app = await pairedClient(lamp);
    const { accessories } = await app.getAccessories();
    expect(accessories[0]?.services.map(({ type }) => type.slice(6, 8))).toEqual(['3E', 'A2', '43']);
    await app.setCharacteristics({ [ON]: true, [BRIGHTNESS]: 33 });
    const read = await app.getCharacteristics([ON, BRIGHTNESS], { meta: true, perms: true, type: true, ev: true });
    expect(read.characteristics).toMatchObject([
      { value: true, format: 'bool', perms: ['pr', 'pw', 'ev'], type: '25', ev: false },
      { value: 33, unit: 'percentage', maxValue: 100 },
    ]);
    await app.subscribeCharacteristics([ON]);
    const heard = once(app, 'event');
    lamp.server.set(1, LAMP.on, false);
    expect(await heard).toMatchObject([{ characteristics: [{ aid: 1, iid: LAMP.on, value: false }] }]);
  });

  it('gets a status for each item, and a write response where there is one', async () => {
    const database = bridgeDatabase(LABEL, [
      {
        aid: 2,
        services: [
          ...lampAccessory(2, LABEL).services,
          {
            iid: 20,
            type: '5B2F0E51-6A6E-4C0B-9C9B-3C1B6D1E5A10',
            characteristics: [
              {
                iid: 21,
                type: '5B2F0E52-6A6E-4C0B-9C9B-3C1B6D1E5A10',
                format: 'string',
                perms: ['pr', 'pw', 'wr'],
                value: '',
                write: (value) => ({ value: `${value}!` }),
              },
              {
                iid: 22,
                type: '5B2F0E53-6A6E-4C0B-9C9B-3C1B6D1E5A10',
                format: 'uint8',
                perms: ['pw', 'aa'],
                authorize: (authData) => authData === 'c2VzYW1l',
              },
              {
                iid: 23,
                type: '5B2F0E54-6A6E-4C0B-9C9B-3C1B6D1E5A10',
                format: 'bool',
                perms: ['pr', 'pw', 'tw'],
                value: false,
              },
            ],
          },
        ],
      },
    ]);
    const lamp = await startLamp({ database, category: CATEGORY.bridge });
    const app = await pairedClient(lamp);
    expect(await app.setCharacteristics({ '2.21': { value: 'open', r: true } })).toMatchObject({
      characteristics: [{ aid: 2, iid: 21, status: 0, value: 'open!' }],
    });
    expect(
      await app.setCharacteristics({
        '2.21': 'x'.repeat(65),
        '2.22': 1,
        '2.23': true,
        [`2.${LAMP.on}`]: 1,
      }),
    ).toMatchObject({
      characteristics: [
        { iid: 21, status: HAP_STATUS.invalidValue },
        { iid: 22, status: HAP_STATUS.insufficientAuthorization },
        { iid: 23, status: HAP_STATUS.invalidValue },
        { iid: LAMP.on, status: HAP_STATUS.success },
      ],
    });
    await app.setCharacteristics({ '2.22': { value: 1, authData: 'c2VzYW1l' } });
    expect(lamp.server.get(2, LAMP.on)).toBe(true);
    expect(await app.getCharacteristics(['2.22', '2.99'])).toMatchObject({
      characteristics: [{ status: HAP_STATUS.writeOnly }, { status: HAP_STATUS.doesNotExist }],
    });
  });

  it('does a timed write in time, and nothing at all when it is late', async () => {
    const lamp = await startLamp();
    const connection = await verified(await pairedClient(lamp));
    const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
    const write = json({ characteristics: [{ aid: 1, iid: LAMP.on, value: true }], pid: 7 });
    expect((await connection.put('/prepare', json({ ttl: 10, pid: 7 }))).statusCode).toBe(200);
    await pause(50);
    const late = await connection.put('/characteristics', write);
    expect([late.statusCode, JSON.parse(late.body.toString())]).toEqual([
      207,
      { characteristics: [{ aid: 1, iid: LAMP.on, status: HAP_STATUS.invalidValue }] },
    ]);
    expect(lamp.server.get(1, LAMP.on)).toBe(false);
    await connection.put('/prepare', json({ ttl: 60_000, pid: 7 }));
    expect((await connection.put('/characteristics', write)).statusCode).toBe(204);
    expect(lamp.server.get(1, LAMP.on)).toBe(true);
    // a preparation is for one write
    expect((await connection.put('/characteristics', write)).statusCode).toBe(207);
  });

  it('adds a user that it can be, who may do everything but manage pairings, and removes it', async () => {
    const lamp = await startLamp();
    const admin = await pairedClient(lamp);
    const user = newIdentity();
    await admin.addPairing(user.id, user.publicKey, false);
    const known = admin.getLongTermData();
    const app = client(lamp, {
      AccessoryPairingID: known?.AccessoryPairingID ?? '',
      AccessoryLTPK: known?.AccessoryLTPK ?? '',
      iOSDevicePairingID: Buffer.from(user.id).toString('hex'),
      iOSDeviceLTSK: Buffer.concat([user.seed, user.publicKey]).toString('hex'),
      iOSDeviceLTPK: user.publicKey.toString('hex'),
    });
    await app.setCharacteristics({ [ON]: true });
    expect(lamp.server.get(1, LAMP.on)).toBe(true);
    await expect(app.listPairings()).rejects.toThrow('M2: Error: 2');
    await expect(admin.addPairing(user.id, newIdentity().publicKey, false)).rejects.toThrow('M2: Error: 1');
    expect(lamp.server.pairings()).toHaveLength(2);
    await admin.removePairing(Buffer.from(user.id).toString('hex'));
    await until(() => lamp.server.connections().sessions === 0);
    expect(lamp.server.pairings()).toHaveLength(1);
  });

  it('removes itself, and can pair again', async () => {
    const lamp = await startLamp();
    const app = await pairedClient(lamp);
    const [{ id = '' } = {}] = lamp.server.pairings();
    await app.removePairing(Buffer.from(id).toString('hex'));
    expect(lamp.server.txt()['sf']).toBe('1');
    await pairedClient(lamp);
    expect(lamp.server.pairings()).toHaveLength(1);
  });
});
