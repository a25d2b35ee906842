/** Reads the body of a request, and no more of it than the hub has use for. */
import type { IncomingMessage } from 'node:http';
import type { Incoming } from '../protocols/http/exchange.ts';

/** Longest body read. */
export const BODY_BYTES_MAX = 65_536;

const NOTHING = new Uint8Array(0);

/**
 * Tells the body, or undefined when it is longer than the hub reads; nothing when the peer hangs up before its end.
 * The rest of one that is too long is not waited for: Node throws it away as it comes, until `requestTimeout`. Closing
 * on it instead would reset the connection under the answer.
 */
export function readBody(req: IncomingMessage, done: (body: Uint8Array | undefined) => void): void {
  const announced = req.headers['content-length'];
  if (Number(announced ?? 0) > BODY_BYTES_MAX) {
    done(undefined);
  } else if (announced === undefined && req.headers['transfer-encoding'] === undefined) {
    done(NOTHING);
  } else {
    readChunks(req, done);
  }
}

function readChunks(req: IncomingMessage, done: (body: Uint8Array | undefined) => void): void {
  let chunks: Buffer[] = [];
  let length = 0;
  req.on('data', (chunk: Buffer) => {
    if (length > BODY_BYTES_MAX) return;
    length += chunk.length;
    chunks.push(chunk);
    if (length <= BODY_BYTES_MAX) return;
    chunks = [];
    done(undefined);
  });
  req.on('end', () => {
    if (length <= BODY_BYTES_MAX) done(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
  });
}

/** A body as text. Bytes that are no UTF-8 become U+FFFD. */
export function bodyText({ body }: Pick<Incoming, 'body'>): string {
  return typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
}
