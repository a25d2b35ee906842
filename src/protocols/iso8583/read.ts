/**
 * Reads an ISO 8583:1987 message as far as it can be read: from bytes, from hex, or from a paste of a log. Networks and
 * processors write it in several ways (digits as text or packed, bitmaps as bytes or as hex, a length or an address in front);
 * each is tried, and the reading that gets furthest counts. Of fields, only their names are handed out: whatever the dialect, a
 * card number may stand in any.
 *
 * Not here: EBCDIC, the 1993 and 2003 editions, private layouts inside of fields other than Mastercard's field 48.
 */
import { FIELDS, type Field } from './fields.ts';

/** A field that was read. */
export interface ReadField {
  readonly number: number;
  readonly name: string;
}

/** A message, up to where it could be read. */
export interface Message {
  readonly ok: true;
  /** Four digits: version, class, function, origin. */
  readonly mti: string;
  /** Is it the answer to a request? */
  readonly response: boolean;
  readonly fields: readonly ReadField[];
  /** Field 39. */
  readonly responseCode?: string;
  /** Field 48, subelement 84: Mastercard's merchant advice code. */
  readonly advice?: string;
  /** Where reading stopped: a field that is not known here, cut off, or not of its kind; the byte counts from the first. */
  readonly stopped?: { readonly field: number; readonly byte: number; readonly because: string };
}

/** No message; nothing of what came is repeated. */
export interface NoMessage {
  readonly ok: false;
  readonly expected: string;
  readonly came: string;
  readonly fix: string;
}

/** Longest message read, in bytes; in hex twice that, and blanks besides. */
export const MESSAGE_MAX = 8_192;
const TEXT_MAX: number = 4 * MESSAGE_MAX;

/** One way of writing. */
interface Way {
  readonly packed: boolean;
  readonly hexBitmap: boolean;
}
const WAYS: readonly Way[] = [
  { packed: false, hexBitmap: false },
  { packed: false, hexBitmap: true },
  { packed: true, hexBitmap: false },
];

/** Reads a message. Total: what cannot be read is an answer. */
export function readIso8583(input: Uint8Array | string): Message | NoMessage {
  if (input.length > (typeof input === 'string' ? TEXT_MAX : MESSAGE_MAX))
    return none(`${input.length} characters or bytes`);
  let best: Reading | undefined;
  for (const bytes of typeof input === 'string' ? bytesOf(input) : [input]) {
    for (const start of starts(bytes)) {
      for (const way of WAYS) {
        const reading = read(bytes, start, way);
        if (reading !== undefined && score(reading) > (best === undefined ? 0 : score(best))) best = reading;
      }
    }
  }
  return best === undefined ? none('something else') : messageOf(best);
}

function none(came: string): NoMessage {
  return {
    ok: false,
    expected: `an ISO 8583:1987 message of at most ${MESSAGE_MAX} bytes: four digits of type, a bitmap, fields`,
    came,
    fix: 'bring the response as hex, from its message type on; EBCDIC is not read',
  };
}

/** A text is hex, or the message itself. */
function bytesOf(text: string): readonly Uint8Array[] {
  const plain = text.replace(/^\s*0x|[\s:]/gi, '');
  const ways: Uint8Array[] = [];
  if (plain.length % 2 === 0 && /^[0-9a-f]{24,}$/i.test(plain) && plain.length <= 2 * MESSAGE_MAX)
    ways.push(Buffer.from(plain, 'hex'));
  const own = text.replace(/\r?\n$/, '');
  const bytes = Buffer.from(own, 'latin1');
  if (own.length <= MESSAGE_MAX && bytes.toString('latin1') === own) ways.push(bytes);
  return ways;
}

/** Where the message type may stand: at once, behind a length of two or four bytes, behind a TPDU of five, or both. */
function starts(bytes: Uint8Array): readonly number[] {
  const length = bytes.length;
  const two = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  const counted = two === length - 2 || two === length;
  const four = /^\d{4}$/.test(text(bytes, 0, 4)) && Number(text(bytes, 0, 4)) === length - 4;
  const from = [0, ...(counted ? [2] : []), ...(four ? [4] : [])];
  return from.flatMap((at) => (bytes[at] === 0x60 || bytes[at] === 0x68 ? [at, at + 5] : [at]));
}

/** What was read, secrets and all: it does not leave this file. */
interface Reading {
  readonly mti: string;
  readonly fields: readonly (readonly [Field, string])[];
  readonly asked: number;
  readonly left: number;
  readonly stopped?: NonNullable<Message['stopped']>;
}

/** A message that is read to its very end comes first, then the one with the most fields. */
function score({ fields, stopped, left, asked }: Reading): number {
  return (
    1 + fields.length + (stopped === undefined && asked > 0 ? 200 : 0) + (stopped === undefined && left === 0 ? 400 : 0)
  );
}

