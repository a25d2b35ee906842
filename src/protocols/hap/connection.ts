/**
 * One TCP connection to an accessory: a question at a time, each with a deadline, plain at first and in frames once keys are
 * agreed. However it ends, everything that waits is settled with a `HapError` and nothing keeps the process alive.
 */
import { isIPv6, type Socket } from 'node:net';
import { HapError, recordFailure } from './errors.ts';
import { createOpener, createSealer, type Opener, type Sealer } from './frames.ts';
import { createHttpReader, type HttpMessage } from './http-messages.ts';
import type { Address, HapOptions } from './options.ts';
import type { Entry, Step } from './transcript.ts';

/** A request, and the steps of the transcript that it and its answer stand for. */
export interface Question {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly target: string;
  readonly contentType?: string;
  readonly body?: Uint8Array;
  readonly sent: Step;
  readonly received: Step;
  readonly deadlineMs: number;
  /** Added to what the transcript says of the request. */
  readonly facts?: Entry['facts'];
}

/** An answer, and how long it took. */
export interface Answer {
  readonly message: HttpMessage;
  readonly waitedMs: number;
}

interface Waiting {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: HapError) => void;
}

interface Asked extends Waiting {
  readonly at: number;
  readonly timer: NodeJS.Timeout;
}

/** Owns a connected socket; made by `connect`. */
export class Connection {
  readonly #socket: Socket;
  readonly #host: string;
  readonly #options: HapOptions;
  readonly #reader = createHttpReader('response');
  readonly #closed = Promise.withResolvers<HapError | undefined>();
  readonly #queue: Waiting[] = [];
  /** What was read and is not told yet. */
  readonly #came: HttpMessage[] = [];
  readonly #stop = (): void =>
    this.#end(new HapError(this.#step(), 'closed', 'stopped by the caller', { facts: { by: 'caller' } }));
  #asked: Asked | undefined;
  #opener: Opener | undefined;
  #sealer: Sealer | undefined;
  #listener: (event: HttpMessage) => void = () => {};
  #ended = false;

  constructor(socket: Socket, { host, port }: Address, options: HapOptions) {
    this.#socket = socket;
    this.#host = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
    this.#options = options;
    socket.on('data', (bytes) => this.#heard(bytes));
    socket.on('error', ({ code = 'unknown' }: NodeJS.ErrnoException) =>
      this.#lost(`the connection broke (${code})`, { errno: code }),
    );
    socket.on('end', () => this.#lost('the other side closed'));
    socket.on('close', () => this.#lost('the other side closed'));
    if (options.signal?.aborted === true) this.#stop();
    else options.signal?.addEventListener('abort', this.#stop, { once: true });
  }

  /** Settles when the connection has ended: with the reason, or with nothing after `close`. Never rejects. */
  get closed(): Promise<HapError | undefined> {
    return this.#closed.promise;
  }

  /** Asks when all questions before are answered; the deadline counts from then. @throws HapError */
  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#ended) reject(new HapError(question.sent, 'closed', 'the connection has ended; open another one'));
      else this.#queue.push({ question, resolve, reject });
      this.#next();
    });
  }

  /**
   * From the next byte on in frames. What came behind the last answer in plain text was sent before anybody had proven anything:
   * it must not become the beginning of an answer. @throws HapError `unexpected`
   */
  secure({ read, write }: { readonly read: Uint8Array; readonly write: Uint8Array }): void {
    const bytes = this.#reader.held();
    if (bytes > 0 || this.#came.length > 0) {
      const facts = { check: 'unasked', bytes };
      throw new HapError('pair-verify M4', 'unexpected', 'expected frames, got plain text behind M4', { facts });
    }
    this.#opener = createOpener(read);
    this.#sealer = createSealer(write);
  }

  /** Hears every event of the accessory: one listener, the last one set. */
  onEvent(listener: (event: HttpMessage) => void): void {
    this.#listener = listener;
  }

  /** Ends the connection because of an error that showed above it, and records that. */
  fail(error: HapError): void {
    this.#end(error);
  }

  /** Ends the connection; what waits fails as `closed`. */
  close(): void {
    this.#end(undefined);
  }

  #step(): Step {
    return this.#asked?.question.received ?? 'session';
  }

