/**
 * Reads `application/x-www-form-urlencoded` strictly, for the server itself: bounded, one pass, no backtracking.
 * Total: bad input gives a fault that names the parameter, and whatever else can be read is still read.
 *
 * Not here: what a parameter means; that an empty value counts as omitted (RFC 6749 §3.2) is the profile's business.
 */
import { isUtf8 } from 'node:buffer';

/** Bounds. `totalBytes` is of the raw body; the others are of decoded UTF-16 units. */
export interface FormLimits {
  readonly totalBytes: number;
  readonly parameters: number;
  readonly name: number;
  readonly value: number;
}

/** Bounds unless told: 64 KiB in all, 100 parameters, names of 256 and values of 16,384. */
export const FORM_LIMITS: FormLimits = { totalBytes: 65_536, parameters: 100, name: 256, value: 16_384 };

/** What was wrong. `position` is 1-based, inside the raw (undecoded) name or value; `detail` quotes no value. */
interface FormFault {
  readonly kind: 'too-large' | 'too-many' | 'name-too-long' | 'value-too-long' | 'escape' | 'utf8';
  readonly parameter?: string;
  readonly position?: number;
  readonly detail: string;
}

/** What was read. A parameter with a fault is in neither list; only the first fault is kept. */
export interface Form {
  /** The first value of each name, exactly as decoded. */
  readonly parameters: Map<string, string>;
  /** Names that came more than once, each named once (RFC 6749 §3.2 forbids them). */
  readonly duplicates: string[];
  readonly fault?: FormFault;
}

const AMPERSAND = 38;
const PLUS = 43;
const PERCENT = 37;
const EQUALS = 61;

/** Decodes a body. Bytes are taken as they are; a string as if it had come as UTF-8. */
export function readForm(input: string | Uint8Array, limits: FormLimits = FORM_LIMITS): Form {
  const bytes = typeof input === 'string' ? undefined : input;
  if (sizeOf(input, limits.totalBytes) > limits.totalBytes) {
    return { parameters: new Map(), duplicates: [], fault: tooLarge(limits) };
  }
  const raw = bytes ? latin1(bytes) : (input as string);
  const reading: Reading = {
    raw,
    isBytes: bytes !== undefined,
    limits,
    parameters: new Map(),
    duplicates: [],
    count: 0,
  };
  let from = 0;
  let equals = -1;
  let nameCoded = false;
  let coded = false;
  for (let i = 0; i <= raw.length; i++) {
    const c = i < raw.length ? raw.charCodeAt(i) : AMPERSAND;
    if (c === AMPERSAND) {
      if (i > from && !take(reading, { from, equals, end: i, nameCoded: equals < 0 ? coded : nameCoded, coded })) break;
      from = i + 1;
      equals = -1;
      coded = false;
    } else if (c === EQUALS && equals < 0) {
      equals = i;
      nameCoded = coded;
      coded = false;
    } else if (c === PERCENT || c === PLUS || c > 127) {
      coded = true;
    }
  }
  const { parameters, duplicates, fault } = reading;
  return fault ? { parameters, duplicates, fault } : { parameters, duplicates };
}

interface Reading {
  readonly raw: string;
  readonly isBytes: boolean;
  readonly limits: FormLimits;
  readonly parameters: Map<string, string>;
  readonly duplicates: string[];
  /** Names whose value had a fault, so that a second one is still a duplicate. */
  faulty?: Set<string>;
  count: number;
  fault?: FormFault;
}

/** Where one `name=value` lies; `equals` is -1 where there is none. */
interface Span {
  readonly from: number;
  readonly equals: number;
  readonly end: number;
  readonly nameCoded: boolean;
  readonly coded: boolean;
}

