/**
 * From a paste to the lines of one message: finds the start line and takes off what tools and mail put in front of
 * every line. Each line is looked at a fixed number of times; nothing here backtracks.
 */

/** A line and the line break that ended it (empty at the end of the text). */
export interface Line {
  readonly text: string;
  readonly end: string;
}

/** What stood in front of every line of the message. */
type Dress = 'none' | 'indent' | 'quote' | 'curl-v' | 'wireshark';

/** The lines of one message, undressed, start line first. */
export interface Found {
  readonly lines: readonly Line[];
  readonly dress: Dress;
  /** Lines above the start line that were skipped because they are no part of the message. */
  readonly skipped: number;
  readonly fenced: boolean;
}

/** How far down the start line is looked for. */
const SEARCH_LINES = 200;

/** Splits at CRLF and LF; a lone CR stays inside its line. */
export function splitLines(text: string): Line[] {
  const lines: Line[] = [];
  let from = 0;
  while (from < text.length) {
    const lf = text.indexOf('\n', from);
    if (lf < 0) {
      lines.push({ text: text.slice(from), end: '' });
      break;
    }
    const cr = lf > from && text[lf - 1] === '\r';
    lines.push({ text: text.slice(from, cr ? lf - 1 : lf), end: cr ? '\r\n' : '\n' });
    from = lf + 1;
  }
  return lines;
}

/** The count of blanks and tabs a line begins with. */
function indentOf(text: string): number {
  let n = 0;
  while (text[n] === ' ' || text[n] === '\t') n++;
  return n;
}

/** Is the line, without blanks, empty? Linear. */
export function isBlank(text: string): boolean {
  return text.trim() === '';
}

/** The literal `\r\n` that packet viewers print at the end of each line. */
const PRINTED_CRLF = '\\r\\n';

/** Takes the printed `\r\n` off a line. */
function unprint(text: string): string {
  return text.endsWith(PRINTED_CRLF) ? text.slice(0, -PRINTED_CRLF.length) : text;
}

/** `> ` quotes a request in curl -v and any line in a mail; `< ` marks a response in curl -v. */
function unmark(text: string, mark: string): string {
  return text.slice(text[mark.length] === ' ' ? mark.length + 1 : mark.length);
}

/** Lines that curl -v prints between the message's own. */
function isCurlTalk(text: string): boolean {
  return text.startsWith('* ') || text.startsWith('{ [') || text.startsWith('} [');
}

const PROMPT = /^(?:[$%#] +|PS [^>]{0,200}> *)/;

/**
 * Finds a message whose first line satisfies `isStart`, undressed.
 *
 * @param mark what curl -v puts before the lines of this kind of message: `>` or `<`
 * @param isStart told the line without its dress
 */
export function findMessage(
  all: readonly Line[],
  mark: '>' | '<',
  isStart: (text: string) => boolean,
): Found | undefined {
  let fenced = false;
  for (let i = 0; i < all.length && i < SEARCH_LINES; i++) {
    const raw = all[i]?.text ?? '';
    if (raw.startsWith('```') || raw.startsWith('~~~')) {
      fenced = true;
      continue;
    }
    const marked = raw.startsWith(mark);
    const indent = marked ? 0 : indentOf(raw);
    const bare = marked ? unmark(raw, mark) : raw.slice(indent);
    const start = unprint(bare).replace(PROMPT, '');
    if (!isStart(start)) continue;
    const end = all[i]?.end ?? '\n';
    const rest = upToFence(all.slice(i + 1));
    const skipped = all.slice(0, i).filter((l) => !isBlank(l.text) && !l.text.startsWith('```')).length;
    const about = { skipped, fenced };
    const first = { text: start, end };
    if (marked) return { ...about, ...unquoted(first, rest, mark) };
    if (bare.endsWith(PRINTED_CRLF)) return { ...about, lines: [first, ...printed(rest)], dress: 'wireshark' };
    // a header never begins with a blank on the second line, so what stands there is indentation
    const second = rest[0]?.text ?? '';
    const shift = Math.max(indent, isBlank(second) ? 0 : indentOf(second));
    if (shift > 0) return { ...about, lines: [first, ...rest.map((l) => outdent(l, shift))], dress: 'indent' };
    return { ...about, lines: [first, ...rest], dress: 'none' };
  }
  return undefined;
}

function outdent(line: Line, by: number): Line {
  return { ...line, text: line.text.slice(Math.min(by, indentOf(line.text))) };
}

function upToFence(lines: readonly Line[]): readonly Line[] {
  const close = lines.findIndex((l) => l.text.startsWith('```') || l.text.startsWith('~~~'));
  return close < 0 ? lines : lines.slice(0, close);
}

/** The lines with the mark. Unmarked ones count only after the blank line: they are the body that a tool printed. */
function unquoted(first: Line, rest: readonly Line[], mark: '>' | '<'): Pick<Found, 'lines' | 'dress'> {
  const other = mark === '>' ? '<' : '>';
  const lines: Line[] = [first];
  let inBody = false;
  let dress: Dress = 'quote';
  for (const line of rest) {
    if (isCurlTalk(line.text)) {
      dress = 'curl-v';
      continue;
    }
    if (line.text.startsWith(other)) {
      dress = 'curl-v';
      break;
    }
    const marked = line.text.startsWith(mark);
    if (!marked && !inBody) continue;
    const text = marked ? unmark(line.text, mark) : line.text;
    if (isBlank(text)) inBody = true;
    lines.push({ ...line, text });
  }
  return { lines, dress };
}

const FORM_ITEM = /^Form item: "([^"]*)" = "(.*)"$/;

/** A packet viewer's tree: printed line ends off, its own remarks out, its list of form items back into one body. */
function printed(rest: readonly Line[]): Line[] {
  const lines: Line[] = [];
  const items: string[] = [];
  let inBody = false;
  for (const line of rest) {
    const text = unprint(line.text.slice(indentOf(line.text)));
    const item = FORM_ITEM.exec(text);
    if (item) {
      items.push(`${escaped(item[1] ?? '')}=${escaped(item[2] ?? '')}`);
    } else if (!inBody && !text.startsWith('[')) {
      lines.push({ text, end: '\n' });
      inBody = isBlank(text);
    }
  }
  return items.length > 0 ? [...lines, { text: items.join('&'), end: '' }] : lines;
}

/** Percent-encodes as a form would; half of a surrogate pair, which has no UTF-8, becomes U+FFFD. */
function escaped(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
