import { describe, expect, it } from 'vitest';
import { bridgeDatabase } from './bridge.ts';
import { type Accessory, type Characteristic, checkDatabase } from './database.ts';
import { lampAccessory, lampDatabase } from './lamp.ts';

const LABEL = { name: 'L', manufacturer: 'C', model: 'M', serialNumber: '1', firmwareRevision: '1.0' };
const lamp = lampAccessory(2, LABEL);

function withCharacteristic(characteristic: Partial<Characteristic>): Accessory[] {
  const [first, ...others] = lampDatabase(LABEL);
  if (first === undefined) throw new Error('the lamp is gone');
  const own: Characteristic = { iid: 99, type: 'FF', format: 'uint8', perms: ['pr'], value: 1, ...characteristic };
  return [{ ...first, services: [...first.services, { iid: 98, type: 'FE', characteristics: [own] }] }, ...others];
}

function withTwice(): Accessory[] {
  const [first] = withCharacteristic({});
  const twice: Characteristic = { iid: 100, type: 'FF', format: 'uint8', perms: ['pr'], value: 1 };
  if (first === undefined) throw new Error('the lamp is gone');
  const services = first.services.map((s) =>
    s.iid === 98 ? { ...s, characteristics: [...s.characteristics, twice] } : s,
  );
  return [{ ...first, services }];
}

describe('a database', () => {
  it('of the lamp, and of a bridge with lamps, is sound', () => {
    checkDatabase(lampDatabase(LABEL));
    checkDatabase(bridgeDatabase(LABEL, [lamp, lampAccessory(3, LABEL)]));
    checkDatabase(withCharacteristic({}));
  });

  it.each<[string, Accessory[]]>([
    ['an accessory with aid 1', [lamp]],
    ['every aid once', [...bridgeDatabase(LABEL, [lamp, lamp])]],
    [
      'at most 150 accessories',
      [
        ...bridgeDatabase(
          LABEL,
          Array.from({ length: 150 }, (_, i) => lampAccessory(i + 2, LABEL)),
        ),
      ],
    ],
    ['AccessoryInformation with iid 1', [{ aid: 1, services: [] }]],
    ['every iid of accessory 1 once', withCharacteristic({ iid: 11 })],
    ['events of 1.99 only together with reading', withCharacteristic({ perms: ['pw', 'ev'] })],
    ['maxLen up to 256', withCharacteristic({ format: 'string', value: '', maxLen: 257 })],
    ['every type once', withTwice()],
    ['a positive integer as iid', withCharacteristic({ iid: 0 })],
    ['a type in upper-case hex', withCharacteristic({ type: '0000002b' })],
    ['a value or a read hook', withCharacteristic({ format: 'bool', value: undefined as never })],
    ['a value of 1.99 within its own format and limits', withCharacteristic({ value: 256 })],
    ['a value of 1.99 within its own format and limits', withCharacteristic({ maxValue: 0 })],
  ])('without %s is refused', (what, database) => {
    expect(() => checkDatabase(database)).toThrow(what);
  });

  it('of a bridge keeps its own id from what is behind it', () => {
    expect(() => bridgeDatabase(LABEL, [lampAccessory(1, LABEL)])).toThrow('ids from 2');
  });
});
