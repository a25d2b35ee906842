/**
 * A wire between a store and its server that can be watched and cut: it counts round trips, and breaks a connection
 * exactly before the server hears a statement, or after it has answered.
 */
import { connect, createServer, type Socket } from 'node:net';

/** When to cut: before a statement reaches the server, or when its answer has come but has not been passed on. */
export type Cut = 'unheard' | 'unanswered';

/** The wire. */
export interface Wire {
  /** The server's URL, through the wire. */
  readonly url: string;
  /** Requests that a client has sent and then waited for: each a round trip. */
  trips(): number;
  /** Cuts the next connection that runs the statement of this name; resolves when that has happened. */
  cut(statement: string, when: Cut): Promise<void>;
  /** Cuts all connections, now. */
  cutAll(): void;
  close(): Promise<void>;
}

// Message types (postgresql.org/docs/current/protocol-message-formats.html).
const BIND = 'B';
const QUERY = 'Q';
const SYNC = 'S';
const READY = 'Z';

/** Calls `each` with every whole message of a stream. The first message of a client has no type. */
function messages(untypedFirst: boolean, each: (type: string, body: Buffer) => void): (data: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let untyped = untypedFirst;
  return (data) => {
    rest = Buffer.concat([rest, data]);
    for (;;) {
      const at = untyped ? 0 : 1;
      if (rest.length < at + 4) return;
      const end = at + rest.readUInt32BE(at);
      if (rest.length < end) return;
      each(untyped ? '' : String.fromCharCode(rest[0] ?? 0), rest.subarray(at + 4, end));
      untyped = false;
      rest = rest.subarray(end);
    }
  };
}

/** Lays a wire to the server of `url`. */
export async function layWire(url: string): Promise<Wire> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let trips = 0;
  let plan: { statement: string; when: Cut; done: () => void } | undefined;

  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    const both = [client, upstream];
    let answerless = false;
    const break_ = (): void => {
      for (const socket of both) socket.destroy();
      plan?.done();
      plan = undefined;
    };
    for (const socket of both) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        for (const other of both) other.destroy();
      });
    }
    const heard = messages(true, (type, body) => {
      if (type === SYNC || type === QUERY) trips += 1;
      if (!plan || type !== BIND) return;
      // Bind: the portal's name, empty here, then the statement's.
      const name = body.subarray(1, body.indexOf(0, 1)).toString();
      if (name !== plan.statement) return;
      if (plan.when === 'unheard') break_();
      else answerless = true;
    });
    const said = messages(false, (type) => {
      if (answerless && type === READY) break_();
    });
    client.on('data', (data) => {
      heard(data);
      if (!upstream.destroyed) upstream.write(data);
    });
    upstream.on('data', (data) => {
      said(data);
      if (!client.destroyed) client.write(data);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  const through = new URL(url);
  through.port = String(address.port);
  return {
    url: through.href,
    trips: () => trips,
    cut: (statement, when) =>
      new Promise((done) => {
        plan = { statement, when, done };
      }),
    cutAll() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
