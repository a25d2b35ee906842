/**
 * Characters that people take for one another: on a screen, on paper, from a keyboard of another language.
 * Not the whole of Unicode TR39: what turns up in codes, names and addresses.
 */

/** One class a line: the first character stands for all the others. */
const CLASSES: readonly string[] = [
  'O0ΟОՕ',
  'l1I|ΙІӀӏІ',
  'S5Ѕ',
  'B8ΒВ',
  'Z2Ζ',
  'aаɑα',
  'cсϲ',
  'dԁ',
  'eе',
  'hһ',
  'iі',
  'jј',
  'kк',
  'oоοօ',
  'pрρ',
  'qԛ',
  'sѕ',
  'vνѵ',
  'wԝ',
  'xхχ',
  'yуγ',
  'AΑА',
  'CСϹ',
  'EΕЕ',
  'GԌ',
  'HΗН',
  'JЈ',
  'KΚК',
  'MΜМ',
  'NΝ',
  'PΡР',
  'TΤТ',
  'XΧХ',
  'YΥҮУ',
  'nո',
  'uսυ',
  '-\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u30fc',
  "'‘’‚‛′´`ʹʼ",
  '"“”„‟″',
  '.․·。',
  ',‚，',
  ':：ː∶',
  '/⁄∕',
  '~˜∼',
  ' \t',
];

const STANDS_FOR: ReadonlyMap<string, string> = new Map(
  CLASSES.flatMap((line) => {
    const [first = '', ...others] = [...line];
    return others.map((other): [string, string] => [other, first]);
  }),
);

/** The text with every character replaced by the one that stands for its class; equal skeletons look alike. */
export function skeleton(text: string): string {
  let seen = '';
  for (const character of text) {
    const plain = STANDS_FOR.get(character) ?? compatible(character);
    seen += plain;
  }
  return seen.replaceAll('rn', 'm').replaceAll('vv', 'w');
}

/** Full-width, mathematical and space variants stand for the plain character; a ligature for its letters. */
function compatible(character: string): string {
  if (character < '\u0080') return character;
  if (/\p{Zs}/u.test(character)) return ' ';
  const plain = character.normalize('NFKC');
  return STANDS_FOR.get(plain) ?? plain;
}
