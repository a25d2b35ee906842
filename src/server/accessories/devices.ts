/** What a hub has of its own when it starts: its lamp, itself as a bridge, and the house that knows both and all others. */
import type { Registry } from '../../store/registry.ts';
import type { HubKeys } from '../keys.ts';
import type { Accessory } from './accessory.ts';
import { createHouse, type House } from './house.ts';
import { startHubBridge } from './hub-bridge.ts';
import type { Played, PlayedOptions } from './played.ts';
import { type LampState, startVirtualLamp } from './virtual-lamp.ts';

/** The hub's own lamp: an accessory, with its plug. */
export interface Lamp extends Accessory {
  state(): Promise<LampState>;
  /** Unplugged, nothing reaches it. */
  plug(powered: boolean): Promise<void>;
  /** What is printed on it. */
  setupCode(): Promise<string>;
}

/** All of it. */
export interface Devices {
  readonly house: House;
  readonly lamp: Lamp;
  readonly bridge: Pick<Played, 'where' | 'setupCode'>;
  close(): Promise<void>;
}

/** What it takes. */
export interface DeviceOptions extends Pick<PlayedOptions, 'clock' | 'shared' | 'setupCodes'> {
  readonly registry: Registry;
  readonly keys: Pick<HubKeys, 'devices' | 'controller' | 'ltpk'>;
  /** Names of the hub and of the lamp, for people. */
  readonly name: string;
  readonly lamp: { readonly id: string; readonly name: string };
  readonly onFault: (error: unknown, where: string) => void;
}

/** Starts them. */
export async function startDevices(options: DeviceOptions): Promise<Devices> {
  const { registry, keys, clock, shared, name, setupCodes = 'static', lamp, onFault } = options;
  const common = { registry, key: keys.devices, clock, shared };
  const device = await startVirtualLamp({ ...common, ...lamp, onFault: (error) => onFault(error, 'lamp') });
  const house = createHouse({ registry, seed: keys.controller, lamp: { ...lamp, device }, clock });
  const accessory = house.lamp as Accessory;
  const bridge = await startHubBridge({
    ...common,
    name,
    seed: keys.ltpk,
    setupCodes,
    lamp: accessory,
    onFault: (error) => onFault(error, 'bridge'),
  });
  return {
    house,
    lamp: Object.assign(accessory, {
      state: () => device.state(),
      plug: (powered: boolean) => device.plug(powered),
      setupCode: () => device.setupCode(),
    }),
    bridge,
    async close() {
      await house.close();
      await bridge.close();
      await device.close();
    },
  };
}
