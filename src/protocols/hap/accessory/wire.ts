/** Answers to bytes, and bytes to the socket: whole, or with the fault that the script wants. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Fault, FaultPoint } from './faults.ts';
import { type Answer, TLV_TYPE, tlvError } from './host.ts';

/** Where bytes go, and what may wait there. */
export interface Wire {
  readonly socket: Socket;
  readonly seal: (plain: Buffer) => Buffer;
  /** Most bytes that wait for a peer that does not read; then it is let go. */
  readonly unreadBytes: number;
  /** For an answer to be taken. */
  readonly takenMs: number;
}

/** HTTP of HAP's own (§6.2). */
const REASONS: Readonly<Record<number, string>> = { ...STATUS_CODES, 470: 'Connection Authorization Required' };

/** Sends an answer, as far as the fault lets it; settles when the peer has taken it, or is gone. Events do not wait. */
export async function deliver(
  wire: Wire,
  answer: Answer | undefined,
  { fault, point }: { readonly fault?: Fault | undefined; readonly point?: FaultPoint } = {},
): Promise<void> {
  const { socket } = wire;
  if (fault?.kind === 'silence') return;
  if (fault?.kind === 'close') return void socket.destroy();
  if (fault?.kind === 'reset') return void socket.resetAndDestroy();
  if (fault?.kind === 'delay') await delay(socket, fault.ms);
  const replaced = replacement(fault, point);
  const sent = replaced ?? answer;
  if (sent === undefined || !socket.writable) return;
  if (socket.writableLength > wire.unreadBytes) return void socket.destroy();
  const bytes = wire.seal(bytesOf(sent, point === 'event' ? 'EVENT/1.0' : 'HTTP/1.1', fault?.kind === 'chunked'));
  if (fault?.kind === 'truncate') return void socket.end(bytes.subarray(0, fault.bytes));
  if (fault?.kind === 'flip')
    bytes.writeUInt8(bytes.readUInt8(fault.byte % bytes.length) ^ 1, fault.byte % bytes.length);
  const taken = socket.write(bytes);
  if (replaced === undefined) answer?.afterwards?.();
  if (!taken && point !== 'event') await drained(socket, wire.takenMs);
}

/** The answer that a fault sends instead of the sound one. */
function replacement(fault: Fault | undefined, point: FaultPoint | undefined): Answer | undefined {
  switch (fault?.kind) {
    case 'tlv-error':
      return tlvError(Number(/M(\d)$/.exec(point ?? '')?.[1] ?? 2), fault.error, fault.retryDelaySeconds);
    case 'http-status':
      return { status: fault.status };
    case 'body':
      return { status: 200, type: fault.contentType ?? TLV_TYPE, body: Buffer.from(fault.body) };
    default:
      return undefined;
  }
}

function bytesOf({ status, type, body }: Answer, protocol: 'HTTP/1.1' | 'EVENT/1.0', chunked: boolean): Buffer {
  const lines = [`${protocol} ${status} ${REASONS[status] ?? 'Unknown'}`];
  if (type !== undefined) lines.push(`Content-Type: ${type}`);
  if (chunked && body !== undefined) lines.push('Transfer-Encoding: chunked');
  else if (status !== 204) lines.push(`Content-Length: ${body?.length ?? 0}`);
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  if (body === undefined) return head;
  return Buffer.concat([head, ...(chunked ? chunks(body) : [body])]);
}

/** Pieces that fall where no reader expects them. */
function chunks(body: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < body.length; at += 100) {
    const piece = body.subarray(at, at + 100);
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
  }
  return [...pieces, Buffer.from('0\r\n\r\n')];
}

/** Waits, but not for somebody who is gone. */
async function delay(socket: Socket, ms: number): Promise<void> {
  const gone = new AbortController();
  const abort = (): void => gone.abort();
  socket.once('close', abort);
  await pause(ms, undefined, { signal: gone.signal }).catch(() => undefined);
  socket.off('close', abort);
}

function drained(socket: Socket, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.destroy(), ms);
    const done = (): void => {
      clearTimeout(timer);
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.once('drain', done).once('close', done);
  });
}
