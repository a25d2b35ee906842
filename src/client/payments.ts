/**
 * `counterfoil/payments`: the gate for a program that sends card payments. One call before every attempt, one after. It needs
 * `fetch` and nothing else, so it runs in Node 20, in browsers' workers and elsewhere; a merchant's key belongs on a server.
 */

/** A card: one of the three. Of a number, the hub keeps only a keyed hash. */
export type Card =
  | { readonly pan: string }
  | { readonly par: string }
  | { readonly token: string; readonly processor: string };

/** Something new of the card since it was declined. */
export type NewFact = 'new-card' | 'account-updater' | '3-d-secure' | 'corrected-data' | 'issuer-approved';

/** An attempt that is to be made. */
export interface Attempt {
  readonly card: Card;
  /** In the smallest unit of the currency: 1999 is 19.99 EUR. */
  readonly amount: { readonly minor: number; readonly currency: string };
  /** `visa`, `mastercard`, `amex` … */
  readonly network: string;
  readonly initiator: 'cardholder' | 'merchant';
  /** Whose words the answers are in: `stripe`, `adyen` …; the standard’s, `iso8583`, unless told. */
  readonly processor?: string;
  /** Of the merchant: `US`, `CA`, `EU` …; the strictest rules unless told. */
  readonly region?: string;
  /** The same for every attempt to pay the same thing. */
  readonly purchase?: string;
  readonly newFacts?: readonly NewFact[];
  /** How long its answer may take, 5 to 600; what the merchant is set to unless told. */
  readonly leaseSeconds?: number;
}

/** How an attempt went. `not-sent`: it never left, or the processor knows nothing of it; it does not count then. */
export type Outcome =
  | { readonly outcome: 'approved'; readonly response?: ProcessorAnswer }
  | { readonly outcome: 'declined'; readonly response: ProcessorAnswer }
  | { readonly outcome: 'not-sent' };

/** A processor's answer, in its own words. */
export interface ProcessorAnswer {
  readonly code?: string;
  readonly advice?: string;
}

/** When the same may be tried again; `never`: only something new of the card opens it. */
export type NextAllowed = Date | 'never';

/** A rule that says no, until when, and where its figure comes from. */
export interface ClosedRule {
  readonly rule: string;
  readonly cause: string;
  readonly says: string;
  readonly until: NextAllowed;
  readonly source: string;
  readonly edition: string;
  readonly confidence: 'primary' | 'secondary' | 'general' | 'ours';
  readonly fee?: {
    readonly minor: number;
    readonly currency: string;
    readonly source: string;
    readonly edition: string;
  };
}

/** Why it must not be sent, until when, and what can be done. */
export interface Refused {
  readonly admitted: false;
  readonly nextAllowedAt: NextAllowed;
  readonly closed: readonly ClosedRule[];
  /** What you can do, and what the customer may be told. */
  readonly merchant: readonly string[];
  readonly customer: readonly string[];
  /** Where whoever runs the hub reads more; not of a check. */
  readonly verdict?: string;
  /** How often the same was refused within 30 days; not of a check. */
  readonly refused?: number;
}

/** Leave to send one attempt. */
export interface Reserved {
  readonly admitted: true;
  readonly attempt: string;
  /** Grows with every attempt of the card; a processor that keeps the highest it saw refuses what comes late. */
  readonly fence: number;
  readonly leaseUntil: Date;
  readonly verdict: string;
}

/** What came of recording. */
export interface Recorded {
  readonly recorded: 'now' | 'already';
  readonly attempt: string;
  readonly outcome: Outcome['outcome'];
  readonly nextAllowedAt: NextAllowed;
  /** Of a decline. */
  readonly merchant?: readonly string[];
  readonly customer?: readonly string[];
}

/** A hold that has ended. */
export interface HoldEnded {
  /** Hand it to `holds` to go on from there. */
  readonly id: string;
  /** The last attempt of the same, and the card’s fingerprint at the hub. */
  readonly attempt: string;
  readonly card: string;
  readonly amount: Attempt['amount'];
  readonly initiator: Attempt['initiator'];
  readonly purchase?: string;
  readonly endedAt: Date;
}

/** How `holds` goes on. */
export interface HoldsOptions {
  /** The id of the last event that was dealt with. */
  readonly after?: string;
  /** Ends it. */
  readonly signal?: AbortSignal;
  /** Told when more happened than the hub looks back on: holds may have ended of which nothing is said. */
  readonly onIncomplete?: () => void;
}

/** What `send` is given. */
export interface Sending {
  readonly attempt: string;
  readonly fence: number;
  readonly leaseUntil: Date;
}

/** What came of `attempt`: it was not let through, or it was sent and recorded. */
export type Attempted<T> =
  | { readonly sent: false; readonly refused: Refused }
  | { readonly sent: true; readonly answer: T; readonly recorded: Recorded };

