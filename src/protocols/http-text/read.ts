/**
 * Reads a raw HTTP/1.1 message out of a paste: a file, a log, a packet viewer, curl -v, developer tools.
 * Tolerant about everything around the message, exact about everything in it: values keep their blanks.
 *
 * Not here: decoding the body (`../form/`), judging it, sending it.
 */
import { bodyOf } from './body.ts';
import { type Found, findMessage, isBlank, type Line, splitLines } from './lines.ts';
import {
  counted,
  HEADERS_MAX,
  type HttpRequest,
  NOTES_MAX,
  type ReadRequest,
  type ReadResponse,
  TEXT_MAX,
  type Unread,
} from './message.ts';
import { isRequestLine, isStatusLine, METHODS, startLine, statusLine } from './start-line.ts';

/** RFC 9110 §5.6.2 `token`. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** A pseudo-header of HTTP/2 as developer tools copy it: `:path: /token`. */
const PSEUDO = /^:([a-z]+): ?(.*)$/;

/**
 * Reads a request.
 *
 * Line breaks beside an `&` of a form body are a display wrap: they are taken out and noted. Blanks in front of an `&`
 * stay, because they are part of the value. Where `Content-Length` fits the body as printed, nothing is taken out.
 */
export function readHttpRequest(text: string): ReadRequest {
  if (text.length > TEXT_MAX) return tooLong(text);
  const lines = splitLines(withoutBom(text));
  const found = findMessage(lines, '>', isRequestLine);
  if (!found) return fromPseudoHeaders(lines) ?? noStart(text, 'a request line such as POST /token HTTP/1.1');
  const start = startLine(found.lines[0]?.text ?? '');
  if (!start) return noStart(text, 'a request line such as POST /token HTTP/1.1');
  const notes = aboutFinding(found);
  if (start.version === undefined) notes.push('the request line names no HTTP version; it was read as HTTP/1.1');
  if (start.method !== start.method.toUpperCase()) notes.push('methods are case-sensitive: send it in capitals');
  if (start.target.includes(' ')) notes.push('there is a blank in the request target: it must be sent as %20 or +');
  const { headers, rest } = readHeaders(found.lines.slice(1), notes);
  const body = bodyOf({ headers, lines: rest, untilResponse: true, notes });
  if (found.dress === 'curl-v' && body === '') {
    notes.push('curl -v does not print the body it sends; bring the curl command itself as well');
  }
  return done({ method: start.method, target: start.target, headers, body }, notes);
}

/** Reads a response. Its body is kept as printed, without the line breaks at its end. */
export function readHttpResponse(text: string): ReadResponse {
  if (text.length > TEXT_MAX) return tooLong(text);
  const found = findMessage(splitLines(withoutBom(text)), '<', isStatusLine);
  const start = statusLine(found?.lines[0]?.text ?? '');
  if (!found || !start) return noStart(text, 'a status line such as HTTP/1.1 400 Bad Request');
  const notes = aboutFinding(found);
  const { headers, rest } = readHeaders(found.lines.slice(1), notes);
  const body = bodyOf({ headers, lines: rest, untilResponse: false, notes });
  const response = { ...start, headers, body };
  return { ok: true, response, notes: notes.slice(0, NOTES_MAX) };
}

function done(request: HttpRequest, notes: readonly string[]): ReadRequest {
  return { ok: true, request, notes: notes.slice(0, NOTES_MAX) };
}

function aboutFinding(found: Found): string[] {
  const notes: string[] = [];
  if (found.fenced) notes.push('a code fence around the message was taken off');
  if (found.skipped > 0) notes.push(`skipped ${counted(found.skipped, 'line')} above the message`);
  if (found.dress === 'quote') notes.push('the quote marks in front of the lines were taken off');
  if (found.dress === 'curl-v') notes.push('the marks of curl -v were taken off');
  if (found.dress === 'indent') notes.push('the indentation in front of the lines was taken off');
  if (found.dress === 'wireshark') notes.push('a packet viewer printed \\r\\n at the line ends; they were taken off');
  return notes;
}

interface HeaderPart {
  readonly headers: (readonly [string, string])[];
  readonly rest: readonly Line[];
}

/** Header fields up to the blank line (RFC 9112 §5). What is no field is left out with a note. */
function readHeaders(lines: readonly Line[], notes: string[]): HeaderPart {
  const headers: (readonly [string, string])[] = [];
  for (let i = 0; i < lines.length; i++) {
    const text = lines[i]?.text ?? '';
    if (isBlank(text)) return { headers, rest: lines.slice(i + 1) };
    const colon = text.indexOf(':', 1);
    const name = colon < 0 ? '' : text.slice(0, colon);
    const last = headers.at(-1);
    if (TOKEN.test(name.trimEnd())) {
      if (name !== name.trimEnd()) notes.push(`header line ${i + 1} has a blank before its colon: servers refuse that`);
      if (headers.length < HEADERS_MAX) headers.push([name.trimEnd(), text.slice(colon + 1).trim()]);
      else if (headers.length === HEADERS_MAX) notes.push(`only the first ${HEADERS_MAX} header fields were read`);
    } else if ((text[0] === ' ' || text[0] === '\t') && last) {
      headers[headers.length - 1] = [last[0], `${last[1]} ${text.trim()}`];
      notes.push(`header line ${i + 1} continues the one above: the obsolete form, servers refuse it`);
    } else if (looksLikeForm(text)) {
      notes.push(
        'there is no blank line between the headers and the body; the body was read from the first parameter on',
      );
      return { headers, rest: lines.slice(i) };
    } else if (!PSEUDO.test(text)) {
      notes.push(`header line ${i + 1} is no header field (name: value) and was left out`);
    }
  }
  return { headers, rest: [] };
}

/** `name=`, as the first parameter of a form body begins. */
function looksLikeForm(text: string): boolean {
  const equals = text.indexOf('=');
  return equals > 0 && equals <= 64 && /^[\w.+%~-]+$/.test(text.slice(0, equals));
}

/** Developer tools copy HTTP/2 requests as `:method: POST`, `:path: /token`, then the header fields. */
function fromPseudoHeaders(lines: readonly Line[]): ReadRequest | undefined {
  const pseudo = new Map<string, string>();
  for (const line of lines.slice(0, HEADERS_MAX)) {
    const match = PSEUDO.exec(line.text);
    if (match) pseudo.set(match[1] ?? '', (match[2] ?? '').trim());
  }
  const method = pseudo.get('method');
  const target = pseudo.get('path');
  if (method === undefined || !METHODS.has(method.toUpperCase())) return undefined;
  if (target === undefined || !(target.startsWith('/') || target === '*')) return undefined;
  const notes = ['the HTTP/2 form of developer tools was read'];
  const first = lines.findIndex((l) => PSEUDO.test(l.text));
  const { headers, rest } = readHeaders(lines.slice(first), notes);
  const host = pseudo.get('authority');
  const all = host === undefined ? headers : [['Host', host] as const, ...headers];
  return done(
    { method, target, headers: all, body: bodyOf({ headers, lines: rest, untilResponse: true, notes }) },
    notes,
  );
}

function withoutBom(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function tooLong(text: string): Unread {
  return {
    ok: false,
    expected: `at most ${TEXT_MAX} characters`,
    came: `${text.length} characters`,
    fix: 'bring one request only, from its request line to the end of its body',
  };
}

function noStart(text: string, expected: string): Unread {
  return {
    ok: false,
    expected,
    came: isBlank(text) ? 'nothing' : 'no such line in the first 200',
    fix: 'copy the whole message as text: first line, headers, a blank line, body',
  };
}
