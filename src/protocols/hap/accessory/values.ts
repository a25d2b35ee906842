/** Values of characteristics: is this one of that format (HAP §6.3.3), and is it allowed? Both are total. */

/** How a value is written (HAP §6.3.3 table 6-5). `tlv8` and `data` are base64 text. */
export type Format = 'bool' | 'uint8' | 'uint16' | 'uint32' | 'uint64' | 'int' | 'float' | 'string' | 'tlv8' | 'data';

/** Units (HAP §6.3.3 table 6-6). */
export type Unit = 'celsius' | 'percentage' | 'arcdegrees' | 'lux' | 'seconds';

/** What values a characteristic can have. */
export interface Limits {
  readonly format: Format;
  readonly unit?: Unit;
  readonly minValue?: number;
  readonly maxValue?: number;
  readonly minStep?: number;
  /** UTF-16 units of a string, 64 unless given. */
  readonly maxLen?: number;
  /** Characters of base64, 2,097,152 unless given. */
  readonly maxDataLen?: number;
  readonly validValues?: readonly number[];
  readonly validValuesRange?: readonly [from: number, to: number];
}

/** A value in JSON. `null` is read only from an impulse. */
export type Value = boolean | number | string | null;

const INTEGERS: Partial<Record<Format, readonly [from: number, to: number]>> = {
  uint8: [0, 2 ** 8 - 1],
  uint16: [0, 2 ** 16 - 1],
  uint32: [0, 2 ** 32 - 1],
  // what JSON carries exactly; more than that would come back as another number
  uint64: [0, Number.MAX_SAFE_INTEGER],
  int: [-(2 ** 31), 2 ** 31 - 1],
};

const STRING_MAX = 64;
const DATA_MAX = 2_097_152;

/**
 * The value that was written, as it is stored: 0, 1 and the boolean words are one thing to a `bool`, some controllers write true
 * and false to a number, and a float is rounded to its step. Undefined for anything that this characteristic cannot take.
 */
export function toValue(limits: Limits, came: unknown): Exclude<Value, null> | undefined {
  const value = rounded(limits, coerced(limits.format, came));
  return isOfFormat(limits.format, value) && isAllowed(limits, value) ? value : undefined;
}

function coerced(format: Format, came: unknown): unknown {
  if (format === 'bool') return came === 1 ? true : came === 0 ? false : came;
  if (typeof came === 'boolean' && (format === 'float' || format in INTEGERS)) return came ? 1 : 0;
  return came;
}

/** HAP §6.3.3 table 6-3, `minStep`: the nearest step within the range, in as many decimals as step and least value have. */
function rounded({ format, minStep = 0, minValue = 0, maxValue = Infinity }: Limits, value: unknown): unknown {
  if (format !== 'float' || typeof value !== 'number' || minStep <= 0 || value > maxValue) return value;
  const decimals = Math.max(decimalsOf(minStep), decimalsOf(minValue));
  const at = (steps: number): number => Number((minValue + steps * minStep).toFixed(decimals));
  const steps = Math.round((value - minValue) / minStep);
  return at(steps) > maxValue ? at(steps - 1) : at(steps);
}

function decimalsOf(value: number): number {
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  return Math.min(20, Math.max(0, (digits.split('.')[1]?.length ?? 0) - Number(exponent)));
}

/** Is it a value of that format, its limits aside? */
export function isOfFormat(format: Format, value: unknown): value is Exclude<Value, null> {
  const range = INTEGERS[format];
  if (range !== undefined)
    return typeof value === 'number' && Number.isInteger(value) && value >= range[0] && value <= range[1];
  switch (format) {
    case 'bool':
      return typeof value === 'boolean';
    case 'float':
      return typeof value === 'number' && Number.isFinite(value);
    case 'string':
      return typeof value === 'string';
    default:
      return typeof value === 'string' && isBase64(value);
  }
}

/** Is a value of the right format within the limits? A step binds integers here: a float was rounded. */
export function isAllowed(limits: Limits, value: Exclude<Value, null>): boolean {
  if (typeof value === 'boolean') return true;
  if (typeof value === 'string') {
    if (limits.format === 'string') return value.length <= (limits.maxLen ?? STRING_MAX);
    return value.length <= (limits.maxDataLen ?? DATA_MAX);
  }
  const { minValue = -Infinity, maxValue = Infinity, minStep, validValues, validValuesRange: range } = limits;
  if (value < minValue || value > maxValue) return false;
  if (validValues !== undefined && !validValues.includes(value)) return false;
  if (range !== undefined && (value < range[0] || value > range[1])) return false;
  if (minStep === undefined || limits.format === 'float') return true;
  return (value - (Number.isFinite(minValue) ? minValue : 0)) % minStep === 0;
}

/** The two standard alphabets are not mixed: HAP has the first (RFC 4648 §4), padding optional. */
function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}
