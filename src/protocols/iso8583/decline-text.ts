/**
 * Reads a decline as people print and quote it: a response code and the words around it. `51 HAP UPD`, `05 at worldpay on
 * visa`, `declined, response code 51`. What the code and the words mean is not decided here.
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
    return read(
      found,
      new RegExp(`^(?:[ ,/]+(?:${SUFFIX})(?![\\w.-])){1,${SUFFIXES_MAX}}`).exec(behind)?.[0] ?? '',
      tail,
    );
  }
  return undefined;
}

function read(code: string, words: string, names: string): DeclineText {
  const advice = /MAC[ :=]?(\d{2})/.exec(words)?.[1];
  const suffixes = words.replace(/MAC[ :=]?\d{2}/g, ' ').split(/[ ,/]+/);
  return {
    code: code.toUpperCase(),
    suffixes: [...new Set(suffixes.filter((word) => word !== '').map((word) => word.toUpperCase()))],
    ...(advice !== undefined && { advice }),
    names: names.split(/[ ,]*\b(?:at|by|from|on) +/).flatMap((name) => {
      const plain = name.trim().replace(/[.,]$/, '').toLowerCase();
      return plain === '' ? [] : [plain];
    }),
  };
}
