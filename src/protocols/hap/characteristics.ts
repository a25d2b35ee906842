/**
 * Accessories and characteristics as a controller reads and writes them (HAP §6.3, §6.6, §6.7): JSON of foreign hands to plain data, and
 * back. A body is bounded by the reader of HTTP; here counts and types are.
 */
import { malformed } from './answers.ts';
import type { HapError } from './errors.ts';
import type { Step } from './transcript.ts';

/** A value. Base64 for the formats `tlv8` and `data`; null where there is none just now. */
export type CharacteristicValue = string | number | boolean | null;

/** Where a characteristic is. */
export interface CharacteristicId {
  readonly aid: number;
  readonly iid: number;
}

/** One that was read: `status` is 0, or negative (HAP §6.7.1.4 table 6-11) and then there is no value. */
export interface CharacteristicRead extends CharacteristicId {
  readonly status: number;
  readonly value?: CharacteristicValue;
}

/** One to write. */
export interface CharacteristicWrite extends CharacteristicId {
  readonly value: CharacteristicValue;
  /** Base64, where a characteristic wants additional authorization data. */
  readonly authData?: string;
}

/** A characteristic as an accessory lists it (HAP §6.3.3). `type` is short for Apple's own (`25`), else an upper-case UUID. */
export interface ListedCharacteristic {
  readonly iid: number;
  readonly type: string;
  readonly format: string;
  readonly perms: readonly string[];
  readonly value?: CharacteristicValue;
  /** Everything else that it says of itself: unit, minValue, maxValue, minStep, valid-values, description … */
  readonly meta: Readonly<Record<string, unknown>>;
}

/** A service of an accessory (HAP §6.3.2). */
export interface ListedService {
  readonly iid: number;
  readonly type: string;
  readonly primary: boolean;
  readonly hidden: boolean;
  readonly linked: readonly number[];
  readonly characteristics: readonly ListedCharacteristic[];
}

/** An accessory of the server: one, or a bridge and what is behind it (HAP §6.3.1). */
export interface ListedAccessory {
  readonly aid: number;
  readonly services: readonly ListedService[];
}

/** HAP allows 150 accessories of 100 services of 100 characteristics; together no more than this is taken. */
const CHARACTERISTICS_MAX = 50_000;

/** A body that carries one status is short. */
const STATUS_MAX_BYTES = 4_096;
/** A list of accessories has seven levels. */
const DEPTH_MAX = 16;
/** Lists and objects: a characteristic is an object and has two lists at most. */
const OPENED_MAX = 4 * CHARACTERISTICS_MAX;
const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = Buffer.from('"\\[]{}');

/** Throws out of the depth of a reader; never leaves this file. */
class Fault extends Error {}

/** HAP §6.6.2: the attribute database. @throws HapError `malformed` */
export function readAccessories(body: Buffer): readonly ListedAccessory[] {
  return readJson(body, 'accessories', (json) => {
    let count = 0;
    return list(json, 'accessories').map((accessory) => ({
      aid: idOf(accessory, 'aid'),
      services: list(accessory, 'services').map((service) => ({
        iid: idOf(service, 'iid'),
        type: typeOf(service),
        primary: service['primary'] === true,
        hidden: service['hidden'] === true,
        linked: Array.isArray(service['linked']) ? service['linked'].filter(Number.isSafeInteger) : [],
        characteristics: list(service, 'characteristics').map((one) => {
          if (++count > CHARACTERISTICS_MAX)
            throw new Fault(`expected at most ${CHARACTERISTICS_MAX} characteristics, got more`);
          return readListed(one);
        }),
      })),
    }));
  });
}

/**
 * HAP §6.7.2, §6.7.4: what became of each characteristic of an answer or an event. Values of `bool` come as true and false, or
 * as 1 and 0: `isBool` says which are. @throws HapError `malformed`
 */
export function readCharacteristics(
  body: Buffer,
  step: Step,
  isBool: (id: CharacteristicId) => boolean,
): readonly CharacteristicRead[] {
  return readJson(body, step, (json) =>
    list(json, 'characteristics').map((one) => {
      const id = { aid: idOf(one, 'aid'), iid: idOf(one, 'iid') };
      const value = plainValue(one['value'], isBool(id));
      return { ...id, status: statusOf(one['status']) ?? 0, ...(value === undefined ? {} : { value }) };
    }),
  );
}

