/**
 * One connection: bytes to requests, tasks to answers, in plain text until pair-verify is done and in frames from then on
 * (HAP §6.5). Requests are answered one after the other; while one is, nothing more is read. Everything has an end: a
 * request, an answer that nobody takes, a stranger who says nothing.
 */
import type { Socket } from 'node:net';
import { createOpener, createSealer, type Opener, type Sealer } from '../frames.ts';
import { createHttpReader, type HttpMessage, type HttpReader } from '../http-messages.ts';
import { type Change, createEventQueue, type EventQueue } from './events.ts';
import { type FaultScript, isInstead } from './faults.ts';
import {
  type Answer,
  BAD_REQUEST,
  controllerOf,
  type Host,
  jsonAnswer,
  type Session,
  type SessionKeys,
  type Task,
} from './host.ts';
import { deliver, type Wire } from './wire.ts';

/** What a connection works for. */
export interface Served {
  readonly host: Host;
  readonly faults: FaultScript;
  /** What to do about a request. */
  readonly route: (session: Session, request: HttpMessage) => Task | Answer;
  readonly onClose: (connection: Connection) => void;
}

/** What is waited for, and until when. */
interface Deadline {
  readonly until: 'first-byte' | 'request' | 'end';
  readonly timer: NodeJS.Timeout;
}

/** For the other side to close as well, once we have. */
const CLOSE_MS = 2_000;

/** A socket that is being served, until it closes. */
export class Connection implements Session {
  controller: string | undefined;
  prepared: Session['prepared'];
  verifying: Session['verifying'];
  readonly subscriptions: EventQueue;
  /** When it last said something, on the clock of `performance.now()`. */
  heardMs: number = performance.now();
  readonly #socket: Socket;
  readonly #served: Served;
  readonly #wire: Wire;
  #reader: HttpReader;
  #opener: Opener | undefined;
  #sealer: Sealer | undefined;
  #ending = false;
  #deadline: Deadline | undefined;

  constructor(socket: Socket, served: Served) {
    const { host, onClose } = served;
    this.#socket = socket;
    this.#served = served;
    this.#wire = {
      socket,
      unreadBytes: host.limits.unreadBytes,
      takenMs: host.limits.requestMs,
      seal: (plain) => this.#sealer?.(plain) ?? plain,
    };
    this.subscriptions = createEventQueue(host.limits.coalesceMs, (changes) => this.#tell(changes));
    this.#reader = createHttpReader('request', { bodyMaxBytes: host.limits.strangerBodyBytes });
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      this.#disarm();
      this.subscriptions.stop();
      onClose(this);
    });
    socket.on('data', (bytes: Buffer) => this.#hear(bytes));
    this.#wait();
  }

  secure(controller: string, keys: SessionKeys): void {
    const { host } = this.#served;
    // removed while the answer was on its way
    if (!host.keeper.current().pairings.some(({ id }) => id === controller)) this.destroy();
    this.controller = controller;
    this.#sealer = createSealer(keys.sending);
    this.#opener = createOpener(keys.receiving);
    this.#reader = createHttpReader('request', { bodyMaxBytes: host.limits.bodyBytes });
  }

  end(): void {
    this.#ending = true;
    this.subscriptions.stop();
    if (this.#socket.destroyed) return;
    this.#socket.end();
    this.#arm('end', CLOSE_MS);
  }

  /** Ends it at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** One piece after the other: the next is read when everything in this one has its answer. */
  #hear(bytes: Buffer): void {
    if (this.#ending) return;
    this.heardMs = performance.now();
    this.#socket.pause();
    this.#take(bytes).then(
      () => {
        if (this.#socket.destroyed) return;
        this.#wait();
        this.#socket.resume();
      },
      (error: unknown) => {
        this.#served.host.failed(error);
        this.destroy();
      },
    );
  }

  async #take(bytes: Buffer): Promise<void> {
    const reader = this.#reader;
    const plain = this.#opener === undefined;
    const messages = read(bytes, this.#opener, reader);
    if (messages === undefined) {
      // frames that do not open end it at once (HAP §6.5.2)
      if (!plain) return this.destroy();
      await deliver(this.#wire, BAD_REQUEST);
      return this.end();
    }
    if (messages.length > 0) this.#disarm();
    for (const [at, message] of messages.entries()) {
      await this.#answer(message);
      if (this.#ending || this.#socket.destroyed) return;
      // nobody could know what to say next before the answer that makes the session
      const secured = this.#reader !== reader;
      if (secured && (at < messages.length - 1 || reader.held() > 0)) return this.destroy();
    }
  }

  async #answer(request: HttpMessage): Promise<void> {
    const found = this.#served.route(this, request);
    if (!('run' in found)) return deliver(this.#wire, found);
    const fault = this.#served.faults(found.point);
    const answer = isInstead(fault) ? undefined : await found.run(fault);
    return deliver(this.#wire, answer, { fault, point: found.point });
  }

  /** HAP §6.8.2: the values as they are now, of what has changed. Nothing more once the pairing is gone. */
  #tell(changes: readonly Change[]): void {
    const { host, faults } = this.#served;
    if (controllerOf(host, this) === undefined) return;
    const characteristics = changes.map(({ key, impulse }) => {
      const [aid, iid] = key.split('.').map(Number);
      return { aid, iid, value: impulse ?? host.attributes.value(key) };
    });
    const fault = faults('event');
    const answer = isInstead(fault) ? undefined : jsonAnswer(200, { characteristics });
    deliver(this.#wire, answer, { fault, point: 'event' }).catch((error: unknown) => host.failed(error));
  }

  /** Which deadline runs while nothing is being answered: that of a request, that of a stranger, or none. */
  #wait(): void {
    const { limits } = this.#served.host;
    if (this.#ending) return;
    if (this.#reader.held() > 0 || (this.#opener?.held() ?? 0) > 0) this.#arm('request', limits.requestMs);
    else if (this.controller === undefined) this.#arm('first-byte', limits.idleMs);
    else this.#disarm();
  }

  #arm(until: Deadline['until'], ms: number): void {
    // what trickles in does not move a deadline
    if (this.#deadline?.until === until) return;
    this.#disarm();
    this.#deadline = { until, timer: setTimeout(() => this.destroy(), ms) };
  }

  #disarm(): void {
    clearTimeout(this.#deadline?.timer);
    this.#deadline = undefined;
  }
}

/** The requests in these bytes, or undefined when they are none. */
function read(bytes: Buffer, opener: Opener | undefined, reader: HttpReader): readonly HttpMessage[] | undefined {
  const opened = opener?.push(bytes);
  if (opened?.ok === false) return undefined;
  const came = reader.push(opened?.plain ?? bytes);
  return came.ok ? came.messages : undefined;
}