/** A client. Everything that is not an answer of the gate throws a PaymentsError. */
export interface PaymentsClient {
  /** Would it be let through? Nothing is recorded. */
  check(attempt: Attempt): Promise<{ readonly admitted: true } | Refused>;
  /** Checks and records in one: of all that ask at the same time, one is let through. */
  reserve(attempt: Attempt): Promise<Reserved | Refused>;
  /** Records how an attempt went; tried again with longer and longer pauses until the hub has it. */
  record(attempt: string, outcome: Outcome): Promise<Recorded>;
  /**
   * Reserves, sends, records. Where `send` throws nobody knows what became of it: it stays unanswered, counts when its lease is
   * over, and can still be recorded (`attempt` of the AttemptOpenError). The same holds for a program that dies in between.
   */
  attempt<T>(
    attempt: Attempt,
    send: (sending: Sending) => Promise<{ readonly answer: T; readonly outcome: Outcome }>,
  ): Promise<Attempted<T>>;
  /** Holds of this merchant as they end; comes back by itself where the connection is lost. */
  holds(options?: HoldsOptions): AsyncGenerator<HoldEnded, void, undefined>;
}

/** How to reach the hub. */
export interface PaymentsClientOptions {
  readonly url: string;
  readonly key: string;
  readonly fetch?: typeof fetch;
  /** Longest a call may take, in milliseconds; 10,000 unless told. */
  readonly timeoutMs?: number;
  /** How often `record` is tried; 8 unless told, over about a minute. */
  readonly tries?: number;
}

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

type Json = Readonly<Record<string, unknown>>;
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
    async check(attempt) {
      const { body } = await call('POST', 'check', wire(attempt));
      return body['admitted'] === true ? { admitted: true } : refusedOf(body);
    },
    async reserve(attempt) {
      const { status, body } = await call('POST', 'attempts', wire(attempt), [409]);
      return status === 409 ? refusedOf(body) : reservedOf(body);
    },
    record: (attempt, outcome) =>
      again(options.tries ?? TRIES, async () => {
        const { body } = await call('PUT', `outcomes/${encodeURIComponent(attempt)}`, outcome);
        return recordedOf(body);
      }),
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

type Call = (method: string, path: string, body?: unknown, fine?: readonly number[]) => Promise<Answer>;

function caller({ url, key, fetch: ask = fetch, timeoutMs = TIMEOUT_MS }: PaymentsClientOptions): Call {
  return async (method, path, body, fine = []) => {
    const response = await ask(addressOf(url, path), {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
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
    if (response.ok || fine.includes(response.status)) return answer;
    throw failure(answer);
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
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function wire({ newFacts, leaseSeconds, ...rest }: Attempt): Json {
  return {
    ...rest,
    ...(newFacts !== undefined && { new_facts: newFacts }),
    ...(leaseSeconds !== undefined && { lease_seconds: leaseSeconds }),
  };
}

function nextOf(at: unknown): NextAllowed {
  return typeof at === 'string' ? new Date(at) : 'never';
}

function refusedOf(body: Json): Refused {
  const { closed, merchant, customer, instance, refused } = body;
  return {
    admitted: false,
    nextAllowedAt: nextOf(body['next_allowed_at']),
    closed: (closed as readonly Json[]).map(
      ({ until, never: _, ...rule }) => ({ ...rule, until: nextOf(until) }) as unknown as ClosedRule,
    ),
    merchant: merchant as readonly string[],
    customer: customer as readonly string[],
    ...(typeof instance === 'string' && { verdict: instance }),
    ...(typeof refused === 'number' && { refused }),
  };
}

function reservedOf({ attempt, fence, lease_until: until, verdict }: Json): Reserved {
  return {
    admitted: true,
    attempt: String(attempt),
    fence: Number(fence),
    leaseUntil: new Date(String(until)),
    verdict: String(verdict),
  };
}

function recordedOf({ next_allowed_at: next, never: _, ...rest }: Json): Recorded {
  return { ...(rest as unknown as Omit<Recorded, 'nextAllowedAt'>), nextAllowedAt: nextOf(next) };
}

async function* holds(
  { url, key, fetch: ask = fetch }: PaymentsClientOptions,
  { after, signal, onIncomplete }: HoldsOptions,
): AsyncGenerator<HoldEnded, void, undefined> {
  let last = after;
  for (let failed = 0; !signal?.aborted; failed++) {
    const stream = await openStream(ask, addressOf(url, 'holds'), key, last, signal);
    try {
      for await (const { id, name, data } of stream ? events(stream) : []) {
        failed = 0;
        if (name === 'ended') yield endedOf(id, data);
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

function endedOf(id: string, { ended_at: at, ...rest }: Json): HoldEnded {
  return { id, ...(rest as unknown as Omit<HoldEnded, 'id' | 'endedAt'>), endedAt: new Date(String(at)) };
}
