/**
 * The TXT record of an accessory on the network (HAP §6.4, table 6-7). Fields keep their names on the wire, without `#`.
 *
 * Whoever reads one reads what a stranger sent: at most 64 strings of a record are looked at, and what a
 * field must not be is noted and left out. DNS itself is not here.
 */
import { hash } from 'node:crypto';

/** What an accessory says of itself. A field that did not come, or was nothing of its kind, is absent. */
export interface Txt {
  /** Pairing id of the accessory, `XX:XX:XX:XX:XX:XX` as it came; a new one after each factory reset. */
  readonly id?: string;
  /** `c#`: number of its configuration. 1 to 65,535 (table 6-7), or to 2^32 - 1 (§6.11 item 18); both are read. */
  readonly c?: number;
  /** `s#`: number of its state; 1. */
  readonly s?: number;
  /** Status bits, see `STATUS`. */
  readonly sf?: number;
  /** Feature bits, see `FEATURE`; 0 unless it came. */
  readonly ff: number;
  /** Category, see `CATEGORIES`. */
  readonly ci?: number;
  /** Model. */
  readonly md?: string;
  /** Version of the protocol; `1.0` unless it came (what is spoken today is `1.1`). */
  readonly pv: string;
  /** Base64 of four bytes that tell a scanned setup payload's accessory; see `setupHash`. */
  readonly sh?: string;
}

/** Bits of `sf` (table 6-8). */
export const STATUS = { notPaired: 1, noWifi: 2, problem: 4 } as const;

/** Bits of `ff` (table 5-4): pairing with a chip, pairing with a token in software. */
export const FEATURE = { hardwareAuthentication: 1, softwareAuthentication: 2 } as const;

/** Names of `ci` (§13). */
export const CATEGORIES: Readonly<Record<number, string>> = {
  1: 'other',
  2: 'bridge',
  3: 'fan',
  4: 'garage door opener',
  5: 'lightbulb',
  6: 'door lock',
  7: 'outlet',
  8: 'switch',
  9: 'thermostat',
  10: 'sensor',
  11: 'security system',
  12: 'door',
  13: 'window',
  14: 'window covering',
  15: 'programmable switch',
  16: 'range extender',
  17: 'camera',
  18: 'video doorbell',
  19: 'air purifier',
  20: 'heater',
  21: 'air conditioner',
  22: 'humidifier',
  23: 'dehumidifier',
  24: 'Apple TV',
  25: 'HomePod',
  26: 'speaker',
  27: 'AirPort',
  28: 'sprinkler',
  29: 'faucet',
  30: 'shower head',
  31: 'television',
  32: 'remote control',
  33: 'router',
  34: 'audio receiver',
  35: 'television set-top box',
  36: 'television streaming stick',
};

/**
 * Something about a record that is not as §6.4 has it. `missing`: required and not there; `value`: not of its kind, left
 * out; `range`: a number that the field must not have, kept where it is one (a `c#` over 65,535, which §6.11 allows, an
 * `s#` other than 1); `name`: came under another name (`c` for `c#`), read all the same; `twice`: later ones were passed over.
 */
export interface TxtNote {
  readonly field: 'c#' | 's#' | 'sf' | 'ff' | 'ci' | 'id' | 'md' | 'pv' | 'sh';
  readonly fault: 'missing' | 'value' | 'range' | 'name' | 'twice';
}

/** How much of a record is looked at: strings of it, and bytes of a string (RFC 6763 §6.1). */
const TXT_LIMITS = { strings: 64, bytes: 255 } as const;

const UINT32_END = 2 ** 32;
const UINT16_END = 2 ** 16;
const FIELDS = ['id', 'c#', 's#', 'sf', 'ff', 'ci', 'md', 'pv', 'sh'] as const;
type Field = (typeof FIELDS)[number];
/** Names seen in the field beside those of the specification. */
const OTHER_NAMES: Readonly<Record<string, Field>> = { c: 'c#', s: 's#' };

