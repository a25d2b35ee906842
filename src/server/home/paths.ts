/** Names of characteristics as people and apps write them, `lamp/lightbulb/on`, and what they stand for in an accessory's database. */
import { characteristicName, serviceName } from '../../profiles/home/types.ts';
import type {
  CharacteristicId,
  ListedAccessory,
  ListedCharacteristic,
  ListedService,
} from '../../protocols/hap/characteristics.ts';

/** A name, taken apart; the parts may be plain names or UUIDs. */
export interface Path {
  readonly accessory: string;
  readonly service: string;
  readonly characteristic: string;
}

/** A characteristic, found in an accessory's database. */
export interface Part {
  readonly aid: number;
  readonly service: ListedService;
  readonly characteristic: ListedCharacteristic;
}

const PATH = /^([A-Za-z0-9][A-Za-z0-9._-]{0,39})\/([A-Za-z0-9.-]{1,64})\/([A-Za-z0-9.-]{1,64})$/;

/** Reads `lamp/lightbulb/on`; undefined for what is not written so. */
export function readPath(text: string): Path | undefined {
  const [, accessory, service, characteristic] = PATH.exec(text) ?? [];
  return accessory && service && characteristic ? { accessory, service, characteristic } : undefined;
}

/** Every characteristic that an accessory lists. */
export function partsOf({ aid, services }: ListedAccessory): Part[] {
  return services.flatMap((service) =>
    service.characteristics.map((characteristic) => ({ aid, service, characteristic })),
  );
}

/** Its types, as `types.ts` spells them. */
export function typesOf({ service, characteristic }: Part): {
  readonly service: string;
  readonly characteristic: string;
} {
  return { service: service.type, characteristic: characteristic.type };
}

/** Where it is. */
export function idOf({ aid, characteristic: { iid } }: Part): CharacteristicId {
  return { aid, iid };
}

/** Is it the one that was read, or that changed? */
export function isAt({ aid, characteristic }: Part, id: CharacteristicId): boolean {
  return aid === id.aid && characteristic.iid === id.iid;
}

/** Its name: plain words where there are any. */
export function pathOf(accessory: string, { service, characteristic }: Part): string {
  return [accessory, serviceName(service.type), characteristicName(characteristic.type)].join('/');
}
