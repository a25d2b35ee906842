/**
 * An attribute database as data (HAP §2.3, §6.3): accessories, their services, their characteristics. What the values are
 * just now is in `attributes.ts`. Nothing here changes; a server that is to show other accessories is given another database.
 */
import { isAllowed, isOfFormat, type Limits, type Value } from './values.ts';

/**
 * What may be done (HAP §6.3.3 table 6-4): paired read, paired write, events, additional authorization, timed write,
 * hidden, write response.
 */
export type Permission = 'pr' | 'pw' | 'ev' | 'aa' | 'tw' | 'hd' | 'wr';

/** Status of one characteristic in an answer (HAP §6.7.1.4 table 6-11; the last is newer). */
export const HAP_STATUS = {
  success: 0,
  insufficientPrivileges: -70401,
  unableToCommunicate: -70402,
  busy: -70403,
  readOnly: -70404,
  writeOnly: -70405,
  notificationsNotSupported: -70406,
  outOfResources: -70407,
  timedOut: -70408,
  doesNotExist: -70409,
  invalidValue: -70410,
  insufficientAuthorization: -70411,
  notAllowedNow: -70412,
} as const;

/** One of `HAP_STATUS`. */
export type HapStatus = (typeof HAP_STATUS)[keyof typeof HAP_STATUS];

/** Who asks. */
export interface Controller {
  /** Its pairing identifier. */
  readonly id: string;
  readonly admin: boolean;
}

/** A read or write that a hook refuses. */
export interface Refused {
  readonly status: Exclude<HapStatus, 0>;
}

/**
 * A characteristic. Without hooks it is a plain value in memory.
 *
 * `read` and `write` may take their time, up to the server's `hookMs` (-70408 after it); what they throw is -70402. A `write`
 * that answers nothing has succeeded. Answering `{ value }` gives a write response (`wr`).
 */
export interface Characteristic extends Limits {
  readonly iid: number;
  /** Short form of the UUID, as `25` for On, or the whole UUID of a characteristic of your own. */
  readonly type: string;
  readonly perms: readonly Permission[];
  /** The value at the start; absent for one that cannot be read. */
  readonly value?: Value;
  readonly description?: string;
  /** Only an admin may write or subscribe (-70401 for others). */
  readonly adminOnly?: true;
  /** An impulse, as of a button: reads null, and each one is an event at once, equal or not (HAP §6.8). */
  readonly impulse?: true;
  /** Says whether `authData` authorizes a write of a characteristic with `aa`; without it nothing does. */
  readonly authorize?: (authData: string | undefined, by: Controller) => boolean;
  readonly read?: (by: Controller) => Answered<Value | Refused>;
  readonly write?: (value: Value, by: Controller) => Answered<undefined | Refused | { readonly value: Value }>;
}

type Answered<T> = T | Promise<T>;

/** A service. */
export interface Service {
  readonly iid: number;
  readonly type: string;
  readonly primary?: true;
  readonly hidden?: true;
  /** Instance ids of services that belong to it. */
  readonly linked?: readonly number[];
  readonly characteristics: readonly Characteristic[];
}

/** An accessory. `aid` 1 is the server's own, or the bridge. */
export interface Accessory {
  readonly aid: number;
  readonly services: readonly Service[];
}

/** All of them. */
export type Database = readonly Accessory[];

/** HAP §2.5.3.2: a bridge and 149 accessories behind it. */
const ACCESSORIES_MAX = 150;
/** HAP §6.3.1, §6.3.2: services of an accessory, characteristics of a service. */
const MEMBERS_MAX = 100;

/** HAP §6.3.3 table 6-3. */
const STRING_MAX = 256;

/** AccessoryInformation and what it must have (HAP §8.1). */
const INFORMATION = '3E';
const REQUIRED = {
  '14': 'Identify',
  '20': 'Manufacturer',
  '21': 'Model',
  '23': 'Name',
  '30': 'Serial Number',
} as const;

/**
 * Refuses a database that a controller would trip over.
 *
 * @throws RangeError that names the first thing that is wrong and what was expected
 */
export function checkDatabase(database: Database): void {
  expected(database.length <= ACCESSORIES_MAX, `at most ${ACCESSORIES_MAX} accessories`, `${database.length}`);
  expected(
    database.some(({ aid }) => aid === 1),
    'an accessory with aid 1',
    'none',
  );
  distinct(
    database.map(({ aid }) => aid),
    'aid',
  );
  for (const accessory of database) checkAccessory(accessory);
}

function checkAccessory({ aid, services }: Accessory): void {
  const at = `accessory ${aid}`;
  expected(services.length <= MEMBERS_MAX, `at most ${MEMBERS_MAX} services in ${at}`, `${services.length}`);
  distinct(
    services.flatMap(({ iid, characteristics }) => [iid, ...characteristics.map((c) => c.iid)]),
    `iid of ${at}`,
  );
  const information = services.find(({ type }) => type === INFORMATION);
  expected(information?.iid === 1, `AccessoryInformation with iid 1 in ${at}`, `${information?.iid ?? 'none'}`);
  for (const [type, name] of Object.entries(REQUIRED)) {
    const there = information?.characteristics.some((c) => c.type === type) === true;
    expected(there, `${name} in AccessoryInformation of ${at}`, 'none');
  }
  for (const { characteristics, iid } of services) {
    const count = characteristics.length;
    const service = `service ${iid} of ${at}`;
    expected(count <= MEMBERS_MAX, `at most ${MEMBERS_MAX} characteristics in ${service}`, `${count}`);
    expected(count > 0, `characteristics in ${service}`, 'none');
    const types = new Set(characteristics.map(({ type }) => type));
    expected(types.size === count, `every type once in ${service}`, 'one of them twice');
    for (const characteristic of characteristics) checkCharacteristic(`${aid}.${characteristic.iid}`, characteristic);
  }
}

function checkCharacteristic(name: string, characteristic: Characteristic): void {
  const { value, perms, read, impulse } = characteristic;
  expected(
    /^[0-9A-F]{1,8}$|^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/.test(characteristic.type),
    `a type in upper-case hex for ${name}`,
    characteristic.type,
  );
  if (perms.includes('pr') && read === undefined && impulse === undefined)
    expected(value !== undefined, `a value or a read hook for ${name}`, 'neither');
  const tells = perms.includes('ev') && !perms.includes('pr');
  expected(!tells, `events of ${name} only together with reading (HAP §6.8.2.2)`, 'events alone');
  expected(
    (characteristic.maxLen ?? 0) <= STRING_MAX,
    `maxLen up to ${STRING_MAX} at ${name}`,
    `${characteristic.maxLen}`,
  );
  if (value === undefined) return;
  const sound = isOfFormat(characteristic.format, value) && isAllowed(characteristic, value);
  expected(sound, `a value of ${name} within its own format and limits`, JSON.stringify(value));
}

function distinct(ids: readonly number[], what: string): void {
  for (const id of ids) expected(Number.isSafeInteger(id) && id > 0, `a positive integer as ${what}`, `${id}`);
  expected(new Set(ids).size === ids.length, `every ${what} once`, 'one of them twice');
}

function expected(holds: boolean, what: string, came: string): void {
  if (!holds) throw new RangeError(`expected ${what}, got ${came}: change the database`);
}
