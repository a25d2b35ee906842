/** Services that every accessory has, and the one of the lamp (HAP §8, §9), as plain data. */
import type { Characteristic, Service } from './database.ts';

/** Categories of HAP §13 that are made here. */
export const CATEGORY = { bridge: 2, lightbulb: 5 } as const;

/** What a label says. */
export interface Label {
  readonly name: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serialNumber: string;
  /** `x[.y[.z]]` (HAP §9.40). */
  readonly firmwareRevision: string;
  /** A controller asks it to make itself known. */
  readonly onIdentify?: () => void;
}

/** AccessoryInformation (HAP §8.1), instance ids 1 to 7. */
export function accessoryInformation(label: Label): Service {
  const { onIdentify } = label;
  const text = (iid: number, type: string, value: string): Characteristic => ({
    iid,
    type,
    format: 'string',
    perms: ['pr'],
    value,
  });
  const identify: Characteristic = {
    iid: 2,
    type: '14',
    format: 'bool',
    perms: ['pw'],
    write() {
      onIdentify?.();
      return undefined;
    },
  };
  return {
    iid: 1,
    type: '3E',
    characteristics: [
      identify,
      text(3, '20', label.manufacturer),
      text(4, '21', label.model),
      text(5, '23', label.name),
      text(6, '30', label.serialNumber),
      text(7, '52', label.firmwareRevision),
    ],
  };
}

/** HAP Protocol Information (HAP §8.17), instance ids 8 and 9: required of the accessory that serves, not of bridged ones. */
export function protocolInformation(): Service {
  return {
    iid: 8,
    type: 'A2',
    characteristics: [{ iid: 9, type: '37', format: 'string', perms: ['pr'], value: '1.1.0' }],
  };
}

/** Hooks of a lamp that is somewhere else; without them its state is in memory. */
export interface LampHooks {
  readonly on?: Pick<Characteristic, 'read' | 'write'>;
  readonly brightness?: Pick<Characteristic, 'read' | 'write'>;
}

/** Lightbulb (HAP §8.23): On and Brightness, instance ids 10 to 13. */
export function lightbulb(name: string, hooks: LampHooks = {}): Service {
  return {
    iid: 10,
    type: '43',
    primary: true,
    characteristics: [
      { iid: 11, type: '25', format: 'bool', perms: ['pr', 'pw', 'ev'], value: false, ...hooks.on },
      {
        iid: 12,
        type: '8',
        format: 'int',
        perms: ['pr', 'pw', 'ev'],
        value: 100,
        unit: 'percentage',
        minValue: 0,
        maxValue: 100,
        minStep: 1,
        ...hooks.brightness,
      },
      { iid: 13, type: '23', format: 'string', perms: ['pr'], value: name },
    ],
  };
}
