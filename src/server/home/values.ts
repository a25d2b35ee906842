/** Characteristics of an accessory by their names, their values for people, and what people type as values. */
import { CHARACTERISTIC_TYPES, characteristicType, serviceType } from '../../profiles/home/types.ts';
import type { CharacteristicRead, CharacteristicValue, ListedAccessory } from '../../protocols/hap/characteristics.ts';
import { NotFoundError, OperationError } from '../operations.ts';
import { idOf, isAt, type Part, partsOf, pathOf, readPath } from './paths.ts';
import type { ValueView } from './shapes.ts';

const AT = /^([A-Za-z0-9][A-Za-z0-9._-]{0,39})\/(\d{1,16})\.(\d{1,16})$/;
const WHOLE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;

/** The accessory that a name begins with. @throws OperationError for what is no name */
export function accessoryOf(id: string): string {
  const accessory = readPath(id)?.accessory ?? AT.exec(id)?.[1] ?? WHOLE.exec(id)?.[0];
  if (accessory !== undefined) return accessory;
  throw new OperationError(`expected a name like lamp/lightbulb/on, or lamp for all of it, got ${JSON.stringify(id)}`);
}

/**
 * The characteristics that a name stands for: one, or, for an accessory alone, all that have `perm` (`pr`, `pw`, `ev`).
 *
 * @throws NotFoundError when it lists none; OperationError when one is named that does not have `perm`
 */
export function partsNamed(
  database: readonly ListedAccessory[],
  id: string,
  perm: 'pr' | 'pw' | 'ev',
): readonly Part[] {
  const all = database.flatMap(partsOf);
  const may = ({ characteristic }: Part): boolean => characteristic.perms.includes(perm);
  if (!id.includes('/')) return all.filter(may);
  const part = all.find(isNamed(id));
  if (!part)
    throw new NotFoundError(
      `${accessoryOf(id)} lists no ${id.slice(id.indexOf('/') + 1)}: counterfoil home get ${accessoryOf(id)} shows what it has`,
    );
  if (!may(part))
    throw new OperationError(
      `${id} cannot be ${DOING[perm]}: it is ${part.characteristic.perms.join(', ') || 'for nothing'}`,
    );
  return [part];
}

const DOING = { pr: 'read', pw: 'written', ev: 'watched' } as const;

function isNamed(id: string): (part: Part) => boolean {
  const [, , aid, iid] = AT.exec(id) ?? [];
  if (aid !== undefined) return (part) => isAt(part, { aid: Number(aid), iid: Number(iid) });
  const path = readPath(id);
  const service = path && serviceType(path.service);
  const characteristic = path && characteristicType(path.characteristic);
  return (part) => part.service.type === service && part.characteristic.type === characteristic;
}

/** Names by which each part is found again: its path, or where several share one, its numbers. */
export function namesIn(accessory: string, database: readonly ListedAccessory[]): (part: Part) => string {
  const firsts = new Map<string, Part>();
  for (const part of database.flatMap(partsOf)) {
    const path = pathOf(accessory, part);
    if (!firsts.has(path)) firsts.set(path, part);
  }
  return (part) => {
    const path = pathOf(accessory, part);
    const first = firsts.get(path);
    return first && isAt(first, idOf(part)) ? path : `${accessory}/${part.aid}.${part.characteristic.iid}`;
  };
}

/** A part with what was read of it. */
export function valueView(accessory: string, part: Part, name: string, read: Partial<CharacteristicRead>): ValueView {
  const { format, perms, meta, type } = part.characteristic;
  const unit = CHARACTERISTIC_TYPES.get(type)?.unit ?? (typeof meta['unit'] === 'string' ? meta['unit'] : undefined);
  const { status = 0, value } = read;
  return {
    id: name,
    says: pathOf(accessory, part),
    ...(status === 0 ? { value: value ?? null } : { status }),
    format,
    ...(unit !== undefined && { unit }),
    perms,
    ...boundsOf(meta),
  };
}

/** Most values of a list that are told: more are no list for people. */
const VALID_MAX = 32;

/** Of a foreign hand: only what is a number, and a list only when it is short. */
function boundsOf(meta: Readonly<Record<string, unknown>>): Pick<ValueView, 'min' | 'max' | 'step' | 'valid'> {
  const { minValue: min, maxValue: max, minStep: step, 'valid-values': valid } = meta;
  const isNumbers = Array.isArray(valid) && valid.length <= VALID_MAX && valid.every(Number.isFinite);
  return {
    ...(typeof min === 'number' && { min }),
    ...(typeof max === 'number' && { max }),
    ...(typeof step === 'number' && { step }),
    ...(isNumbers && { valid: valid as readonly number[] }),
  };
}

const SWITCHES: Readonly<Record<string, boolean>> = {
  on: true,
  true: true,
  '1': true,
  yes: true,
  off: false,
  false: false,
  '0': false,
  no: false,
};
const NUMBER = /^[+-]?\d{1,16}(?:\.\d{1,16})?$/;

/** What was typed, as the characteristic has it. @throws OperationError for a value of another kind */
export function typedValue(id: string, { characteristic: { format } }: Part, text: string): CharacteristicValue {
  const value = readTyped(format, text.trim());
  if (value !== undefined) return value;
  const expected = format === 'bool' ? 'on or off' : 'a number';
  throw new OperationError(`expected ${expected} for ${id} (${format}), got ${JSON.stringify(text)}`);
}

function readTyped(format: string, text: string): CharacteristicValue | undefined {
  if (format === 'bool') return SWITCHES[text.toLowerCase()];
  if (format === 'float' || /^u?int/.test(format)) {
    if (!NUMBER.test(text)) return undefined;
    const value = Number(text);
    return format === 'float' || Number.isSafeInteger(value) ? value : undefined;
  }
  return text;
}