/** The status that the body of a refusal carries for the request as a whole, if it does. Never throws. */
export function readStatus(body: Buffer): number | undefined {
  if (body.length > STATUS_MAX_BYTES) return undefined;
  try {
    const json: unknown = JSON.parse(body.toString());
    return isRecord(json) ? statusOf(json['status']) : undefined;
  } catch {
    return undefined;
  }
}

/** The body of a write, of a registration, of a preparation. */
export function writeJson(body: object): Buffer {
  return Buffer.from(JSON.stringify(body));
}

function readListed(one: Record<string, unknown>): ListedCharacteristic {
  const { iid, type, format, perms, value, ...meta } = one;
  const known = typeof format === 'string' ? format : '';
  const read = plainValue(value, known === 'bool');
  return {
    iid: idOf({ iid }, 'iid'),
    type: typeOf({ type }),
    format: known,
    perms: Array.isArray(perms) ? perms.filter((perm) => typeof perm === 'string') : [],
    ...(read === undefined ? {} : { value: read }),
    meta,
  };
}

function readJson<T>(body: Buffer, step: Step, read: (json: Record<string, unknown>) => T): T {
  try {
    if (isHeavy(body)) throw new Fault('expected JSON with fewer lists and objects, or fewer inside each other');
    const json: unknown = JSON.parse(body.toString());
    if (!isRecord(json)) throw new Fault('expected a JSON object, got another value');
    return read(json);
  } catch (error) {
    throw readFault(error, step);
  }
}

/** Millions of brackets would keep `JSON.parse`, and with it the process, busy for long. */
function isHeavy(body: Buffer): boolean {
  let depth = 0;
  let opened = 0;
  let quoted = false;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if (quoted && byte === BACKSLASH) at++;
    else if (byte === QUOTE) quoted = !quoted;
    else if (quoted) continue;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      if (++depth > DEPTH_MAX || ++opened > OPENED_MAX) return true;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--;
  }
  return false;
}

function readFault(error: unknown, step: Step): HapError {
  // the text of a SyntaxError repeats what came
  if (error instanceof SyntaxError) return malformed(step, 'json', 'expected JSON, got something else');
  if (error instanceof Fault) return malformed(step, 'json', error.message);
  throw error;
}

function list(json: Record<string, unknown>, name: string): readonly Record<string, unknown>[] {
  const value = json[name];
  if (!Array.isArray(value)) throw new Fault(`expected a list of ${name}, got none`);
  if (value.length > CHARACTERISTICS_MAX) throw new Fault(`expected at most ${CHARACTERISTICS_MAX} ${name}, got more`);
  if (!value.every(isRecord)) throw new Fault(`expected objects in ${name}, got another value`);
  return value;
}

/** HAP has 64 bits for them; what JSON's numbers do not carry exactly would name another one. */
function idOf(json: Record<string, unknown>, name: 'aid' | 'iid'): number {
  const value = json[name];
  if (!Number.isSafeInteger(value)) throw new Fault(`expected an ${name} below 2^53, got another value`);
  return value as number;
}

const APPLE_BASE = /^0*([0-9A-F]{1,8})-0000-1000-8000-0026BB765291$/;

/** A type in the one form that can be compared. */
export function shortType(type: string): string {
  const upper = type.toUpperCase();
  return APPLE_BASE.exec(upper)?.[1] ?? upper.replace(/^0+(?=[0-9A-F]{1,8}$)/, '');
}

function typeOf(json: Record<string, unknown>): string {
  const type = json['type'];
  if (typeof type !== 'string' || type.length > 64) throw new Fault('expected a type, got none');
  return shortType(type);
}

/** Some accessories forget the sign. Written as a difference, because `-Math.abs(0)` is not 0 to everybody. */
function statusOf(status: unknown): number | undefined {
  return typeof status === 'number' && Number.isSafeInteger(status) ? 0 - Math.abs(status) : undefined;
}

function plainValue(value: unknown, bool: boolean): CharacteristicValue | undefined {
  if (bool && (value === 0 || value === 1)) return value === 1;
  const plain = value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return plain ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
