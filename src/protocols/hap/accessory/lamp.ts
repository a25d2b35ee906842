/** The virtual lamp: one accessory that serves itself. */
import type { Accessory, Database } from './database.ts';
import { accessoryInformation, type Label, type LampHooks, lightbulb, protocolInformation } from './services.ts';

/** Where the lamp's values are. `aid` is that of a lamp that serves itself. */
export const LAMP = { aid: 1, on: 11, brightness: 12 } as const;

/** The database of a lamp that serves itself. */
export function lampDatabase(label: Label): Database {
  return [{ ...lampAccessory(LAMP.aid, label), services: lampServices(label, [protocolInformation()]) }];
}

/** A lamp behind a bridge; `aid` from 2, and for good: controllers remember it. */
export function lampAccessory(aid: number, label: Label, hooks: LampHooks = {}): Accessory {
  return { aid, services: lampServices(label, [], hooks) };
}

function lampServices(label: Label, own: Accessory['services'], hooks: LampHooks = {}): Accessory['services'] {
  return [accessoryInformation(label), ...own, lightbulb(label.name, hooks)];
}
