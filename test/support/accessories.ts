/** Accessories of our own beside the hub's lamp: on TCP, with a script of mishaps, paired with a hub as any other is. */
import type { Database } from '../../src/protocols/hap/accessory/database.ts';
import type { FaultScript } from '../../src/protocols/hap/accessory/faults.ts';
import { type AccessoryServer, createAccessoryServer } from '../../src/protocols/hap/accessory/server.ts';
import {
  accessoryInformation,
  CATEGORY,
  lightbulb,
  protocolInformation,
} from '../../src/protocols/hap/accessory/services.ts';
import { memoryState } from '../../src/protocols/hap/accessory/state.ts';
import { randomSetupCode } from '../../src/protocols/hap/setup-code.ts';
import type { Pairing } from '../../src/server/accessories/accessory.ts';
import type { PairedRecord } from '../../src/server/accessories/house.ts';
import type { Hub } from '../../src/server/hub.ts';

/** One that listens on loopback. */
export interface TestAccessory {
  readonly server: AccessoryServer;
  readonly setupCode: string;
  /** What goes wrong from now on; nothing unless set. */
  faults: FaultScript;
  close(): Promise<void>;
}

/** Where things are on the door. `lock` takes timed writes only (HAP §6.7.2.4), `label` takes text. */
export const DOOR = { lock: 'lock-mechanism/lock-target-state', label: 'lock-mechanism/name', light: 'lightbulb/on' };

/** A door: a lock, a light over it, and a label that can be written. */
function doorDatabase(name: string): Database {
  const label = { name, manufacturer: 'Test', model: 'Door', serialNumber: name, firmwareRevision: '1.0.0' };
  const lock = {
    iid: 20,
    type: '45',
    characteristics: [
      {
        iid: 21,
        type: '1E',
        format: 'uint8' as const,
        perms: ['pr', 'pw', 'ev', 'tw'] as const,
        minValue: 0,
        maxValue: 1,
        value: 1,
      },
      { iid: 22, type: '23', format: 'string' as const, perms: ['pr', 'pw', 'ev'] as const, value: 'front' },
    ],
  };
  return [{ aid: 1, services: [accessoryInformation(label), protocolInformation(), lightbulb(name), lock] }];
}

/** Starts one; what it keeps is in memory, so it is the same when it listens again. */
export async function startAccessory(name = 'door'): Promise<TestAccessory> {
  const setupCode = randomSetupCode();
  const accessory: { faults: FaultScript } = { faults: () => undefined };
  const server = await createAccessoryServer({
    database: doorDatabase(name),
    state: memoryState(),
    setupCode: { policy: 'static', code: setupCode },
    model: 'Door',
    category: CATEGORY.lightbulb,
    limits: { coalesceMs: 20 },
    faults: (point) => accessory.faults(point),
  });
  await server.listen();
  return Object.assign(accessory, { server, setupCode, close: () => server.close() });
}

/** Pairs it with the hub, under this name. */
export async function pairWith(
  { hub }: { readonly hub: Pick<Hub, 'house'> },
  accessory: TestAccessory,
  id = 'door',
): Promise<PairedRecord> {
  const { server, setupCode } = accessory;
  return hub.house.pair({ id, name: 'Front door', address: { host: '127.0.0.1', port: server.port }, setupCode });
}

/** What it lists beside the hub's own pairing, sorted by id; keys in base64url. */
export function listedBy(
  { server }: TestAccessory,
  hub: { readonly house: Pick<Hub['house'], 'identity'> },
): Pairing[] {
  return server
    .pairings()
    .filter(({ id }) => id !== hub.house.identity.id)
    .map(({ id, ltpk, admin }) => ({ id, key: Buffer.from(ltpk, 'base64').toString('base64url'), admin }))
    .sort((a, b) => a.id.localeCompare(b.id));
}
