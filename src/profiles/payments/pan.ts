/**
 * Card numbers: how to see one, and how to make a fingerprint of one. A number is in memory for as long as it takes and is
 * never stored, logged or repeated; what comes out of here is a keyed hash of the whole number (PCI DSS 3.5.1.1), and nothing
 * that could be laid beside it, such as its first six or last four digits.
 */
import { createHmac } from 'node:crypto';

/** Lengths of a card number, ISO/IEC 7812-1. */
const MIN = 12;
const MAX = 19;
/** Separators in a row that do not yet end a number. */
const GAP_MAX = 8;
/** Longest text looked at, in UTF-16 units; what is longer is taken for one that holds a number. */
const TEXT_MAX = 100_000;

/** Groups of digits with little between them, and where each group ends. */
interface Run {
  readonly digits: number[];
  readonly ends: number[];
}

/**
 * Does a text hold what looks like a card number? 12 to 19 digits that pass Luhn, written in one piece or in groups with
 * anything but letters between them, in the digits of any script, percent-encoded or as character references too; or such a
 * number inside of a longer piece. One in ten long
 * numbers passes by chance, so the caller asks only about text: a time stamp in a field of its own is not asked about.
 */
export function looksLikePan(text: string): boolean {
  if (text.length > TEXT_MAX || stands(text)) return true;
  const plain = text.replace(ENCODED, (_, percent, decimal, hex) => {
    const point = Number.parseInt(decimal ?? percent ?? hex ?? '20', decimal === undefined ? 16 : 10);
    return point <= 0x10ffff ? String.fromCodePoint(point) : ' ';
  });
  return plain !== text && stands(plain);
}

/** `%2D`, `&#45;`, `&#x2d;`, and names of references, which stand for no digits. */
const ENCODED = /%([0-9a-f]{2})|&#(\d{1,7});|&#x([0-9a-f]{1,6});|&[a-z]{2,8};/gi;

function stands(text: string): boolean {
  let run: Run = { digits: [], ends: [] };
  let gap = 0;
  for (const character of text) {
    const digit = digitOf(character);
    if (digit !== undefined) {
      if (gap > 0 && run.digits.length > 0) run.ends.push(run.digits.length);
      run.digits.push(digit);
      gap = 0;
      continue;
    }
    gap += 1;
    if (gap <= GAP_MAX && !/[\p{L}\p{N}]/u.test(character)) continue;
    if (holdsPan(run)) return true;
    run = { digits: [], ends: [] };
  }
  return holdsPan(run);
}

function holdsPan({ digits, ends }: Run): boolean {
  if (digits.length < MIN) return false;
  const starts = [0, ...ends];
  const stops = [...ends, digits.length];
  for (const [i, start] of starts.entries()) {
    for (let j = i; j < stops.length; j += 1) {
      const length = (stops[j] as number) - start;
      if (length > MAX) break;
      if (length >= MIN && !isDate(digits, starts, stops, i, j) && luhn(digits, start, stops[j] as number)) return true;
    }
    if ((stops[i] as number) - start > 16 && glued(digits, start, stops[i] as number)) return true;
  }
  return false;
}

/** `2026-01-31 12:00:00`: four, two, two digits, of a year that no card begins with. */
function isDate(
  digits: readonly number[],
  starts: readonly number[],
  stops: readonly number[],
  i: number,
  j: number,
): boolean {
  if (j < i + 2) return false;
  const length = (k: number): number => (stops[k] as number) - (starts[k] as number);
  const century = (digits[starts[i] as number] as number) * 10 + (digits[(starts[i] as number) + 1] as number);
  return length(i) === 4 && length(i + 1) === 2 && length(i + 2) === 2 && (century === 19 || century === 20);
}

/** A number of a known network in a longer piece of digits, as with the date or the code written right behind it. */
function glued(digits: readonly number[], from: number, to: number): boolean {
  for (let start = from; start + 15 <= to; start += 1) {
    const first = digits[start] as number;
    const second = digits[start + 1] as number;
    if (first === 3 && (second === 4 || second === 7) && luhn(digits, start, start + 15)) return true;
    const network =
      first === 4 || first === 5 || first === 6 || (first === 3 && second === 5) || (first === 2 && second >= 2);
    if (network && start + 16 <= to && luhn(digits, start, start + 16)) return true;
  }
  return false;
}

/** Does the check digit of `digits[from..to)` hold (ISO/IEC 7812-1, annex B)? Each entry is 0 to 9. */
function luhn(digits: readonly number[], from: number, to: number): boolean {
  let sum = 0;
  for (let i = to - 1, twice = false; i >= from; i -= 1, twice = !twice) {
    const digit = digits[i] as number;
    sum += twice ? (digit > 4 ? 2 * digit - 9 : 2 * digit) : digit;
  }
  return sum % 10 === 0;
}

