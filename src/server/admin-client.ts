/** The other end of the admin socket: the running hub's `Operations`, for the command line. */
import { lstat } from 'node:fs/promises';
import type { Socket } from 'node:net';
import type { Verdict } from '../core/verdict.ts';
import { CALLABLE, compatible, dial, HELLO_MS, type Message, readLines, writeLine } from './admin-protocol.ts';
import { DeviceError, NotFoundError, OperationError, type Operations } from './operations.ts';
import { VERSION } from './version.ts';

/** Lists of verdicts with their trees are long; more than this is no answer of ours. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

/** Calls under way, by id. */
type Waiting = Map<number, { resolve(value: unknown): void; reject(fault: Error): void }>;

/** Operations over the door, and the way to leave. */
export type RemoteOperations = Operations & { close(): void };

/**
 * Knocks at a hub's door.
 *
 * @returns undefined when nobody listens there
 * @throws OperationError when the hub is of another major version or another user's, or does not answer the hello
 */
export async function connectAdmin(path: string, version: string = VERSION): Promise<RemoteOperations | undefined> {
  await expectTrusted(path);
  const socket = await dial(path);
  return socket && greet(socket, version);
}

/** In a folder that others may write to, somebody else could listen there for passwords and codes. */
async function expectTrusted(path: string): Promise<void> {
  const me = process.getuid?.();
  const found = me === undefined || me === 0 ? undefined : await lstat(path).catch(() => undefined);
  if (found?.isSocket() && found.uid !== me && found.uid !== 0)
    throw new OperationError(
      `${path} should be a socket of yours or of root, but it belongs to user ${found.uid}: name your data with --db`,
    );
}

function greet(socket: Socket, version: string): Promise<RemoteOperations> {
  return new Promise((resolve, reject) => {
    const waiting: Waiting = new Map();
    const refuse = (message: string): void => {
      socket.destroy();
      reject(new OperationError(message));
    };
    const deadline = setTimeout(
      () => refuse('something holds the admin socket but does not answer: restart the hub'),
      HELLO_MS,
    );
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(deadline);
      reject(new OperationError('the hub closed the connection: look at its log, then try again'));
      for (const call of waiting.values()) call.reject(new Error('the hub went away before it answered'));
    });
    let greeted = false;
    readLines(socket, ANSWER_BYTES_MAX, (message) => {
      if (greeted) return settle(waiting, message);
      greeted = true;
      clearTimeout(deadline);
      const theirs = String(message['hello']);
      if (!compatible(theirs, version)) {
        return refuse(
          `the running hub is counterfoil ${theirs}, this command is ${version}: use the command of the same version`,
        );
      }
      resolve(remote(socket, waiting));
    });
    writeLine(socket, { hello: version });
  });
}

function settle(waiting: Waiting, message: Message): void {
  const call = waiting.get(message['id'] as number);
  waiting.delete(message['id'] as number);
  const error = message['error'] as Told | undefined;
  if (!error) call?.resolve(message['ok']);
  else call?.reject(faultOf(error));
}

function remote(socket: Socket, waiting: Waiting): RemoteOperations {
  let last = 0;
  const call = (op: string, args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (socket.destroyed) return reject(new Error('the hub went away'));
      const id = ++last;
      waiting.set(id, { resolve, reject });
      writeLine(socket, { id, op, args });
    });
  const methods = Object.keys(CALLABLE).map((op) => [op, (...args: unknown[]) => call(op, args)]);
  return { ...(Object.fromEntries(methods) as Operations), close: () => socket.end() };
}

/** An error as it comes over the door. */
interface Told {
  readonly name: string;
  readonly message: string;
  readonly verdict?: Verdict;
}

/** The error as the hub had it, so that a command ends the same way with and without a hub. */
function faultOf({ name, message, verdict }: Told): Error {
  if (verdict) return new DeviceError(message, verdict);
  if (name === 'NotFoundError') return new NotFoundError(message);
  return name === 'OperationError' ? new OperationError(message) : new Error(message);
}
