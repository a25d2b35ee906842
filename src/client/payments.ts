/**
 * `counterfoil/payments`: the gate for a program that sends card payments. One call before every attempt, one after. It needs
 * `fetch` and nothing else, so it runs in Node 20, in browsers' workers and elsewhere; a merchant's key belongs on a server.
 */

import { endedOf, type Json, recordedOf, refusedOf, reservedOf } from './payments-answers.ts';
import type {
  Attempt,
  HoldEnded,
  HoldsOptions,
  Outcome,
  PaymentsClient,
  PaymentsClientOptions,
} from './payments-types.ts';

export type * from './payments-types.ts';

/** The hub could not be asked, or did not understand. `status` 0: it was not reached. Nothing of a card is in it. */
export class PaymentsError extends Error {
  override readonly name: 'PaymentsError' | 'AttemptOpenError' = 'PaymentsError';
  readonly status: number;
  /** The kind of problem, as the hub names it. */
  readonly type: string;
  constructor(status: number, type: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.type = type;
  }
}

/** An attempt was reserved, and its outcome is not recorded: record it when it is known. `cause` says why. */
export class AttemptOpenError extends PaymentsError {
  override readonly name = 'AttemptOpenError';
  readonly attempt: string;
  /** What `send` answered, where it did and the hub could not be told. */
  readonly done: { readonly answer: unknown; readonly outcome: Outcome } | undefined;
  constructor(attempt: string, cause: unknown, done?: AttemptOpenError['done']) {
    const why = done ? 'the hub could not be told' : 'it is not known';
    super(
      0,
      'attempt-open',
      `expected the outcome of ${attempt} to be recorded, but ${why}: record it when it can be; until then it counts as unknown`,
      { cause },
    );
    this.attempt = attempt;
    this.done = done;
  }
}

interface Answer {
  readonly status: number;
  readonly body: Json;
  readonly retryAfterMs: number | undefined;
}

const TIMEOUT_MS = 10_000;
const TRIES = 8;
const PAUSE_MS = 250;
const PAUSE_MAX_MS = 15_000;
/** Longest event, in characters. */
const EVENT_MAX = 65_536;

/** Makes a client for one merchant. */
export function createPaymentsClient(options: PaymentsClientOptions): PaymentsClient {
  const call = caller(options);
  const client: PaymentsClient = {
    check: (attempt) =>
      call('POST', 'check', wire(attempt), ({ body }) =>
        body['admitted'] === true ? { admitted: true } : refusedOf(body),
      ),
    reserve: (attempt) =>
      call(
        'POST',
        'attempts',
        wire(attempt),
        ({ status, body }) => (status === 409 ? refusedOf(body) : reservedOf(body)),
        [409],
      ),
    record: (attempt, outcome) =>
      again(options.tries ?? TRIES, () =>
        call('PUT', `outcomes/${encodeURIComponent(attempt)}`, outcome, ({ body }) => recordedOf(body)),
      ),
    async attempt(asked, send) {
      const found = await client.reserve(asked);
      if (!found.admitted) return { sent: false, refused: found };
      const { attempt, fence, leaseUntil } = found;
      let done: Awaited<ReturnType<typeof send>> | undefined;
      try {
        done = await send({ attempt, fence, leaseUntil });
        return { sent: true, answer: done.answer, recorded: await client.record(attempt, done.outcome) };
      } catch (cause) {
        throw new AttemptOpenError(attempt, cause, done);
      }
    },
    holds: (how = {}) => holds(options, how),
  };
  return client;
}

/** `read` answers undefined for what the gate never says. */
type Call = <T>(
  method: string,
  path: string,
  body: unknown,
  read: (answer: Answer) => T | undefined,
  fine?: readonly number[],
) => Promise<T>;

function caller({ url, key, fetch: ask = fetch, timeoutMs = TIMEOUT_MS }: PaymentsClientOptions): Call {
  return async (method, path, body, read, fine = []) => {
    const response = await ask(addressOf(url, path), {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    }).catch((cause: unknown) => {
      throw new PaymentsError(0, 'not-reached', `expected an answer of ${url}, but it was not reached`, { cause });
    });
    const said = await response.json().catch(() => ({}));
    const answer: Answer = {
      status: response.status,
      body: typeof said === 'object' && said !== null ? (said as Json) : {},
      retryAfterMs: retryAfter(response.headers.get('retry-after')),
    };
    if (!response.ok && !fine.includes(response.status)) throw failure(answer);
    const understood = read(answer);
    if (understood !== undefined) return understood;
    throw new PaymentsError(502, 'not-understood', `expected an answer of the gate from ${url}, got something else`);
  };
}

