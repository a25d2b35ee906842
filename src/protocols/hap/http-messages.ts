/**
 * HTTP/1.1 as HAP speaks it (§6.2): requests, responses, and the events that an accessory sends in between (`EVENT/1.0`, §6.8). Bytes
 * in as they come, whole messages out; bounded in the head, in the body and in their count, whoever sends.
 *
 * Not here: trailers (read and dropped), compression, upgrades, a body that ends with the connection: HAP has none of them.
 */

/** A whole message. Field names are in lower case; of several fields of a name the values are joined by a comma. */
export interface HttpMessage {
  readonly kind: 'request' | 'response' | 'event';
  /** Of a request, as sent; otherwise empty. */
  readonly method: string;
  readonly target: string;
  /** Of a response or event; 0 for a request. */
  readonly status: number;
  readonly fields: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** Bounds, in bytes. */
export interface HttpBounds {
  /** Start line and fields, 16 KiB unless told. */
  readonly headMaxBytes?: number;
  /** Body, 2 MiB unless told: a bridge of 150 accessories lists itself in less than one. */
  readonly bodyMaxBytes?: number;
}

/** Messages that became whole, or why nothing more can be read. `fault` repeats nothing of what came. */
export type HttpRead =
  | { readonly ok: true; readonly messages: readonly HttpMessage[] }
  | { readonly ok: false; readonly fault: string };

/** Takes bytes as they come. After the first fault it answers nothing else. */
export interface HttpReader {
  push(bytes: Uint8Array): HttpRead;
  /** Bytes of a message that is not whole yet. */
  held(): number;
}

const HEAD_MAX = 16 * 1024;
const BODY_MAX = 2 * 1024 * 1024;
/** A size line of a chunk, extensions included, or a trailer. */
const LINE_MAX = 1024;
const FIELDS_MAX = 100;
/** Smaller chunks than this on average are no way to send a body; their count is bounded by it. */
const CHUNKS_MAX = 65_536;

const REQUEST_LINE = /^([A-Z]{1,16}) (\S{1,16384}) HTTP\/1\.[01]$/;
const STATUS_LINE = /^(HTTP|EVENT)\/1\.[01] (\d{3})(?: .*)?$/;
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)$/;

/** What is read next. `left` counts the bytes of a body or chunk that are still to come. */
type Phase = 'head' | 'body' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer';

/** Throws out of the depth of the reader; never leaves this file. */
class Fault extends Error {}

/** Where a reader stands. `left` counts the bytes of the body or chunk that are still to come. */
interface State {
  readonly kind: 'request' | 'response';
  readonly headMax: number;
  readonly bodyMax: number;
  phase: Phase;
  pending: Buffer;
  head: Omit<HttpMessage, 'body'> | undefined;
  parts: Buffer[];
  size: number;
  left: number;
  chunks: number;
}

/** A reader of what a server gets (`request`) or what a client gets (`response`: events too). */
export function createHttpReader(kind: 'request' | 'response', bounds: HttpBounds = {}): HttpReader {
  const state: State = {
    kind,
    headMax: bounds.headMaxBytes ?? HEAD_MAX,
    bodyMax: bounds.bodyMaxBytes ?? BODY_MAX,
    phase: 'head',
    pending: Buffer.alloc(0),
    head: undefined,
    parts: [],
    size: 0,
    left: 0,
    chunks: 0,
  };
  let ended: HttpRead | undefined;
  return {
    push(bytes) {
      if (ended !== undefined) return ended;
      state.pending = state.pending.length === 0 ? Buffer.from(bytes) : Buffer.concat([state.pending, bytes]);
      const messages: HttpMessage[] = [];
      try {
        while (STEPS[state.phase](state, messages));
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        ended = { ok: false, fault: error.message };
        state.pending = Buffer.alloc(0);
        state.parts = [];
        return ended;
      }
      return { ok: true, messages };
    },
    held: () => state.pending.length + state.parts.reduce((sum, part) => sum + part.length, 0),
  };
}

