/**
 * One HTTP exchange as plain data, so that endpoints are functions and every server, adapter and test can call them.
 * Not here: sockets (`src/server/http.ts`).
 */

/** A request, already bounded. Header names are lower-case; repeated fields are joined by commas (RFC 9110 §5.3). */
export interface Incoming {
  readonly method: string;
  /** The path, without query. */
  readonly path: string;
  /** The query, without the question mark. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array | string;
  /** The body was longer than the listener reads; `body` is empty. */
  readonly tooLarge?: true;
  /** Where it came from: an address, or a name such as `cli`. */
  readonly source: string;
}

/** Where a streamed answer goes. */
export interface Sink {
  write(chunk: string): void;
  end(): void;
  /** Called once when the peer is gone or the answer has ended; at once when it is so already. */
  onClose(listener: () => void): void;
}

/** An answer. With `stream` the body is what it writes; it is called once, also when nobody is there to read any more. */
export interface Outgoing {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly stream?: (sink: Sink) => void;
}

/** An endpoint: a method, a path (a last segment `:name` matches anything), and the function behind it. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  readonly path: string;
  /** Time must not tell why it refuses: whatever it answers with a status of 400 or more takes equally long. */
  readonly steady?: true;
  handle(request: Incoming): Promise<Outgoing> | Outgoing;
}

/** A JSON answer that nobody may cache. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Outgoing {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', pragma: 'no-cache', ...headers },
    body: JSON.stringify(value),
  };
}