function addressOf(url: string, path: string): string {
  return `${url.replace(/\/+$/, '')}/payments/${path}`;
}

const WAITS = new WeakMap<PaymentsError, number>();

function failure({ status, body, retryAfterMs }: Answer): PaymentsError {
  const type = String(body['type'] ?? body['error'] ?? 'unknown').replace(/^urn:counterfoil:payments:/, '');
  const error = new PaymentsError(status, type, String(body['detail'] ?? `the hub answered with ${status}`));
  if (retryAfterMs !== undefined) WAITS.set(error, retryAfterMs);
  return error;
}

function retryAfter(text: string | null): number | undefined {
  return text !== null && /^\d{1,6}$/.test(text) ? Number(text) * 1_000 : undefined;
}

/** Again while the hub is away or busy; every other answer is one. */
async function again<T>(tries: number, work: () => Promise<T>): Promise<T> {
  for (let done = 1; ; done++) {
    try {
      return await work();
    } catch (error) {
      const passing =
        error instanceof PaymentsError && (error.status === 0 || error.status === 429 || error.status >= 500);
      if (!passing || done >= tries) throw error;
      const pause = Math.min(PAUSE_MS * 2 ** (done - 1), PAUSE_MAX_MS);
      // Spread, so that many that were turned away together do not come back together.
      await sleep(Math.max(pause * (0.5 + Math.random() / 2), Math.min(WAITS.get(error) ?? 0, PAUSE_MAX_MS)));
    }
  }
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
}

function wire({ newFacts, leaseSeconds, ...rest }: Attempt): Json {
  return {
    ...rest,
    ...(newFacts !== undefined && { new_facts: newFacts }),
    ...(leaseSeconds !== undefined && { lease_seconds: leaseSeconds }),
  };
}

async function* holds(
  { url, key, fetch: ask = fetch }: PaymentsClientOptions,
  { after, signal, onReady, onIncomplete }: HoldsOptions,
): AsyncGenerator<HoldEnded, void, undefined> {
  let last = after;
  for (let failed = 0; !signal?.aborted; failed++) {
    const stream = await openStream(ask, addressOf(url, 'holds'), key, last, signal);
    try {
      for await (const { id, name, data } of stream ? events(stream) : []) {
        failed = 0;
        if (name === 'ended') yield endedOf(id, data);
        if (name === 'ready') onReady?.();
        if (name === 'incomplete') onIncomplete?.();
        last = id;
      }
    } catch (error) {
      if (!(error instanceof TypeError) && (error as Error).name !== 'AbortError') throw error;
    }
    if (!signal?.aborted) await sleep(Math.min(PAUSE_MS * 2 ** failed, PAUSE_MAX_MS), signal);
  }
}

/** The stream; undefined where the hub is away or busy. @throws PaymentsError where it says no */
async function openStream(
  ask: typeof fetch,
  address: string,
  key: string,
  last: string | undefined,
  signal: AbortSignal | undefined,
): Promise<ReadableStream<Uint8Array> | undefined> {
  const headers = { authorization: `Bearer ${key}`, ...(last !== undefined && { 'last-event-id': last }) };
  const response = await ask(address, { headers, redirect: 'error', ...(signal && { signal }) }).catch(() => undefined);
  if (response === undefined) return undefined;
  if (response.ok) return response.body ?? undefined;
  const body = (await response.json().catch(() => ({}))) as Json;
  if (response.status === 429 || response.status >= 500) return undefined;
  throw failure({ status: response.status, body, retryAfterMs: undefined });
}

interface Event {
  readonly id: string;
  readonly name: string;
  readonly data: Json;
}

/** Events of `text/event-stream`, as this hub writes them. */
async function* events(stream: ReadableStream<Uint8Array>): AsyncGenerator<Event, void, undefined> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      if (text.length > EVENT_MAX)
        throw new PaymentsError(0, 'event-too-long', 'expected events of a few lines, got a longer one');
      for (const block of blocks) {
        const fields = new Map(
          block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
        );
        const data = fields.get('data');
        if (data !== undefined)
          yield { id: fields.get('id') ?? '', name: fields.get('event') ?? '', data: JSON.parse(data) as Json };
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
