/** Makes an input out of the corpus: cuts, copies, joins, and drops in what readers stumble over. */
import type { Random } from './random.ts';

/** Longest input made here, in UTF-16 units. The bounds above it have tests of their own. */
export const INPUT_MAX = 4_096;

/** Pieces with a meaning to some reader, and characters with a meaning to none. */
const PIECES: readonly string[] = [
  ...['&', '=', '%', '+', '%00', '%FF', '%C3', '%ED%A0%80', '%zz', ';', '?', '#', '@', ':', '/', '/r/'],
  ...[
    '\n',
    '\r\n',
    '\r',
    '\n\n',
    '\t',
    ' ',
    '   ',
    '\0',
    '\ufeff',
    '\u200b',
    '\u00a0',
    '\u202e',
    '\ud800',
    '\udc00',
    '\u{1f511}',
  ],
  ...[
    "'",
    '"',
    '\\',
    '\\\n',
    '`',
    '`\n',
    '^',
    '^\n',
    '^"',
    "$'",
    '$',
    '${',
    '$(',
    '\\x',
    '\\u12',
    '\\777',
    '\\"',
    '""',
    "''",
  ],
  ...[
    'curl ',
    'curl.exe ',
    ' -d ',
    ' -H ',
    ' --data-urlencode ',
    ' -u ',
    ' -G',
    ' --next ',
    ' -',
    ' --',
    ' -F ',
    ' @',
    '\u2013d',
  ],
  ...[
    'POST /token HTTP/1.1\n',
    'GET ',
    'HTTP/1.1 400 Bad Request\n',
    'Host: h\n',
    'Content-Length: 5\n',
    '> ',
    '< ',
    '* ',
    '```',
  ],
  ...['\\r\\n', 'Form item: "a" = "b"', ':path: /x\n', ':method: GET\n', '$ ', 'PS C:\\> '],
  ...['"error"', 'error=', 'error_uri=', '{', '}', '[', ']', '{"error":"', '": "', 'Bearer error="', 'invalid_grant'],
  ...[
    'hap5.1-authcode:',
    'cfa_',
    'cfr_',
    'vd_',
    'cd_',
    'gr_',
    'x8G3pQ2vR9mN7kL1',
    'grant_type=',
    'code=',
    '__proto__',
    'constructor',
  ],
];

/** One input: a corpus entry with up to eight changes, or noise. */
export function mutate(from: Random, corpus: readonly string[], pieces: readonly string[] = PIECES): string {
  let text = from.nat(50) === 0 ? noise(from) : from.pick(corpus);
  for (let changes = from.nat(9); changes > 0; changes--) text = change(from, text, corpus, pieces).slice(0, INPUT_MAX);
  return text;
}

function change(from: Random, text: string, corpus: readonly string[], pieces: readonly string[]): string {
  const at = from.nat(text.length + 1);
  const to = Math.min(text.length, at + from.nat(40));
  const before = text.slice(0, at);
  const after = text.slice(to);
  switch (from.nat(9)) {
    case 0:
      return before + text.slice(to);
    case 1:
    case 2:
      return before + from.pick(pieces) + text.slice(at);
    case 3:
      return before + from.pick(pieces) + after;
    case 4:
      return before + text.slice(at, to) + text.slice(at, to) + after;
    case 5:
      return before + from.pick(pieces).repeat(1 + from.nat(200)) + text.slice(at);
    case 6:
      return before + from.pick(corpus).slice(from.nat(60)) + after;
    case 7:
      return before + String.fromCharCode(from.nat(from.nat(4) === 0 ? 65_536 : 256)) + text.slice(at + 1);
    default:
      return before + noise(from).slice(0, 30) + after;
  }
}

function noise(from: Random): string {
  const limit = from.pick([128, 256, 65_536]);
  return Array.from({ length: from.nat(200) }, () => String.fromCharCode(from.nat(limit))).join('');
}
