/**
 * A database and what its values are just now. `store` tells whoever listens; how a controller reads and writes is in
 * `characteristics.ts`.
 */
import { hash } from 'node:crypto';
import { type Accessory, type Characteristic, checkDatabase, type Database } from './database.ts';
import type { Value } from './values.ts';

/** Where a characteristic is: `aid.iid`, as in a query (HAP §6.7.4). */
export type Key = `${number}.${number}`;

/** The name of a characteristic. */
export function keyOf(aid: number, iid: number): Key {
  return `${aid}.${iid}`;
}

/** Heard after each change; `by` is what was passed to `store`. */
export type ChangeListener<By> = (key: Key, value: Value, by: By | undefined, characteristic: Characteristic) => void;

/** The values of a database. */
export interface Attributes<By> {
  find(key: Key): Characteristic | undefined;
  /** The stored value: what it was at the start until something is stored, null where there is none. */
  value(key: Key): Value;
  /** Keeps a value, which must be of the format, and tells the listener unless it is what was there (an impulse always). */
  store(key: Key, value: Value, by?: By): void;
  accessories(): Database;
  /** Another database. Values of characteristics with the same place, type and format stay. @throws RangeError as `checkDatabase` */
  replace(database: Database): void;
}

/** @throws RangeError as `checkDatabase` */
export function createAttributes<By>(database: Database, listener: ChangeListener<By>): Attributes<By> {
  checkDatabase(database);
  let current = database;
  let index = indexOf(database);
  let values = new Map<Key, Value>();
  const value = (key: Key): Value => values.get(key) ?? index.get(key)?.value ?? null;
  return {
    find: (key) => index.get(key),
    value,
    store(key, next, by) {
      const characteristic = index.get(key);
      if (characteristic === undefined) return;
      const before = value(key);
      if (characteristic.impulse === undefined) values.set(key, next);
      if (before !== next || characteristic.impulse === true) listener(key, next, by, characteristic);
    },
    accessories: () => current,
    replace(next) {
      checkDatabase(next);
      const nextIndex = indexOf(next);
      const same = (key: Key): boolean => {
        const [was, is] = [index.get(key), nextIndex.get(key)];
        return was !== undefined && was.type === is?.type && was.format === is.format;
      };
      values = new Map([...values].filter(([key]) => same(key)));
      current = next;
      index = nextIndex;
    },
  };
}

function indexOf(database: Database): ReadonlyMap<Key, Characteristic> {
  return new Map(
    database.flatMap(({ aid, services }) =>
      services.flatMap(({ characteristics }) =>
        characteristics.map((c): [Key, Characteristic] => [keyOf(aid, c.iid), c]),
      ),
    ),
  );
}

/** A hash of everything but values: when it differs, `c#` must grow (HAP §6.4 table 6-7). */
export function shapeOf(database: Database): string {
  const shape = database.map((accessory) => accessoryJson(accessory, () => ({})));
  return hash('sha256', JSON.stringify(shape), 'base64url');
}

/** An accessory object (HAP §6.3.1); `live` gives what changes of a characteristic: `value`, `ev`. */
export function accessoryJson(
  { aid, services }: Accessory,
  live: (key: Key, characteristic: Characteristic) => object,
): object {
  return {
    aid,
    services: services.map(({ iid, type, primary, hidden, linked, characteristics }) => ({
      iid,
      type,
      ...(primary && { primary }),
      ...(hidden && { hidden }),
      ...(linked && { linked }),
      characteristics: characteristics.map((c) => ({
        iid: c.iid,
        type: c.type,
        perms: c.perms,
        ...metaJson(c),
        ...live(keyOf(aid, c.iid), c),
      })),
    })),
  };
}

/** The metadata of a characteristic (HAP §6.3.3 table 6-3). */
export function metaJson(c: Characteristic): object {
  const named = {
    format: c.format,
    unit: c.unit,
    minValue: c.minValue,
    maxValue: c.maxValue,
    minStep: c.minStep,
    maxLen: c.maxLen,
    maxDataLen: c.maxDataLen,
    'valid-values': c.validValues,
    'valid-values-range': c.validValuesRange,
    description: c.description,
  };
  return Object.fromEntries(Object.entries(named).filter(([, v]) => v !== undefined));
}
