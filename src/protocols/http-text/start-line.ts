/** The first line of a message (RFC 9112 §3 and §4). */

/** Methods a start line is recognised by. */
export const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'CONNECT',
]);

const STATUS_LINE = /^HTTP\/\d(?:\.\d)? (\d{3})(?: (.*))?$/;
const VERSION = /^HTTP\/\d(?:\.\d)?$/;

/** A request line; `version` is missing where people leave it out. */
export interface StartLine {
  readonly method: string;
  readonly target: string;
  readonly version?: string;
}

/** `method SP target [SP version]` (RFC 9112 §3), by splitting at the first and the last blank. */
export function startLine(line: string): StartLine | undefined {
  const text = line.trimEnd();
  const blank = text.indexOf(' ');
  if (blank < 0 || !METHODS.has(text.slice(0, blank).toUpperCase())) return undefined;
  const method = text.slice(0, blank);
  const rest = text.slice(blank + 1).trimStart();
  const last = rest.lastIndexOf(' ');
  const version = last > 0 && VERSION.test(rest.slice(last + 1)) ? rest.slice(last + 1) : undefined;
  const target = version === undefined ? rest : rest.slice(0, last).trimEnd();
  if (!target.startsWith('/') && !/^https?:\/\//i.test(target) && target !== '*') return undefined;
  // without a version, prose such as "POST /token and then ..." must not pass for a request line
  if (version === undefined && target.includes(' ')) return undefined;
  return { method, target, ...(version !== undefined && { version }) };
}

/** True for a line that can begin a request. */
export function isRequestLine(line: string): boolean {
  return startLine(line) !== undefined;
}

/** The parts of a status line. */
export function statusLine(line: string): { readonly status: number; readonly reason: string } | undefined {
  const match = STATUS_LINE.exec(line.trimEnd());
  return match ? { status: Number(match[1]), reason: match[2] ?? '' } : undefined;
}

/** True for a line that can begin a response. */
export function isStatusLine(line: string): boolean {
  return statusLine(line) !== undefined;
}
