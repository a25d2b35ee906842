/** HTTP by the byte, over a socket of our own: for requests that no well-behaved client sends. */
import { connect } from 'node:net';

/** An answer as it came. */
export interface RawAnswer {
  readonly status: number;
  /** Status line and header fields, in order. */
  readonly head: readonly string[];
  readonly body: string;
}

/** Sends bytes and reads until the hub hangs up, or `quietMs` have passed without any. */
export function sendRaw(port: number, request: string | Uint8Array, quietMs = 5_000): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    const chunks: Buffer[] = [];
    const done = (): void => {
      socket.destroy();
      const [head = '', ...rest] = Buffer.concat(chunks).toString('latin1').split('\r\n\r\n');
      const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? 0);
      resolve({ status, head: head.split('\r\n'), body: rest.join('\r\n\r\n') });
    };
    socket.setTimeout(quietMs, done);
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', done);
    socket.on('error', (error) => (chunks.length > 0 ? done() : reject(error)));
  });
}

/** What a request is made of; `Host`, `Content-Length` and `Connection: close` are added unless they are given. */
export interface RawRequest {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** The bytes of a request. */
export function rawRequest({ method = 'GET', target = '/', headers = {}, body = '' }: RawRequest): Uint8Array {
  const bytes = Buffer.from(body);
  const all = { host: 'localhost', connection: 'close', 'content-length': String(bytes.length), ...headers };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === '' ? [] : [`${name}: ${value}`]));
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]);
}
