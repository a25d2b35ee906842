/** Opening a TCP connection to an accessory, within a deadline. What is said over it: `connection.ts`. */
import { connect as connectTcp, type Socket } from 'node:net';
import { Connection } from './connection.ts';
import { HapError, type HapErrorKind } from './errors.ts';
import { type Address, deadlinesOf, type HapOptions } from './options.ts';
import type { Entry } from './transcript.ts';

/** Connects. @throws HapError `timeout`, `refused`, `unreachable`, `closed`, or `malformed` for a port that is none */
export async function connect(address: Address, options: HapOptions = {}): Promise<Connection> {
  const { record, signal } = options;
  const facts = { address: address.host, port: address.port };
  const began = performance.now();
  record?.('connect', 'sent', facts);
  try {
    const socket = await openSocket(address, deadlinesOf(options).connectMs, signal);
    record?.('connect', 'done', { ...facts, connect_ms: since(began) });
    return new Connection(socket, address, options);
  } catch (error) {
    if (!(error instanceof HapError)) throw error;
    record?.('connect', error.kind === 'timeout' || error.kind === 'closed' ? error.kind : 'failed', {
      ...facts,
      waited_ms: since(began),
      ...error.facts,
    });
    throw error;
  }
}

/** A connected socket that nobody listens to yet; destroyed when this fails. */
function openSocket({ host, port }: Address, connectMs: number, signal: AbortSignal | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const failed = (kind: HapErrorKind, message: string, facts: Entry['facts'] = {}): void => {
      settled();
      socket?.destroy();
      reject(new HapError('connect', kind, message, { facts }));
    };
    const stop = (): void => failed('closed', 'stopped by the caller', { by: 'caller' });
    const late = (): void =>
      failed('timeout', `no connection within ${connectMs} ms; is it on and in this network?`, {
        deadline_ms: connectMs,
      });
    const timer = setTimeout(late, connectMs);
    const settled = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      socket?.removeListener('connect', connected);
    };
    const connected = (): void => {
      settled();
      if (socket === undefined) return;
      socket.removeAllListeners('error');
      resolve(socket);
    };
    let socket: Socket | undefined;
    if (signal?.aborted === true) return stop();
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      return failed('malformed', `expected a port from 1 to 65535, got ${port}`);
    signal?.addEventListener('abort', stop, { once: true });
    socket = connectTcp({ host, port, noDelay: true, keepAlive: true });
    socket.once('connect', connected);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const errno = error.code ?? 'unknown';
      const where = 'look for its present address by mDNS';
      if (errno === 'ECONNREFUSED') failed('refused', `nobody listens at that port; ${where}`, { errno });
      else failed('unreachable', `no way to that address (${errno}); ${where}`, { errno });
    });
  });
}

function since(began: number): number {
  return Math.round(performance.now() - began);
}
