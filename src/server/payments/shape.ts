/**
 * A subset of JSON Schema (2020-12) as data, and its validator. Every shape is bounded: strings and lists have a longest
 * length, numbers a range, objects no members but their own. What is wrong is said without repeating what came, because a
 * card number may have been sent anywhere; a word without a digit in it is repeated.
 */
import { show } from '../../core/show.ts';

/** A string. `pattern` is tried on strings that are not too long. */
export interface StringShape {
  readonly type: 'string' | readonly ['string', 'null'];
  readonly description?: string;
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly enum?: readonly string[];
  readonly format?: 'date-time' | 'uri';
}

/** A whole number; both ends included. */
export interface IntegerShape {
  readonly type: 'integer';
  readonly description?: string;
  readonly minimum: number;
  readonly maximum: number;
}

/** Yes or no. */
export interface BooleanShape {
  readonly type: 'boolean';
  readonly description?: string;
}

/** A list. */
export interface ListShape {
  readonly type: 'array';
  readonly description?: string;
  readonly items: Shape;
  readonly maxItems?: number;
}

/** An object. */
export interface ObjectShape {
  readonly type: 'object';
  readonly description?: string;
  readonly properties: Readonly<Record<string, Shape>>;
  readonly required: readonly string[];
  readonly additionalProperties: false;
}

/** Any of them. */
export type Shape = StringShape | IntegerShape | BooleanShape | ListShape | ObjectShape;

/** What is wrong: where (`amount.minor`; empty for the whole), what was expected, and what came. */
export interface ShapeFault {
  readonly at: string;
  readonly expected: string;
  readonly came: string;
}

/** The first thing that is not as the shape has it; undefined where all is. Pure. */
export function faultIn(shape: Shape, value: unknown, at: string = ''): ShapeFault | undefined {
  switch (shape.type) {
    case 'object':
      return objectFault(shape, value, at);
    case 'array':
      return listFault(shape, value, at);
    case 'integer': {
      const { minimum, maximum } = shape;
      const fits = Number.isSafeInteger(value) && (value as number) >= minimum && (value as number) <= maximum;
      return fits ? undefined : { at, expected: `a whole number from ${minimum} to ${maximum}`, came: cameOf(value) };
    }
    case 'boolean':
      return typeof value === 'boolean' ? undefined : { at, expected: 'true or false', came: cameOf(value) };
    default:
      return stringFault(shape, value, at);
  }
}

function objectFault({ properties, required }: ObjectShape, value: unknown, at: string): ShapeFault | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { at, expected: 'an object', came: cameOf(value) };
  const members = value as Readonly<Record<string, unknown>>;
  const inside = (name: string): string => (at === '' ? name : `${at}.${name}`);
  for (const name of required) {
    if (!Object.hasOwn(members, name))
      return { at: inside(name), expected: describe(properties[name] as Shape), came: 'nothing' };
  }
  for (const [name, member] of Object.entries(members)) {
    const shape = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (shape === undefined)
      return {
        at: inside(show(name.slice(0, 64))),
        expected: `only ${Object.keys(properties).join(', ')}`,
        came: 'a member of this name',
      };
    const fault = faultIn(shape, member, inside(name));
    if (fault) return fault;
  }
  return undefined;
}

function listFault({ items, maxItems }: ListShape, value: unknown, at: string): ShapeFault | undefined {
  if (!Array.isArray(value)) return { at, expected: 'a list', came: cameOf(value) };
  if (maxItems !== undefined && value.length > maxItems)
    return { at, expected: `at most ${maxItems} entries`, came: `${value.length}` };
  for (const [i, item] of value.entries()) {
    const fault = faultIn(items, item, `${at}[${i}]`);
    if (fault) return fault;
  }
  return undefined;
}

function stringFault(shape: StringShape, value: unknown, at: string): ShapeFault | undefined {
  if (value === null && typeof shape.type !== 'string') return undefined;
  const { pattern, maxLength = Number.POSITIVE_INFINITY, enum: words } = shape;
  const fits =
    typeof value === 'string' &&
    value.length <= maxLength &&
    (words === undefined || words.includes(value)) &&
    (pattern === undefined || new RegExp(pattern, 'u').test(value));
  return fits ? undefined : { at, expected: describe(shape), came: cameOf(value) };
}

function describe(shape: Shape): string {
  if (shape.type === 'object') return 'an object';
  if (shape.type === 'array') return 'a list';
  if (shape.type === 'boolean') return 'true or false';
  if (shape.type === 'integer') return `a whole number from ${shape.minimum} to ${shape.maximum}`;
  if (shape.enum) return `one of ${shape.enum.join(', ')}`;
  return shape.description ?? 'a string';
}

/** What came, by its kind and length. */
function cameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'string') return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
  if (value === '') return 'an empty string';
  return value.length <= 40 && !/\p{N}/u.test(value) ? show(value) : `a string of ${value.length} characters`;
}
