/** The body of a pasted message: what of it was sent, and what is only how it was printed. */
import type { Line } from './lines.ts';
import { counted } from './message.ts';
import { isStatusLine } from './start-line.ts';

/** What is needed to tell a body from its print. `notes` is added to. */
export interface BodyAsk {
  readonly headers: readonly (readonly [string, string])[];
  readonly lines: readonly Line[];
  /** Cut where a response begins: a copied stream holds both sides. */
  readonly untilResponse: boolean;
  readonly notes: string[];
}

/** The body as it was sent, as far as the print allows. */
export function bodyOf({ headers, lines, untilResponse, notes }: BodyAsk): string {
  const length = contentLength(headers);
  const printed = cutAtResponse(lines, length, untilResponse, notes)
    .map((l) => l.text + l.end)
    .join('');
  if (length !== undefined && Buffer.byteLength(printed) === length) return printed;
  const body = withoutLastBreaks(printed);
  const read = isForm(headers, body) ? unwrap(body, notes) : body;
  const bytes = Buffer.byteLength(read);
  if (length !== undefined && bytes !== length) {
    notes.push(`content-length says ${length} bytes, the body here has ${bytes}: it may have changed on the way`);
  }
  return read;
}

function contentLength(headers: BodyAsk['headers']): number | undefined {
  const value = headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] ?? '';
  return /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}

/** A followed TCP stream prints the response right behind the request, often on the body's own last line. */
function cutAtResponse(
  lines: readonly Line[],
  length: number | undefined,
  wanted: boolean,
  notes: string[],
): readonly Line[] {
  if (!wanted) return lines;
  const at = lines.findIndex((l) => isStatusLine(l.text));
  if (at >= 0) {
    notes.push('a response follows the request; it was left out');
    return lines.slice(0, at);
  }
  const first = lines[0];
  if (first && length !== undefined && isStatusLine(first.text.slice(length))) {
    notes.push('a response follows the body on the same line; it was left out');
    return [{ text: first.text.slice(0, length), end: '' }];
  }
  return lines;
}

function withoutLastBreaks(text: string): string {
  return text.slice(0, lastSeen(text, '\r\n'));
}

/** Where the run of `characters` at the end of the text begins. Linear, unlike a regular expression. */
function lastSeen(text: string, characters: string): number {
  let end = text.length;
  while (end > 0 && characters.includes(text[end - 1] ?? '')) end--;
  return end;
}

function isForm(headers: BodyAsk['headers'], body: string): boolean {
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  if (type !== undefined) return type.toLowerCase().startsWith('application/x-www-form-urlencoded');
  return body.includes('=') && !body.trimStart().startsWith('{');
}

/**
 * Takes out line breaks beside an `&`, with the blanks on the far side of the `&`; those are print as well. Works on
 * the previous line only, so that a body of very many lines costs no more than its length.
 */
function unwrap(body: string, notes: string[]): string {
  if (!body.includes('\n')) return body;
  const pieces = body.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  const out: string[] = [];
  let last = pieces[0] ?? '';
  let open = false;
  let wraps = 0;
  let kept = 0;
  for (const piece of pieces.slice(1)) {
    const ended = last.slice(0, lastSeen(last, ' \t'));
    const next = piece.replace(LEADING_BLANKS, '');
    open = ended.endsWith('&') || (open && ended === '');
    if (open || next.startsWith('&')) {
      out.push(open ? ended : last);
      last = next;
      wraps++;
    } else {
      out.push(last, '\n');
      last = piece;
      kept++;
    }
  }
  out.push(last);
  if (wraps > 0)
    notes.push(`took out ${counted(wraps, 'line break')} beside &: how the body is printed; blanks before & stay`);
  if (kept > 0) notes.push(`kept ${counted(kept, 'line break')} in the body beside no &: part of a value`);
  return out.join('');
}

const LEADING_BLANKS = /^[ \t]+/;
