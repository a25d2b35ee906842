/** A proxy on the way to an accessory: what the accessory sends passes through `alter`, message by message. */
import { connect as connectTcp, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** What becomes of one write of the accessory; `n` counts them per connection, from 1. An empty piece closes the connection. */
export type Alter = (bytes: Buffer, n: number) => { readonly bytes: readonly Buffer[]; readonly afterMs?: number };

/** How long a request is on its way; `n` counts what the controller sends per connection, from 1. */
export type Slow = (n: number) => number;

/** Starts one. */
export async function startProxy(
  port: number,
  alter: Alter,
  slow: Slow = () => 0,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connectTcp({ host: '127.0.0.1', port, noDelay: true });
    let n = 0;
    let queue: Promise<void> = Promise.resolve();
    const end = (): void => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        open.delete(socket);
        end();
      });
    }
    let asked = 0;
    let way: Promise<void> = Promise.resolve();
    near.on('data', (bytes) => {
      const ms = slow(++asked);
      way = way.then(async () => {
        if (ms > 0) await pause(ms);
        if (far.writable) far.write(bytes);
      });
    });
    far.on('data', (bytes) => {
      const { bytes: parts, afterMs = 0 } = alter(bytes, ++n);
      queue = queue.then(async () => {
        if (afterMs > 0) await pause(afterMs);
        for (const part of parts) {
          if (!near.writable) return;
          if (part.length === 0) near.end();
          else near.write(part);
        }
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close() {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
