/**
 * The other end of one of the controller's connections, told by a test what to do with each request: real TCP, real frames, and no
 * opinion about HAP. The accessory that behaves: `src/protocols/hap/accessory`.
 */
import { createServer, type Socket } from 'node:net';
import { createOpener, createSealer } from '../../src/protocols/hap/frames.ts';
import { createHttpReader, type HttpMessage } from '../../src/protocols/hap/http-messages.ts';
import { encodeTlv } from '../../src/protocols/hap/tlv8.ts';

/** Keys of a session, named as the controller uses them. */
export interface PeerKeys {
  readonly read: Buffer;
  readonly write: Buffer;
}

/** What a test can do on a connection. */
export interface Say {
  /** As it is on this connection: sealed when there are keys. A character of a text is a byte. */
  send(text: string | Uint8Array): void;
  /** Without frames. */
  raw(bytes: Uint8Array): void;
  /** What `send` would put on the wire, for a test that damages it. */
  sealed(text: string | Uint8Array): Buffer;
  close(): void;
  reset(): void;
}

/** Called for each request, with its number on this peer, from 0. */
export type Script = (say: Say, request: HttpMessage, number: number) => void;

/** A listening peer. */
export interface Peer {
  readonly address: { readonly host: string; readonly port: number };
  /** Requests so far. */
  requests(): readonly HttpMessage[];
  /** Connections that are open just now. */
  connections(): number;
  /** Settles when no connection is open. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

/** Listens on a port of its own; with `keys` everything is in frames from the first byte. */
export async function startPeer(script: Script, keys?: PeerKeys): Promise<Peer> {
  const open = new Set<Socket>();
  const requests: HttpMessage[] = [];
  let waiting: (() => void)[] = [];
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      open.delete(socket);
      if (open.size > 0) return;
      for (const done of waiting) done();
      waiting = [];
    });
    const say = sayOn(socket, keys);
    const reader = createHttpReader('request');
    const opener = keys && createOpener(keys.write);
    socket.on('data', (bytes) => {
      const opened = opener?.push(bytes) ?? { ok: true as const, plain: bytes };
      const read = opened.ok ? reader.push(opened.plain) : undefined;
      if (!read?.ok) throw new Error('expected sound requests of the controller');
      for (const request of read.messages) {
        requests.push(request);
        script(say, request, requests.length - 1);
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('expected a port');
  return {
    address: { host: '127.0.0.1', port: bound.port },
    requests: () => requests,
    connections: () => open.size,
    quiet: () => (open.size === 0 ? Promise.resolve() : new Promise((done) => waiting.push(done))),
    close: () =>
      new Promise((done) => {
        for (const socket of open) socket.destroy();
        server.close(() => done());
      }),
  };
}

function sayOn(socket: Socket, keys: PeerKeys | undefined): Say {
  const sealer = keys && createSealer(keys.read);
  const sealed = (text: string | Uint8Array): Buffer => {
    const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : Buffer.from(text);
    return sealer === undefined ? bytes : sealer(bytes);
  };
  return {
    send: (text) => void socket.write(sealed(text)),
    raw: (bytes) => void socket.write(bytes),
    sealed,
    close: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
  };
}

/** An answer in JSON. */
export function json(body: unknown, status: string = '200 OK', protocol: string = 'HTTP/1.1'): string {
  const text = JSON.stringify(body);
  return `${protocol} ${status}\r\nContent-Type: application/hap+json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

/** An answer of pairing. */
export function tlv(items: Parameters<typeof encodeTlv>[0], status: string = '200 OK'): Buffer {
  const body = encodeTlv(items);
  const head = `HTTP/1.1 ${status}\r\nContent-Type: application/pairing+tlv8\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}
