/**
 * The setup code of an accessory (HAP §4.2.1): eight digits, printed `XXX-XX-XXX`. It proves nearness, once; it is neither
 * the key of a pairing nor an authorization code.
 */
import { randomInt } from 'node:crypto';

/** `ok`, or what keeps a text from being a setup code. */
export type SetupCodeForm = 'ok' | 'length' | 'characters' | 'trivial';

const DIGITS = 8;
const CODES = 10 ** DIGITS;

/** The codes that no accessory may have (HAP §4.2.1.2): eight times one digit, up the keyboard, down the keyboard. */
export const TRIVIAL_SETUP_CODES: readonly string[] = [
  ...Array.from({ length: 10 }, (_, digit) => withDashes(String(digit).repeat(DIGITS))),
  withDashes('12345678'),
  withDashes('87654321'),
];

/** Longest text that is looked at; a label holds ten characters. */
const TEXT_MAX = 64;
/** What a label prints between the digits, and what a paste brings along. */
const BETWEEN = /[\s-]/g;

/**
 * `ok`, or the first thing that is wrong: `characters` (something besides digits, dashes and blanks), `length` (not eight
 * digits), `trivial` (one of the twelve). Dashes and blanks count nowhere.
 */
export function checkSetupCode(text: string): SetupCodeForm {
  if (text.length > TEXT_MAX) return 'length';
  const digits = text.replace(BETWEEN, '');
  if (/[^0-9]/.test(digits)) return 'characters';
  if (digits.length !== DIGITS) return 'length';
  return TRIVIAL_SETUP_CODES.includes(withDashes(digits)) ? 'trivial' : 'ok';
}

/** Whether `checkSetupCode` says `ok`. */
export function isValidSetupCode(text: string): boolean {
  return checkSetupCode(text) === 'ok';
}

/**
 * The form that goes into SRP (HAP §4.2.1), `XXX-XX-XXX`, of a code with or without dashes; nothing unless there are eight
 * digits. Trivial codes have a dashed form too: refusing them is for `checkSetupCode`.
 */
export function dashedSetupCode(text: string): string | undefined {
  const form = checkSetupCode(text);
  return form === 'ok' || form === 'trivial' ? withDashes(text.replace(BETWEEN, '')) : undefined;
}

/** A fresh code with dashes, each of the 99,999,988 that are allowed as likely as any other. */
export function randomSetupCode(): string {
  for (;;) {
    const code = withDashes(String(randomInt(CODES)).padStart(DIGITS, '0'));
    if (isValidSetupCode(code)) return code;
  }
}

/** `XXX-XX-XXX` of eight digits. */
function withDashes(digits: string): string {
  return `${digits.slice(0, 3)}-${digits.slice(3, 5)}-${digits.slice(5)}`;
}