/** One step of a phase: false when more bytes are needed, a Fault when nothing can be read any more. */
const STEPS: Readonly<Record<Phase, (state: State, into: HttpMessage[]) => boolean>> = {
  head(state, into) {
    // RFC 9112 §2.2: an empty line before a message is forgiven
    while (state.pending[0] === 13 && state.pending[1] === 10) state.pending = state.pending.subarray(2);
    const text = take(state, '\r\n\r\n', state.headMax);
    if (text === undefined) return false;
    state.head = readHead(state.kind, text);
    const length = bodyLength(state.head);
    if (length === 'chunked') state.phase = 'chunk-size';
    else {
      expectBytes(state, length);
      state.phase = 'body';
    }
    return state.phase === 'chunk-size' || STEPS.body(state, into);
  },
  body(state, into) {
    if (!fill(state)) return false;
    finish(state, into);
    return true;
  },
  'chunk-size'(state) {
    const line = take(state, '\r\n', LINE_MAX);
    if (line === undefined) return false;
    const digits = /^([0-9A-Fa-f]{1,8})[ \t]*(?:;|$)/.exec(line)?.[1];
    if (digits === undefined) throw new Fault('expected the size of a chunk, got something else');
    if (++state.chunks > CHUNKS_MAX) throw new Fault(`expected at most ${CHUNKS_MAX} chunks, got more`);
    expectBytes(state, Number.parseInt(digits, 16));
    state.phase = state.left === 0 ? 'trailer' : 'chunk';
    return true;
  },
  chunk(state) {
    if (!fill(state)) return false;
    state.phase = 'chunk-end';
    return true;
  },
  'chunk-end'(state) {
    if (state.pending.length < 2) return false;
    if (state.pending[0] !== 13 || state.pending[1] !== 10) throw new Fault('expected the end of a chunk, got more');
    state.pending = state.pending.subarray(2);
    state.phase = 'chunk-size';
    return true;
  },
  trailer(state, into) {
    const line = take(state, '\r\n', LINE_MAX);
    if (line === '') finish(state, into);
    else if (line !== undefined && ++state.chunks > CHUNKS_MAX) throw new Fault('expected the end of a body, got more');
    return line !== undefined;
  },
};

/** Up to `mark`, or undefined while it has not come. What is held stays under `max`. */
function take(state: State, mark: string, max: number): string | undefined {
  const at = state.pending.indexOf(mark, 0, 'latin1');
  if (at > max || (at < 0 && state.pending.length > max + mark.length))
    throw new Fault(`expected at most ${max} bytes of ${state.phase}, got more`);
  if (at < 0) return undefined;
  const text = state.pending.toString('latin1', 0, at);
  state.pending = state.pending.subarray(at + mark.length);
  return text;
}

/** Takes what belongs to the body or chunk; true when that is complete. */
function fill(state: State): boolean {
  const piece = state.pending.subarray(0, state.left);
  if (piece.length > 0) state.parts.push(Buffer.from(piece));
  state.pending = state.pending.subarray(piece.length);
  state.left -= piece.length;
  return state.left === 0;
}

function expectBytes(state: State, bytes: number): void {
  state.size += bytes;
  if (state.size > state.bodyMax) throw new Fault(`expected at most ${state.bodyMax} bytes of body, got more`);
  state.left = bytes;
}

function finish(state: State, into: HttpMessage[]): void {
  if (state.head !== undefined) into.push({ ...state.head, body: Buffer.concat(state.parts) });
  Object.assign(state, { head: undefined, parts: [], size: 0, chunks: 0, phase: 'head' });
}

/** @throws Fault when start line or fields are no HTTP */
function readHead(kind: 'request' | 'response', text: string): Omit<HttpMessage, 'body'> {
  const lines = text.split('\r\n');
  const start = lines[0] ?? '';
  if (lines.length - 1 > FIELDS_MAX) throw new Fault(`expected at most ${FIELDS_MAX} fields, got ${lines.length - 1}`);
  const fields = new Map<string, string>();
  for (const line of lines.slice(1)) {
    const [, name = '', value = ''] = FIELD.exec(line) ?? [];
    if (name === '') throw new Fault('expected a field, got a line without a name and a colon');
    const key = name.toLowerCase();
    const before = fields.get(key);
    fields.set(key, before === undefined ? value.trimEnd() : `${before}, ${value.trimEnd()}`);
  }
  if (kind === 'request') {
    const [, method, target] = REQUEST_LINE.exec(start) ?? [];
    if (method === undefined || target === undefined)
      throw new Fault('expected an HTTP/1.1 request line, got another line');
    return { kind: 'request', method, target, status: 0, fields };
  }
  const [, protocol, status] = STATUS_LINE.exec(start) ?? [];
  if (status === undefined) throw new Fault('expected HTTP/1.1 or EVENT/1.0 and a status, got another line');
  return { kind: protocol === 'EVENT' ? 'event' : 'response', method: '', target: '', status: Number(status), fields };
}

/** How long the body is. Without a length there is none: HAP keeps its connections. @throws Fault when it is not clear */
function bodyLength({ kind, status, fields }: Omit<HttpMessage, 'body'>): number | 'chunked' {
  const coding = fields.get('transfer-encoding');
  const length = fields.get('content-length');
  if (kind === 'response' && (status < 200 || status === 204 || status === 304)) return 0;
  if (coding !== undefined) {
    if (length !== undefined) throw new Fault('expected one way to tell the length of a body, got two');
    if (coding.toLowerCase() !== 'chunked') throw new Fault('expected the transfer coding chunked, got another one');
    return 'chunked';
  }
  if (length === undefined) return 0;
  if (!/^\d{1,15}$/.test(length)) throw new Fault('expected a number as Content-Length, got something else');
  return Number(length);
}
