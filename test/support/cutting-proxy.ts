/** A way to a hub whose connections break: bytes go through as they come, until somebody cuts. */

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** The way. */
export interface CuttingProxy {
  readonly url: string;
  /** Breaks every connection that is open, without a word. Answers how many. */
  cut(): number;
  close(): Promise<void>;
}

/** Opens one to a port of this machine. */
export async function cuttingProxy(port: number): Promise<CuttingProxy> {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const cut = (): number => {
    const { size } = open;
    for (const socket of open) socket.destroy();
    return size;
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        cut();
      }),
  };
}
