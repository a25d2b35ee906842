/** Makes any value safe to look at: control, invisible and direction-changing characters become visible. */
import { isList } from './match.ts';
import type { Value } from './model.ts';

/** Longest text shown, in characters; the rest is counted. */
const SHOWN_MAX = 200;
/** Most members of a list, or parts of a version, shown; the rest is counted. */
const MEMBERS_MAX = 20;

const NAMED: ReadonlyMap<string, string> = new Map([
  [' ', '␠'],
  ['\t', '⇥'],
  ['\n', '␊'],
  ['\r', '␍'],
]);

/**
 * Every character that a person cannot see or that changes how its neighbours look, and the characters this file
 * draws them with: nobody can present a `␠` that passes for a blank.
 */
const UNSEEN = /[\p{C}\p{Z}\p{DI}\u2800\u2400-\u2426⇥⟨⟩]/u;

/** One character as people can see it: `␠` for a blank, `⟨U+200B⟩` for a zero-width space. */
export function showCharacter(character: string): string {
  const named = NAMED.get(character);
  if (named !== undefined) return named;
  if (!UNSEEN.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

/**
 * A value as a person may safely see it, on a terminal or a page; bounded whatever comes in. Blanks *inside* plain
 * prose stay blanks only when they cannot be mistaken: at either end, or doubled, they are drawn.
 */
export function show(value: Value): string {
  if (typeof value === 'string') return showText(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (isList(value)) return joined(value, showText, ' ');
  if ('from' in value) return `${value.from}…${value.to}`;
  if ('minor' in value) return amountText(value.minor, value.currency);
  return joined(value.version, String, '.');
}

/** Currencies that do not have two decimals, ISO 4217. `Intl` leaves out those that are no longer in use, as of HUF. */
const PLACES: ReadonlyMap<string, number> = new Map([
  ...['BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG'].map((code) => [code, 0] as const),
  ...['RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'].map((code) => [code, 0] as const),
  ...['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'].map((code) => [code, 3] as const),
  ...['CLF', 'UYW'].map((code) => [code, 4] as const),
]);

/**
 * An amount as people write it: `EUR 19.99` for 1999, `JPY 1999` for 1999; exact for whole numbers.
 *
 * @param minor in the smallest unit of the currency
 * @param currency three capitals; of anything else the units are shown as they are
 */
export function amountText(minor: number, currency: string): string {
  const shown = showText(currency);
  const places = /^[A-Z]{3}$/.test(currency) ? (PLACES.get(currency) ?? 2) : 0;
  if (places === 0 || !Number.isSafeInteger(minor)) return `${shown} ${minor / 10 ** places}`;
  const digits = String(Math.abs(minor)).padStart(places + 1, '0');
  return `${shown} ${minor < 0 ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

function joined<T>(members: readonly T[], one: (member: T) => string, between: string): string {
  const left = members.length - MEMBERS_MAX;
  const shown = members.slice(0, MEMBERS_MAX).map((member) => one(member));
  return shown.join(between) + (left > 0 ? more(left) : '');
}

function more(left: number): string {
  return `… (${left} more)`;
}

/** Is it a moment as verdicts write one? Two of them are never one mistyped. */
export function isMoment(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT[\d:.]{8,12}Z$/.test(text);
}

const PLAIN = /^[\x21-\x7e]*$/;

function showText(text: string): string {
  if (text.length <= SHOWN_MAX && PLAIN.test(text)) return text;
  // A character is at most two UTF-16 units, so twice as many units hold all that is shown and split none of it.
  const characters = [...text.slice(0, 2 * SHOWN_MAX)].slice(0, SHOWN_MAX);
  const last = characters.length - 1;
  const shown = characters.map((c, i) => {
    const inner = c === ' ' && i > 0 && i < last && characters[i - 1] !== ' ' && characters[i + 1] !== ' ';
    return inner ? c : showCharacter(c);
  });
  const left = text.length - characters.join('').length;
  return shown.join('') + (left > 0 ? more(left) : '');
}
