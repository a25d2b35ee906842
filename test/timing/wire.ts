/** One connection to the hub that stays open, one request at a time, and how long each answer took. */
import { once } from 'node:events';
import { connect } from 'node:net';

/** An answer, and the time from the first byte out to the last byte in. */
export interface Timed {
  readonly us: number;
  /** When the first byte went out: nanoseconds of `process.hrtime`. */
  readonly sentNs: bigint;
  readonly status: number;
  /** Status and header lines. */
  readonly head: string;
  readonly body: string;
}

/** The connection. */
export interface Wire {
  /** Sends the bytes of one request. @throws when the hub hangs up or answers nothing within ten seconds */
  ask(request: string): Promise<Timed>;
  close(): void;
}

/** Connects. */
export async function openWire(port: number): Promise<Wire> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  await once(socket, 'connect');
  let take: (chunk: Buffer) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  socket.on('data', (chunk) => take(chunk));
  socket.on('error', (error) => fail(error));
  socket.on('close', () => fail(new Error('expected an answer, but the hub hung up')));
  socket.setTimeout(10_000, () => socket.destroy(new Error('expected an answer within 10 s, got none')));
  return {
    close: () => socket.destroy(),
    ask: (request) =>
      new Promise((resolve, reject) => {
        let text = '';
        let end = -1;
        let length = 0;
        fail = reject;
        take = (chunk) => {
          text += chunk.toString('latin1');
          if (end < 0) {
            end = text.indexOf('\r\n\r\n');
            if (end < 0) return;
            length = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0);
          }
          if (text.length < end + 4 + length) return;
          const us = Number(process.hrtime.bigint() - start) / 1_000;
          const head = text.slice(0, end);
          resolve({ us, sentNs: start, status: Number(text.slice(9, 12)), head, body: text.slice(end + 4) });
        };
        const bytes = Buffer.from(request, 'latin1');
        const start = process.hrtime.bigint();
        socket.write(bytes);
      }),
  };
}

/** The bytes of a request with a body. */
export function postForm(
  path: string,
  form: Readonly<Record<string, string>>,
  headers: readonly string[] = [],
): string {
  const body = new URLSearchParams(form).toString();
  const lines = [
    `POST ${path} HTTP/1.1`,
    'host: localhost',
    'content-type: application/x-www-form-urlencoded',
    `content-length: ${body.length}`,
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** The bytes of a request without one. */
export function getPath(path: string, headers: readonly string[] = []): string {
  return `${[`GET ${path} HTTP/1.1`, 'host: localhost', ...headers].join('\r\n')}\r\n\r\n`;
}