/** The value of a decimal digit of any script (Unicode: ten in a row, the zero at a multiple that the class itself shows). */
function digitOf(character: string): number | undefined {
  const point = character.codePointAt(0) as number;
  if (point < 128) return point >= 48 && point <= 57 ? point - 48 : undefined;
  if (!/\p{Nd}/u.test(character)) return undefined;
  let zero = point;
  while (point - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  // Blocks of several sets of ten (mathematical digits) begin at 0x1d7ce.
  return point >= 0x1d7ce && point <= 0x1d7ff ? (point - 0x1d7ce) % 10 : point - zero;
}

/** A card as somebody names it. */
export type Card =
  | { readonly kind: 'pan'; readonly pan: string }
  | { readonly kind: 'par'; readonly par: string }
  | { readonly kind: 'token'; readonly token: string; readonly processor: string };

/** A card that was read, or what is wrong, in words that repeat nothing of what came. */
export type ReadCard = { readonly ok: true; readonly card: Card } | { readonly ok: false; readonly fault: string };

const PAR = /^[A-Z0-9]{29}$/;
const TOKEN = /^[\x21-\x7e]{1,200}$/;
const PROCESSOR = /^[a-z0-9][a-z0-9 .-]{0,63}$/i;

/**
 * Has a text the form of a payment account reference? One of digits may seem to hold a card number. It is exempt where a
 * reference belongs, and nowhere else: there it goes into the fingerprint only.
 */
export function isPar(text: string): boolean {
  return PAR.test(text);
}

/**
 * Reads `{pan}`, `{par}` (EMV payment account reference) or `{token, processor}`. A card number in any other member is
 * refused: it would be kept.
 */
export function readCard(input: Readonly<Record<string, unknown>>): ReadCard {
  for (const [name, value] of Object.entries(input)) {
    const own = name === 'pan' || (name === 'par' && typeof value === 'string' && isPar(value));
    if (!own && typeof value === 'string' && looksLikePan(value)) return { ok: false, fault: numberIn(name) };
    if (looksLikePan(name)) return { ok: false, fault: 'a card number stands where the name of a field should stand' };
  }
  const names = Object.keys(input).sort().join();
  const { pan, par, token, processor } = input;
  if (names === 'pan' && typeof pan === 'string') {
    const digits = plainDigits(pan);
    return digits === undefined
      ? {
          ok: false,
          fault: 'expected a card number of 12 to 19 digits whose check digit holds in `pan`, got something else',
        }
      : { ok: true, card: { kind: 'pan', pan: digits } };
  }
  if (names === 'par' && typeof par === 'string') {
    return isPar(par)
      ? { ok: true, card: { kind: 'par', par } }
      : {
          ok: false,
          fault: 'expected a payment account reference of 29 capitals and digits in `par`, got something else',
        };
  }
  if (names === 'processor,token' && typeof token === 'string' && typeof processor === 'string') {
    return TOKEN.test(token) && PROCESSOR.test(processor)
      ? { ok: true, card: { kind: 'token', token, processor: processor.toLowerCase() } }
      : { ok: false, fault: 'expected a token of at most 200 visible characters and the name of its processor' };
  }
  return { ok: false, fault: 'expected one of {pan}, {par} or {token, processor}, and nothing else' };
}

/** What is said of a card number in a field that is not for one; nothing of it is repeated. */
export function numberIn(field: string): string {
  return `\`${looksLikePan(field) ? 'a field' : field.slice(0, 64)}\` holds what looks like a card number: send it as \`card.pan\`, where only a fingerprint of it is kept, or leave it out`;
}

function plainDigits(pan: string): string | undefined {
  const digits = [...pan].map(digitOf).filter((digit) => digit !== undefined);
  const others = [...pan].length - digits.length;
  if (digits.length < MIN || digits.length > MAX || others > MAX || /\p{L}/u.test(pan)) return undefined;
  return luhn(digits, 0, digits.length) ? digits.join('') : undefined;
}

/** A key for fingerprints: at least 16 bytes, kept apart from what it makes. */
export interface FingerprintKey {
  readonly id: string;
  readonly secret: Uint8Array;
}

/** What a card is known by under a key. */
export interface Fingerprint {
  readonly key: string;
  readonly id: string;
}

const KEY_BYTES_MIN = 16;

/**
 * HMAC-SHA-256 of the whole number, as `pf_` and 43 characters. References and tokens get one of their own kind: nobody can
 * tell that a token and a number are the same card, so whoever names a card in one way should keep to it.
 *
 * @throws Error when the key has fewer than 16 bytes
 */
export function fingerprint(card: Card, { secret }: FingerprintKey): string {
  if (secret.length < KEY_BYTES_MIN) throw new Error(`expected a fingerprint key of ${KEY_BYTES_MIN} bytes at least`);
  const named =
    card.kind === 'pan'
      ? card.pan
      : card.kind === 'par'
        ? `par\0${card.par}`
        : `token\0${card.processor}\0${card.token}`;
  return `pf_${createHmac('sha256', secret).update(named).digest('base64url')}`;
}

/**
 * A card under every live key, the newest first. The gate reads the history under all of them and writes under the first; what
 * it finds under an older one it moves to the first in the same transaction, so that a key may go once nothing is left under it.
 *
 * @param keys newest first, one at least
 * @throws Error without a key
 */
export function fingerprints(card: Card, keys: readonly FingerprintKey[]): readonly Fingerprint[] {
  if (keys.length === 0) throw new Error('expected one fingerprint key at least');
  return keys.map((key) => ({ key: key.id, id: fingerprint(card, key) }));
}
