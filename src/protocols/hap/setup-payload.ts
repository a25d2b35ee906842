/**
 * The text of a setup QR code (HAP §4.4.2.1): `X-HM://`, nine base36 digits of a 46-bit number, and the setup id.
 *
 * From the top, the bits are: version (3), reserved (4), category (8), reserved (1), BLE, IP, paired (1 each), code (27).
 * Drawing the QR code is not here.
 */
import { dashedSetupCode } from './setup-code.ts';

/** What a setup QR code says. */
export interface SetupPayload {
  /** `XXX-XX-XXX`. */
  readonly setupCode: string;
  /** Four of `0-9A-Z`; with the accessory's id it makes the `sh` of its TXT record. */
  readonly setupId: string;
  /** As in the TXT field `ci`, 0 to 255. */
  readonly category: number;
  /** Ways to reach it, and whether it was paired when the payload was made. */
  readonly ip: boolean;
  readonly ble: boolean;
  readonly paired: boolean;
}

/** What was read, or why not: `scheme`, `length`, `characters`, `version` (another than 0), `code` (over 99,999,999). */
export type ReadSetupPayload =
  | { readonly ok: true; readonly payload: SetupPayload }
  | { readonly ok: false; readonly fault: 'scheme' | 'length' | 'characters' | 'version' | 'code' };

const SCHEME = 'X-HM://';
const NUMBER_DIGITS = 9;
const SETUP_ID_DIGITS = 4;
const SETUP_ID = /^[0-9A-Z]{4}$/;
const CODES = 10 ** 8;
/** Longest text of which blanks are taken off. */
const TEXT_MAX = 64;

// all below 2^46, so that doubles are exact
const PAIRED = 2 ** 27;
const IP = 2 ** 28;
const BLE = 2 ** 29;
const CATEGORY = 2 ** 31;
const RESERVED = 2 ** 39;
const VERSION = 2 ** 43;
const END = 2 ** 46;

/**
 * The text of a QR code.
 *
 * @throws RangeError when a field cannot be written: the code is not eight digits, the id not four of `0-9A-Z`, the
 * category no byte
 */
export function encodeSetupPayload(payload: SetupPayload): string {
  const code = dashedSetupCode(payload.setupCode);
  if (code === undefined) throw new RangeError('expected a setup code of eight digits');
  if (!SETUP_ID.test(payload.setupId)) throw new RangeError('expected a setup id of four digits or capital letters');
  if (!Number.isInteger(payload.category) || payload.category < 0 || payload.category > 255)
    throw new RangeError(`expected a category from 0 to 255, got ${payload.category}`);
  const number =
    payload.category * CATEGORY +
    (payload.ble ? BLE : 0) +
    (payload.ip ? IP : 0) +
    (payload.paired ? PAIRED : 0) +
    Number(code.replaceAll('-', ''));
  return SCHEME + number.toString(36).toUpperCase().padStart(NUMBER_DIGITS, '0') + payload.setupId;
}

/** Reads the text of a QR code; blanks around it and its case count nowhere. Reserved bits are passed over. */
export function decodeSetupPayload(text: string): ReadSetupPayload {
  const trimmed = text.length > TEXT_MAX ? text : text.trim();
  if (trimmed.slice(0, SCHEME.length).toUpperCase() !== SCHEME) return { ok: false, fault: 'scheme' };
  const digits = trimmed.slice(SCHEME.length);
  if (digits.length !== NUMBER_DIGITS + SETUP_ID_DIGITS) return { ok: false, fault: 'length' };
  if (!/^[0-9A-Za-z]*$/.test(digits)) return { ok: false, fault: 'characters' };
  const rest = digits.toUpperCase();
  const number = Number.parseInt(rest.slice(0, NUMBER_DIGITS), 36);
  if (number >= END || bits(number, VERSION, 8) !== 0) return { ok: false, fault: 'version' };
  const code = number % PAIRED;
  if (code >= CODES) return { ok: false, fault: 'code' };
  return {
    ok: true,
    payload: {
      setupCode: dashedSetupCode(String(code).padStart(8, '0')) ?? '',
      setupId: rest.slice(NUMBER_DIGITS),
      category: bits(number % RESERVED, CATEGORY, 256),
      ip: bits(number, IP, 2) === 1,
      ble: bits(number, BLE, 2) === 1,
      paired: bits(number, PAIRED, 2) === 1,
    },
  };
}

/** The field of `number` that begins at `unit` and has `values` values. */
function bits(number: number, unit: number, values: number): number {
  return Math.floor(number / unit) % values;
}