function read(bytes: Uint8Array, start: number, way: Way): Reading | undefined {
  const mti = way.packed ? hex(bytes, start, 2) : text(bytes, start, 4);
  if (!/^0[1-8]\d{2}$/.test(mti) || !/^..[0-4]/.test(mti)) return undefined;
  let at = start + (way.packed ? 2 : 4);
  const first = bitmap(bytes, at, way);
  if (first === undefined) return undefined;
  at += way.hexBitmap ? 16 : 8;
  const wanted = numbers(first, 0);
  if (wanted[0] === 1) {
    const second = bitmap(bytes, at, way);
    if (second === undefined) return undefined;
    at += way.hexBitmap ? 16 : 8;
    wanted.push(...numbers(second, 64));
    wanted.shift();
  }
  const fields: (readonly [Field, string])[] = [];
  for (const number of wanted) {
    const field = FIELDS.get(number);
    const stop = (because: string): Reading => ({
      mti,
      fields,
      asked: wanted.length,
      left: bytes.length - at,
      stopped: { field: number, byte: at, because },
    });
    if (field === undefined) return stop('this field is not known here, so its length is not');
    const got = readField(bytes, at, field, way.packed);
    if (typeof got === 'string') return stop(got);
    fields.push([field, got.value]);
    at = got.end;
  }
  return { mti, fields, asked: wanted.length, left: bytes.length - at };
}

function bitmap(bytes: Uint8Array, at: number, { hexBitmap }: Way): readonly number[] | undefined {
  if (!hexBitmap) return at + 8 <= bytes.length ? [...bytes.subarray(at, at + 8)] : undefined;
  const digits = text(bytes, at, 16);
  return /^[0-9a-f]{16}$/i.test(digits) ? [...Buffer.from(digits, 'hex')] : undefined;
}

function numbers(map: readonly number[], base: number): number[] {
  const found: number[] = [];
  for (let bit = 0; bit < 64; bit += 1) {
    if (((map[bit >> 3] as number) >> (7 - (bit & 7))) & 1) found.push(base + bit + 1);
  }
  return found;
}

/** A field's text and where it ends, or why it cannot be read. */
function readField(
  bytes: Uint8Array,
  at: number,
  { format, kind, length: most }: Field,
  packed: boolean,
): { readonly value: string; readonly end: number } | string {
  let from = at;
  let length = most;
  if (format !== 'F') {
    const size = format === 'LL' ? (packed ? 1 : 2) : packed ? 2 : 3;
    const digits = packed ? hex(bytes, at, size) : text(bytes, at, size);
    if (!/^\d+$/.test(digits)) return 'expected the length of the field in digits';
    length = Number(digits);
    if (length > most) return `expected at most ${most}, got a length of ${length}`;
    from += size;
  }
  const nibbles = packed && (kind === 'n' || kind === 'z');
  const size = nibbles ? (length + 1) >> 1 : length;
  const end = from + size;
  if (end > bytes.length) return 'the message ends inside of this field';
  if (kind === 'b') return { value: hex(bytes, from, size), end };
  const whole = nibbles ? hex(bytes, from, size) : text(bytes, from, size);
  // A packed field of odd length has a filler in front, a track behind.
  const value = !nibbles || whole.length === length ? whole : kind === 'z' ? whole.slice(0, length) : whole.slice(1);
  if (!FITS[kind].test(value)) return 'expected other characters than came';
  return { value, end };
}

const FITS: Readonly<Record<Exclude<Field['kind'], 'b'>, RegExp>> = {
  n: /^\d*$/,
  x: /^[CD+-]?\d*$/,
  ans: /^[\x20-\x7e\xa0-\xff]*$/,
  z: /^[0-9A-F=]*$/i,
};

function messageOf({ mti, fields, stopped }: Reading): Message {
  const raw = new Map(fields.map(([field, value]) => [field.number, value]));
  const responseCode = raw.get(39);
  const advice = adviceOf(raw.get(48));
  return {
    ok: true,
    mti,
    response: mti[2] === '1' || mti[2] === '3',
    fields: fields.map(([{ number, name }]) => ({ number, name })),
    ...(responseCode !== undefined && /^[0-9A-Z]{2}$/i.test(responseCode) && { responseCode }),
    ...(advice !== undefined && { advice }),
    ...(stopped && { stopped }),
  };
}

/** Mastercard's field 48: one letter, then elements of two digits of id, two of length, and a value. */
function adviceOf(field: string | undefined): string | undefined {
  if (field === undefined) return undefined;
  for (let at = /^[A-Z ]/.test(field) ? 1 : 0; at + 4 <= field.length; ) {
    const id = field.slice(at, at + 2);
    const length = field.slice(at + 2, at + 4);
    if (!/^\d{2}$/.test(id) || !/^\d{2}$/.test(length)) return undefined;
    const value = field.slice(at + 4, at + 4 + Number(length));
    if (id === '84') return /^[0-9A-Z]{1,4}$/.test(value) ? value : undefined;
    at += 4 + Number(length);
  }
  return undefined;
}

function text(bytes: Uint8Array, from: number, length: number): string {
  return Buffer.from(bytes.subarray(from, from + length)).toString('latin1');
}

function hex(bytes: Uint8Array, from: number, length: number): string {
  return Buffer.from(bytes.subarray(from, from + length))
    .toString('hex')
    .toUpperCase();
}
