/**
 * The door for the person in charge: `Operations` as newline-delimited JSON over a Unix domain socket beside the
 * database file (a named pipe on Windows). Whoever may open the socket (mode 0600) may do everything.
 *
 * First line each way is a hello with the version. Then `{id, op, args}` is answered by `{id, ok}` or
 * `{id, error: {name, message, verdict?}}`. Malformed or oversize input closes the connection.
 *
 * Not here: the other end (`admin-client.ts`), what both ends share (`admin-protocol.ts`), what the operations do, and anything reachable over the network.
 */

import { randomBytes } from 'node:crypto';
import { chmod, link, lstat, rename, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { CALLABLE, compatible, dial, HELLO_MS, type Message, readLines, writeLine } from './admin-protocol.ts';
import { DeviceError, OperationError, type Operations } from './operations.ts';
import { VERSION } from './version.ts';

/** Longest request line; answers (lists of verdicts) may be longer. */
const REQUEST_BYTES_MAX = 1024 * 1024;
const ARGUMENTS_MAX = 4;
/** Requests of one connection that may be under way; a peer that sends more without reading is cut off. */
const UNDER_WAY_MAX = 64;

/** Another hub answers at the door already. */
export class DoorTakenError extends OperationError {}

/** A hub's open door. */
export interface AdminDoor {
  readonly path: string;
  /** Ends every connection and takes the socket away. */
  close(): Promise<void>;
}

/**
 * Opens the door. A socket file that a dead hub left behind is replaced.
 *
 * @param path from `adminPath`
 * @param version of this hub, `major.minor.patch`
 * @throws DoorTakenError when another hub already answers there
 */
export async function serveAdmin(operations: Operations, path: string, version: string = VERSION): Promise<AdminDoor> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serveConnection(socket, operations, version);
  });
  const release = isPipe(path) ? await listenOnPipe(server, path) : await listenOnFile(server, path);
  return {
    path,
    close: async () => {
      await release();
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function isPipe(path: string): boolean {
  return path.startsWith('\\\\');
}

async function listenOnPipe(server: Server, path: string): Promise<() => Promise<void>> {
  await listen(server, path).catch((fault: NodeJS.ErrnoException) => {
    throw fault.code === 'EADDRINUSE' ? alreadyServed(path) : fault;
  });
  return async () => {};
}

/**
 * Listens under a name nobody knows, sets the mode, and only then links it to the known name: the link is atomic, so
 * of two hubs one wins, and the door is never open with another mode.
 */
async function listenOnFile(server: Server, path: string): Promise<() => Promise<void>> {
  const hidden = join(dirname(path), `.cf-${randomBytes(4).toString('hex')}`);
  await listen(server, hidden);
  try {
    await chmod(hidden, 0o600);
    await claim(hidden, path);
  } catch (fault) {
    server.close();
    throw fault;
  } finally {
    await rm(hidden, { force: true });
  }
  const mine = (await lstat(path)).ino;
  return async () => {
    const now = await lstat(path).catch(() => undefined);
    if (now?.ino === mine) await rm(path, { force: true });
  };
}

async function claim(hidden: string, path: string): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const taken = await link(hidden, path).then(
      () => false,
      (fault: NodeJS.ErrnoException) => {
        if (fault.code === 'EEXIST') return true;
        throw fault;
      },
    );
    if (!taken) return;
    await clearStale(path);
  }
  throw alreadyServed(path);
}

/** Takes a dead hub's socket away. Moved aside first and asked again, so that no living one is ever deleted. */
async function clearStale(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (!found) return;
  if (!found.isSocket())
    throw new OperationError(`${path} should be this hub's admin socket, but it is a file: move it away`);
  if (await answers(path)) throw alreadyServed(path);
  const aside = `${dirname(path)}/.cf-${randomBytes(4).toString('hex')}`;
  await rename(path, aside).catch(() => undefined);
  if (await answers(aside)) {
    await link(aside, path).catch(() => undefined);
    await rm(aside, { force: true });
    throw alreadyServed(path);
  }
  await rm(aside, { force: true });
}

function alreadyServed(path: string): DoorTakenError {
  return new DoorTakenError(
    `another hub already serves this data (${basename(path)} answers): stop it first, or give this one its own --db`,
  );
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function answers(path: string): Promise<boolean> {
  const socket = await dial(path);
  socket?.destroy();
  return socket !== undefined;
}

function serveConnection(socket: Socket, operations: Operations, version: string): void {
  let greeted = false;
  let underWay = 0;
  const deadline = setTimeout(() => socket.destroy(), HELLO_MS);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => clearTimeout(deadline));
  readLines(socket, REQUEST_BYTES_MAX, (message) => {
    if (!greeted) {
      greeted = true;
      clearTimeout(deadline);
      const theirs = message['hello'];
      writeLine(socket, { hello: version });
      if (typeof theirs !== 'string' || !compatible(version, theirs)) socket.end();
      return;
    }
    const call = readCall(message);
    if (!call || ++underWay > UNDER_WAY_MAX) {
      socket.destroy();
      return;
    }
    void answer(operations, call).then((line) => {
      underWay--;
      writeLine(socket, line);
    });
  });
}

interface Call {
  readonly id: number;
  readonly op: keyof Operations;
  readonly args: readonly unknown[];
}

function readCall({ id, op, args }: Message): Call | undefined {
  if (!Number.isSafeInteger(id) || typeof op !== 'string' || !Object.hasOwn(CALLABLE, op)) return undefined;
  if (!Array.isArray(args) || args.length > ARGUMENTS_MAX) return undefined;
  return { id: id as number, op: op as keyof Operations, args };
}

async function answer(operations: Operations, { id, op, args }: Call): Promise<Message> {
  try {
    // the operations check their own arguments; here only the name is trusted
    const run = operations[op] as (...args: unknown[]) => Promise<unknown>;
    return { id, ok: (await run.apply(operations, [...args])) ?? null };
  } catch (fault) {
    const { name, message } = fault instanceof Error ? fault : new Error(String(fault));
    return { id, error: { name, message, ...(fault instanceof DeviceError && { verdict: fault.verdict }) } };
  }
}
