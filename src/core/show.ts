/** Makes any value safe to look at: control, invisible and direction-changing characters become visible. */
import type { Value } from './model.ts';

/** Longest string shown; the rest is counted. */
const SHOWN_MAX = 200;

const NAMED: ReadonlyMap<string, string> = new Map([
  [' ', '␠'],
  ['\t', '⇥'],
  ['\n', '␊'],
  ['\r', '␍'],
]);

/** Every character that a person cannot see or that changes how its neighbours look. */
const UNSEEN = /[\p{C}\p{Z}\p{Variation_Selector}\u00ad\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800]/u;

/** One character as people can see it: `␠` for a blank, `⟨U+200B⟩` for a zero-width space. */
export function showCharacter(character: string): string {
  const named = NAMED.get(character);
  if (named !== undefined) return named;
  if (!UNSEEN.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

/**
 * A value as a person may safely see it, on a terminal or a page. Blanks *inside* plain prose stay blanks only when
 * they cannot be mistaken: at either end, or doubled, they are drawn.
 */
export function show(value: Value): string {
  if (typeof value === 'string') return showText(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (isList(value)) return value.map(showText).join(' ');
  if ('from' in value) return `${value.from}…${value.to}`;
  if ('minor' in value) return `${value.minor} ${showText(value.currency)}`;
  return value.version.join('.');
}

function isList(value: Value): value is readonly string[] {
  return Array.isArray(value);
}

const PLAIN = /^[\x21-\x7e]*$/;

function showText(text: string): string {
  if (PLAIN.test(text) && text.length <= SHOWN_MAX) return text;
  const characters = [...text.slice(0, SHOWN_MAX + 1)].slice(0, SHOWN_MAX);
  const last = characters.length - 1;
  const shown = characters.map((c, i) => {
    const inner = c === ' ' && i > 0 && i < last && characters[i - 1] !== ' ' && characters[i + 1] !== ' ';
    return inner ? c : showCharacter(c);
  });
  const left = text.length - characters.join('').length;
  return shown.join('') + (left > 0 ? `… (${left} more)` : '');
}
