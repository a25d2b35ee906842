/**
 * The hub as an accessory: a bridge with the hub's own long-term key, and the lamp behind it. An app that has paired with it
 * has learned that key, and can tell this hub, and what it signs, from any other: sealed redemption rests on it.
 */
import { createHash } from 'node:crypto';
import { bridgeDatabase } from '../../protocols/hap/accessory/bridge.ts';
import { type Characteristic, HAP_STATUS, type Refused } from '../../protocols/hap/accessory/database.ts';
import type { SetupCode } from '../../protocols/hap/accessory/host.ts';
import { LAMP, lampAccessory } from '../../protocols/hap/accessory/lamp.ts';
import { CATEGORY } from '../../protocols/hap/accessory/services.ts';
import { identityFrom } from '../../protocols/hap/keys.ts';
import { VERSION } from '../version.ts';
import type { Accessory } from './accessory.ts';
import { type Played, type PlayedOptions, startPlayed } from './played.ts';

/** How it is played. */
export interface HubBridgeOptions extends Pick<PlayedOptions, 'registry' | 'key' | 'clock' | 'shared' | 'onFault'> {
  /** What people call the hub. */
  readonly name: string;
  /** Seed of the hub's long-term Ed25519 key. */
  readonly seed: Uint8Array;
  readonly setupCodes: SetupCode['policy'];
  /** What is behind it. */
  readonly lamp: Accessory;
}

const MODEL = 'Counterfoil hub';
const LAMP_AID = 2;
const UNABLE: Refused = { status: HAP_STATUS.unableToCommunicate };

/** Begins to play it, unless another node does. */
export function startHubBridge(options: HubBridgeOptions): Promise<Played> {
  const { name, seed, lamp } = options;
  const label = { manufacturer: 'Counterfoil', firmwareRevision: VERSION };
  /** Asked of the lamp itself: what it cannot say, the bridge cannot either (-70402). */
  const passed = (iid: number): Pick<Characteristic, 'read' | 'write'> => ({
    async read() {
      const [read] = await lamp.read([{ aid: LAMP.aid, iid }]);
      return read?.value ?? UNABLE;
    },
    async write(value) {
      await lamp.write([{ aid: LAMP.aid, iid, value }]);
      return undefined;
    },
  });
  const hooks = { on: passed(LAMP.on), brightness: passed(LAMP.brightness) };
  return startPlayed({
    ...options,
    id: 'hub',
    model: MODEL,
    category: CATEGORY.bridge,
    identity: identityFrom(deviceId(seed), seed),
    database: async () =>
      bridgeDatabase({ ...label, name, model: MODEL, serialNumber: 'hub' }, [
        lampAccessory(LAMP_AID, { ...label, name: lamp.name, model: 'Lamp', serialNumber: lamp.id }, hooks),
      ]),
  });
}

/** `XX:XX:XX:XX:XX:XX`, made of the key: the same on every node. */
function deviceId(seed: Uint8Array): string {
  const hash = createHash('sha256').update('counterfoil bridge').update(seed).digest();
  return [...hash.subarray(0, 6)].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');
}