/** Reads the strings of a TXT record. Total; of a name that comes twice the first counts (RFC 6763 §6.4). */
export function readTxt(strings: readonly Uint8Array[]): { readonly txt: Txt; readonly notes: readonly TxtNote[] } {
  const notes: TxtNote[] = [];
  const values = fieldsOf(strings, notes);
  const text = (field: Field, form: RegExp): string | undefined => {
    const value = values.get(field);
    if (value === undefined || form.test(value)) return value;
    notes.push({ field, fault: 'value' });
    return undefined;
  };
  const number = (field: Field, from: number, to: number, end: number): number | undefined => {
    const digits = text(field, /^[0-9]{1,10}$/);
    const value = digits === undefined ? undefined : Number(digits);
    if (value === undefined || (value >= from && value <= to)) return value;
    notes.push({ field, fault: 'range' });
    return value < end ? value : undefined;
  };
  const read = {
    id: text('id', /^[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}$/),
    c: number('c#', 1, UINT16_END - 1, UINT32_END),
    s: number('s#', 1, 1, UINT32_END),
    sf: number('sf', 0, 255, UINT32_END),
    ff: number('ff', 0, 255, UINT32_END) ?? 0,
    ci: number('ci', 1, UINT16_END - 1, UINT32_END),
    md: text('md', /./su),
    pv: text('pv', /^[0-9]{1,5}(?:\.[0-9]{1,5}){0,2}$/) ?? '1.0',
    sh: text('sh', /^[A-Za-z0-9+/]{6}(?:==)?$/),
  };
  return { txt: withoutGaps(read), notes };
}

/** A record without its `undefined` members. */
function withoutGaps<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const there = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there) as { [K in keyof T]: Exclude<T[K], undefined> };
}

/** The values by field, what is not a field of ours left out. */
function fieldsOf(strings: readonly Uint8Array[], notes: TxtNote[]): ReadonlyMap<Field, string> {
  const values = new Map<Field, string>();
  for (const bytes of strings.slice(0, TXT_LIMITS.strings)) {
    const text = Buffer.from(bytes.subarray(0, TXT_LIMITS.bytes)).toString('utf8');
    const equals = text.indexOf('=');
    if (equals < 1 || equals > 2) continue;
    const key = text.slice(0, equals).toLowerCase();
    const known = FIELDS.find((name) => name === key);
    const field = known ?? (Object.hasOwn(OTHER_NAMES, key) ? OTHER_NAMES[key] : undefined);
    if (field === undefined) continue;
    const note = (fault: TxtNote['fault']): void => {
      if (!notes.some((other) => other.field === field && other.fault === fault)) notes.push({ field, fault });
    };
    if (known === undefined) note('name');
    if (values.has(field)) note('twice');
    else values.set(field, text.slice(equals + 1));
  }
  for (const field of ['c#', 'id', 'md', 's#', 'sf', 'ci'] as const)
    if (!values.has(field)) notes.push({ field, fault: 'missing' });
  return values;
}

/** The fields of a record by their names on the wire, for whoever publishes it. */
export function writeTxt(txt: Txt): Record<string, string> {
  const named = {
    'c#': txt.c,
    ff: txt.ff,
    id: txt.id,
    md: txt.md,
    pv: txt.pv,
    's#': txt.s,
    sf: txt.sf,
    ci: txt.ci,
    sh: txt.sh,
  };
  return Object.fromEntries(Object.entries(named).flatMap(([name, v]) => (v === undefined ? [] : [[name, String(v)]])));
}

/** The number after `c` (§6.4): after 65,535 comes 1. */
export function nextConfiguration(c: number): number {
  return c >= UINT16_END - 1 ? 1 : c + 1;
}

/** `sh` (§6.4): base64 of the first four bytes of SHA-512 over setup id and accessory id. */
export function setupHash(setupId: string, accessoryId: string): string {
  return hash('sha512', setupId + accessoryId, 'buffer')
    .subarray(0, 4)
    .toString('base64');
}

/** Whether a TXT record is of the accessory whose setup id was scanned; `undefined` when it does not say. */
export function isOfSetupId(txt: Txt, setupId: string): boolean | undefined {
  if (txt.sh === undefined || txt.id === undefined) return undefined;
  const wanted = setupHash(setupId, txt.id);
  return txt.sh === wanted || `${txt.sh}==` === wanted;
}

/** What a category is called: `lightbulb`, or `category 77` for one without a name. */
export function categoryName(ci: number): string {
  return Object.hasOwn(CATEGORIES, ci) ? (CATEGORIES[ci] ?? '') : `category ${ci}`;
}
