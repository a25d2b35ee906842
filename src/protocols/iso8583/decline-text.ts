/**
 * Reads a decline as people print and quote it: a response code and the words around it. `51 HAP UPD`, `05 at worldpay on
 * visa`, `declined, response code 51`; or a processor's own word and whose it is: `insufficient_funds at stripe`. What the
 * code and the words mean is not decided here.
 */

/** What stands in the text. Codes and words in capitals; names as they came, in small letters. */
export interface DeclineText {
  readonly code: string;
  /** Words printed behind the code. */
  readonly suffixes: readonly string[];
  /** The Mastercard advice code, where the text names one: `MAC 24`. */
  readonly advice?: string;
  /** Whatever stands behind at, by, from or on: processors and networks. */
  readonly names: readonly string[];
  /** Found in a sentence, where what stands behind `at` may be anything. */
  readonly inSentence?: true;
}

/** A processor's own word or advice code, as it came, and the names behind it, in small letters. */
export interface DeclineWord {
  readonly code?: string;
  readonly advice?: string;
  readonly names: readonly string[];
}

const TEXT_MAX = 500;
const SUFFIXES_MAX = 6;

/** Two characters, one of them a digit. */
const CODE = String.raw`\d{2}|\d[A-Z]|[A-Z]\d`;
const SUFFIX = String.raw`MAC[ :=]?\d{2}|[A-Z][A-Z0-9-]{1,11}|hap|upd`;
const NAME = String.raw`(?:at|by|from|on)[ ]+[\w.-]{2,30}`;
/** The code in front, and at least one word or name behind it. */
const LINE = new RegExp(
  `^(${CODE})((?:[ ,/]+(?:${SUFFIX})(?![\\w.-])){0,${SUFFIXES_MAX}})((?:[ ,]+${NAME}){0,2})[.!]?$`,
);
/** No code and no name has more digits than eight; a card has. */
export const MANY_DIGITS: RegExp = /(?:\D*\d){9}/;
/** Whoever has no such name has said something else: the caller looks. */
const OWN_WORD = new RegExp(
  `^(?!${MANY_DIGITS.source})(advice +)?([A-Za-z0-9][A-Za-z0-9_.-]{0,63})((?:[ ,]+${NAME}){0,2})[.!?]?$`,
);
/** Words that nobody uses for anything but the code of an answer. */
const INTRODUCED: readonly RegExp[] = [
  new RegExp(String.raw`\b(?:response|decline|refusal)\s+code\s*[:=#]?\s*(${CODE})\b`, 'i'),
  new RegExp(String.raw`\b(?:RC|DE ?39|field 39)\s*[:=]?\s*(${CODE})\b`),
  /\bdeclined?\b[^\d\n]{0,40}\b(\d{2})(?![\d.,:-])/i,
  /(?<![\d.,:-])\b(\d{2})\b(?![.,:-]?\d)[^\d\n]{0,20}\bdeclined?\b/i,
];

/** Reads a text; `undefined` when it does not speak of a response code. */
export function readDeclineText(text: string): DeclineText | undefined {
  if (text.length > TEXT_MAX) return undefined;
  const plain = text.trim().replace(/\s+/g, ' ');
  const line = LINE.exec(plain);
  const [, code = '', words = '', names = ''] = line ?? [];
  if (line && (words !== '' || names !== '')) return read(code, words, names);
  for (const introduced of INTRODUCED) {
    const found = introduced.exec(plain)?.[1];
    if (found === undefined) continue;
    const tail =
      plain
        .match(new RegExp(`[ ,]${NAME}`, 'g'))
        ?.slice(0, 2)
        .join('') ?? '';
    const behind = plain.slice(plain.indexOf(found) + found.length);
    const words = new RegExp(`^(?:[ ,/]+(?:${SUFFIX})(?![\\w.-])){1,${SUFFIXES_MAX}}`).exec(behind)?.[0] ?? '';
    return { ...read(found, words, tail), inSentence: true };
  }
  return undefined;
}

/**
 * Reads `insufficient_funds at stripe`, `20051 at checkout.com on visa`, `advice 08 at rapyd`. Only who knows the names can
 * tell it from other words.
 *
 * @returns `undefined` for a longer text, for a word with neither `advice` before nor a name behind it, and for long numbers
 */
export function readDeclineWord(text: string): DeclineWord | undefined {
  if (text.length > TEXT_MAX) return undefined;
  const [, advice, word = '', behind = ''] = OWN_WORD.exec(text.trim().replace(/\s+/g, ' ')) ?? [];
  const names = namesOf(behind);
  if (word === '' || (advice === undefined && names.length === 0)) return undefined;
  return { ...(advice === undefined ? { code: word } : { advice: word }), names };
}

function namesOf(text: string): readonly string[] {
  return text.split(/[ ,]*\b(?:at|by|from|on) +/).flatMap((name) => {
    const plain = name.trim().replace(/[.,]$/, '').toLowerCase();
    return plain === '' ? [] : [plain];
  });
}

function read(code: string, words: string, names: string): DeclineText {
  const advice = /MAC[ :=]?(\d{2})/.exec(words)?.[1];
  const suffixes = words.replace(/MAC[ :=]?\d{2}/g, ' ').split(/[ ,/]+/);
  return {
    code: code.toUpperCase(),
    suffixes: [...new Set(suffixes.filter((word) => word !== '').map((word) => word.toUpperCase()))],
    ...(advice !== undefined && { advice }),
    names: namesOf(names),
  };
}