/** Takes one parameter in; false when no more may come. */
function take(reading: Reading, span: Span): boolean {
  const { limits, raw } = reading;
  if (reading.count === limits.parameters) {
    reading.fault ??= { kind: 'too-many', detail: `more than ${limits.parameters} parameters` };
    return false;
  }
  reading.count++;
  const nameEnd = span.equals < 0 ? span.end : span.equals;
  const name = part(reading, raw.slice(span.from, nameEnd), span.nameCoded);
  if (typeof name !== 'string') {
    reading.fault ??= { ...name, detail: `in the name of parameter ${reading.count}: ${name.detail}` };
    return true;
  }
  if (name.length > limits.name) {
    const detail = `the name of parameter ${reading.count} has ${name.length} characters, ${limits.name} are allowed`;
    reading.fault ??= { kind: 'name-too-long', detail };
    return true;
  }
  const seen = reading.parameters.has(name) || (reading.faulty?.has(name) ?? false);
  if (seen && !reading.duplicates.includes(name)) reading.duplicates.push(name);
  const value = span.equals < 0 ? '' : part(reading, raw.slice(span.equals + 1, span.end), span.coded);
  const fault = typeof value !== 'string' ? value : overlong(value, limits);
  if (fault) {
    reading.fault ??= { ...fault, parameter: name };
    reading.faulty ??= new Set();
    reading.faulty.add(name);
  } else if (!seen && typeof value === 'string') {
    reading.parameters.set(name, value);
  }
  return true;
}

function overlong(value: string, limits: FormLimits): FormFault | undefined {
  if (value.length <= limits.value) return undefined;
  return { kind: 'value-too-long', detail: `${value.length} characters, ${limits.value} are allowed` };
}

/** One name or value; what is all ASCII without `%` and `+` is handed back as it is. */
function part(reading: Reading, raw: string, coded: boolean): string | FormFault {
  if (!coded) return raw;
  const simple = asciiPart(raw);
  if (simple !== undefined) return simple;
  if (!reading.isBytes && !raw.isWellFormed()) {
    return { kind: 'utf8', detail: 'half of a surrogate pair, which has no UTF-8' };
  }
  const from = Buffer.from(raw, reading.isBytes ? 'latin1' : 'utf8');
  let to = 0;
  for (let i = 0; i < from.length; i++) {
    const c = from[i] ?? 0;
    if (c === PERCENT) {
      const high = hex(from[i + 1]);
      const low = hex(from[i + 2]);
      if (high < 0 || low < 0) return badEscape(raw, from, i, reading.isBytes);
      from[to++] = high * 16 + low;
      i += 2;
    } else {
      from[to++] = c === PLUS ? 32 : c;
    }
  }
  const decoded = from.subarray(0, to);
  if (!isUtf8(decoded)) return { kind: 'utf8', detail: 'the decoded bytes are not UTF-8' };
  return decoded.toString('utf8');
}

/** The common case without a buffer: ASCII whose escapes are ASCII. Undefined for everything else, faults included. */
function asciiPart(raw: string): string | undefined {
  let out = '';
  let from = 0;
  for (let i = 0; i < raw.length; i++) {
    const c = raw.charCodeAt(i);
    if (c > 127) return undefined;
    if (c === PLUS) {
      out += `${raw.slice(from, i)} `;
      from = i + 1;
    } else if (c === PERCENT) {
      const high = hex(raw.charCodeAt(i + 1));
      const low = hex(raw.charCodeAt(i + 2));
      if (high < 0 || high > 7 || low < 0) return undefined;
      out += raw.slice(from, i) + String.fromCharCode(high * 16 + low);
      i += 2;
      from = i + 1;
    }
  }
  return out + raw.slice(from);
}

/** `at` is the byte of the `%`. For a string the position is counted in its own characters, from what follows. */
function badEscape(raw: string, bytes: Buffer, at: number, isBytes: boolean): FormFault {
  const index = isBytes ? at : raw.length - bytes.toString('utf8', at).length;
  const detail = 'a % must be followed by two hexadecimal digits; a real % is sent as %25';
  return { kind: 'escape', position: index + 1, detail };
}

function hex(c: number | undefined): number {
  if (c === undefined) return -1;
  if (c >= 48 && c <= 57) return c - 48;
  const lower = c | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

function latin1(bytes: Uint8Array): string {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString('latin1');
}

/** Bytes of the input; a string that is surely too large is not measured to its end. */
function sizeOf(input: string | Uint8Array, max: number): number {
  if (typeof input !== 'string') return input.byteLength;
  return input.length > max || input.length * 3 <= max ? input.length : Buffer.byteLength(input);
}

function tooLarge(limits: FormLimits): FormFault {
  return { kind: 'too-large', detail: `the body has more than ${limits.totalBytes} bytes` };
}
