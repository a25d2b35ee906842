/**
 * The network of a fail-over pair. An address that follows the primary, as a load balancer or a floating address does in front of a fail-over pair: each
 * new connection goes to the first server that takes writes (libpq's `target_session_attrs=read-write`, which
 * node-postgres lacks). What is connected stays where it is. And a long link
 * between the two: what is on its way when one end dies does not arrive.
 */
import { createServer, connect as dial, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from './servers.ts';

/** An open address. */
export interface Address {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

/** Listens; `servers` tells at each connection which ones there are. */
export function openAddress(servers: () => readonly Server[]): Promise<Address> {
  return listen((client) => {
    void writable(servers, () => client.destroyed).then((server) => {
      if (server) join(client, server.port, 0);
    });
  });
}

/** Listens for a server's standby; what the server says to it takes `delayMs`. */
export function openLink(port: number, delayMs: number): Promise<Address> {
  return listen((client) => join(client, port, delayMs));
}

async function listen(came: (client: Socket) => void): Promise<Address> {
  const open = new Set<Socket>();
  const listener = createServer((client) => {
    open.add(client);
    client.on('close', () => open.delete(client));
    client.on('error', () => undefined);
    came(client);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as { port: number };
  return {
    port,
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async close() {
      for (const client of open) client.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

/** The first that takes writes, as soon as there is one; none when nobody waits any more. */
async function writable(servers: () => readonly Server[], gone: () => boolean): Promise<Server | undefined> {
  while (!gone()) {
    for (const server of servers()) {
      const asked = server.sql<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby');
      const [answer] = await asked.catch(() => []);
      if (answer && !answer.standby) return server;
    }
    await sleep(20);
  }
  return undefined;
}

function join(client: Socket, port: number, delayMs: number): void {
  const server = dial(port, '127.0.0.1');
  server.on('error', () => undefined);
  server.on('close', () => client.destroy());
  client.on('close', () => server.destroy());
  client.pipe(server);
  if (delayMs === 0) server.pipe(client);
  else server.on('data', (bytes) => void setTimeout(() => client.destroyed || client.write(bytes), delayMs));
}
