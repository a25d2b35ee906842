/** The socket that listens: how many may come in, who has to go for the next one, and what the script does to a connection. */
import { createServer, type Server, type Socket } from 'node:net';
import type { Connection } from './connection.ts';
import type { Fault } from './faults.ts';

interface Given {
  readonly host: string;
  /** Most connections at once. */
  readonly max: number;
  readonly connections: Set<Connection>;
  readonly isSettingUp: (connection: Connection) => boolean;
  /** What the script does to the next connection. */
  readonly fault: () => Fault | undefined;
  readonly idleMs: number;
  readonly serve: (socket: Socket) => Connection;
}

/** What listens, closes, and listens again on the port it had. */
export interface Listener {
  port(): number;
  listen(port?: number): Promise<number>;
  close(): Promise<void>;
}

/** Prepares a listener. */
export function createListener(given: Given): Listener {
  const { host, max, connections } = given;
  /** Held by the script, without a connection behind them. */
  const stray = new Set<Socket>();
  let server: Server | undefined;
  let port = 0;

  const accept = (socket: Socket): void => {
    if (stray.size + connections.size >= max) makeRoom(given);
    const fault = given.fault();
    switch (fault?.kind) {
      case 'close':
        return void socket.destroy();
      case 'reset':
        return void socket.resetAndDestroy();
      case 'silence':
      case 'delay':
        stray.add(socket);
        hold(socket, fault.kind === 'delay' ? fault.ms : given.idleMs, (here) => {
          stray.delete(socket);
          if (!here || fault.kind === 'silence') socket.destroy();
          else connections.add(given.serve(socket));
        });
        return;
      default:
        connections.add(given.serve(socket));
    }
  };

  return {
    port: () => port,
    listen(wanted = port) {
      if (server !== undefined) return Promise.reject(new Error('expected a server at rest, got one that listens'));
      const fresh = createServer({ allowHalfOpen: true }, accept);
      server = fresh;
      return new Promise((resolve, reject) => {
        fresh.on('error', (error) => {
          if (!fresh.listening) server = undefined;
          reject(error);
        });
        fresh.listen(wanted, host, () => {
          const address = fresh.address();
          port = typeof address === 'object' && address !== null ? address.port : 0;
          resolve(port);
        });
      });
    },
    close() {
      const closing = server;
      server = undefined;
      for (const socket of stray) socket.destroy();
      for (const connection of [...connections]) connection.destroy();
      return new Promise((resolve) => {
        if (closing === undefined) resolve();
        else closing.close(() => resolve());
      });
    },
  };
}

/**
 * Lets go of the oldest connection without a session; when all have one, of the session that has been silent for longest: a
 * newcomer must find room (HAP §6.2.3), and a controller that went out of the house says nothing when it goes. Whoever has the
 * setup under way stays.
 */
function makeRoom({ connections, isSettingUp }: Given): void {
  const all = [...connections].filter((connection) => !isSettingUp(connection));
  const stranger = all.find(({ controller }) => controller === undefined);
  const gone = stranger ?? all.toSorted((a, b) => a.heardMs - b.heardMs)[0];
  if (gone === undefined) return;
  // its own `close` comes a turn later, and the newcomer counts now
  connections.delete(gone);
  gone.destroy();
}

/** Keeps a socket unheard for a while; `then` is told once whether it is still here. */
function hold(socket: Socket, ms: number, then: (here: boolean) => void): void {
  const over = (here: boolean): void => {
    clearTimeout(timer);
    socket.off('error', gone).off('close', gone);
    // an error that comes between two holders is nobody's
    socket.on('error', () => socket.destroy());
    then(here);
  };
  const gone = (): void => over(false);
  const timer = setTimeout(() => over(true), ms);
  socket.on('error', gone).on('close', gone);
}