  #held(): number {
    return this.#reader.held() + (this.#opener?.held() ?? 0);
  }

  #next(): void {
    const free = this.#asked === undefined && this.#came.length === 0 && !this.#ended;
    const waiting = free ? this.#queue.shift() : undefined;
    if (waiting === undefined) return;
    const { question } = waiting;
    const bytes = requestBytes(question, this.#host);
    const timer = setTimeout(() => this.#late(question), question.deadlineMs);
    this.#asked = { ...waiting, at: performance.now(), timer };
    this.#options.record?.(question.sent, 'sent', { bytes: question.body?.length ?? 0, ...question.facts });
    this.#socket.write(this.#sealer === undefined ? bytes : this.#sealer(bytes));
  }

  #heard(bytes: Buffer): void {
    const opened = this.#opener?.push(bytes) ?? { ok: true as const, plain: bytes };
    if (!opened.ok) {
      const facts = { check: opened.fault, frame: opened.frame, bytes: bytes.length };
      const what = opened.fault === 'tag' ? 'cannot be opened' : 'is longer than 1024 bytes';
      this.#end(
        new HapError(this.#step(), 'decrypt', `frame ${opened.frame} ${what}; open another session`, { facts }),
      );
      return;
    }
    const read = this.#reader.push(opened.plain);
    if (!read.ok) {
      const facts = { check: 'http', fault: read.fault, bytes: bytes.length };
      this.#end(new HapError(this.#step(), 'malformed', read.fault, { facts }));
      return;
    }
    this.#came.push(...read.messages);
    this.#deliver();
  }

  /** In the order they came: whoever waits for an answer has it before the event behind it is heard. */
  readonly #deliver = (): void => {
    for (let message = this.#came.shift(); message !== undefined && !this.#ended; message = this.#came.shift()) {
      if (message.kind === 'event') this.#listener(message);
      // RFC 9110 §15.2: an interim response is not the answer
      else if (message.status >= 200) {
        this.#answered(message);
        // A promise is heard of later than a call.
        if (this.#came.length > 0) {
          setImmediate(this.#deliver);
          return;
        }
      }
    }
    // only now: what was here before a question was sent cannot be its answer
    this.#next();
  };

  #answered(message: HttpMessage): void {
    if (this.#asked === undefined) {
      const facts = { http_status: message.status, check: 'unasked' };
      this.#end(new HapError('session', 'unexpected', 'an answer came that was not asked for', { facts }));
      return;
    }
    const { at, timer, resolve } = this.#asked;
    clearTimeout(timer);
    this.#asked = undefined;
    resolve({ message, waitedMs: Math.round(performance.now() - at) });
  }

  #late({ received, deadlineMs }: Question): void {
    const facts = { waited_ms: deadlineMs, deadline_ms: deadlineMs, bytes: this.#held() };
    this.#end(new HapError(received, 'timeout', `no whole answer within ${deadlineMs} ms; try again`, { facts }));
  }

  #lost(what: string, more: Entry['facts'] = {}): void {
    const bytes = this.#held();
    const waited = this.#asked === undefined ? {} : { waited_ms: Math.round(performance.now() - this.#asked.at) };
    const expected =
      bytes > 0 ? 'the rest of an answer' : this.#asked === undefined ? 'the connection to last' : 'an answer';
    this.#end(
      new HapError(this.#step(), 'closed', `expected ${expected}, ${what}`, { facts: { ...waited, bytes, ...more } }),
    );
  }

  #end(error: HapError | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.signal?.removeEventListener('abort', this.#stop);
    this.#socket.destroy();
    if (error !== undefined) recordFailure(this.#options.record, error);
    const why = error?.message ?? 'closed by the caller';
    const asked = this.#asked;
    if (asked !== undefined) {
      clearTimeout(asked.timer);
      this.#asked = undefined;
      asked.reject(error ?? new HapError(asked.question.received, 'closed', why));
    }
    for (const { question, reject } of this.#queue.splice(0))
      reject(new HapError(question.sent, 'closed', `the connection ended before this was sent (${why})`));
    this.#closed.resolve(error);
  }
}

/** HAP §6.2.3: what an accessory needs and no more, in one piece. */
function requestBytes({ method, target, contentType, body }: Question, host: string): Buffer {
  const fields = [`Host: ${host}`];
  if (contentType !== undefined) fields.push(`Content-Type: ${contentType}`);
  if (method !== 'GET') fields.push(`Content-Length: ${body?.length ?? 0}`);
  const head = Buffer.from(`${method} ${target} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`);
  return body === undefined ? head : Buffer.concat([head, body]);
}
