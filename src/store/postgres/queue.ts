/**
 * Group commit. Intents that arrive while others are on their way wait, and go together. Two lanes (`store.ts`): one for
 * what is decided set by set in a single statement, one for transactions of several statements. A lane has one batch on its
 * way: with two, each would be half as large, and they would wait for each other at the head of the audit trail (measured:
 * a quarter slower). A batch that the server refuses for a fault of one intent is halved and
 * run again, until the faulty one fails alone.
 */
import { closed, tooMany } from '../errors.ts';
import { told, troubleOf } from './connection.ts';
import type { Writer } from './writer.ts';

/** What the store has done so far: `transactions` below `intents` means that grouping works. */
export interface Counters {
  intents: number;
  transactions: number;
}

/**
 * Where a batch is: on its way, written but not committed (a transaction of several statements only), durable but not
 * answered, answered. A process that dies at any of them must leave whole rows; tests make it die there.
 */
export type Step = 'begun' | 'applied' | 'committed' | 'answered';

/** What became of one intent. */
export type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

/** An intent in its lane. */
export interface Waiting<I> {
  readonly intent: I;
  /** When it came, by `performance.now`. */
  readonly since: number;
  readonly resolve: (value: never) => void;
  readonly reject: (reason: unknown) => void;
}

/** How a lane runs. */
export interface LaneOptions<I> {
  readonly writer: Writer;
  /** Intents that may wait; more are refused at once with `StoreBusyError`. */
  readonly maxQueue: number;
  /** How long to go on trying when the database does not answer, from the time that an intent came. */
  readonly busyMs: number;
  readonly counters: Counters;
  readonly onStep: ((step: Step) => void) | undefined;
  /** Chooses what goes together, of what waits; the rest stays, in order. */
  pick(waiting: readonly Waiting<I>[]): { batch: Waiting<I>[]; rest: Waiting<I>[] };
  /** Runs a batch. What it throws is everybody's, unless it is a fault: then the halves are run. */
  run(writer: Writer, batch: readonly I[], deadline: number): Promise<Outcome[]>;
  /** Told when a batch has ended, before it is answered; what it answers for one that waits is final. */
  ended?(batch: readonly I[], outcomes: readonly Outcome[]): ((waiting: I) => Outcome | undefined) | undefined;
}

/** A lane. */
export interface Lane<I> {
  /** @throws StoreBusyError, or whatever the intent comes to, as a rejection */
  submit<T>(intent: I): Promise<T>;
  /** Runs what waits, then refuses all further intents. */
  close(): Promise<void>;
}

/** Opens a lane. */
export function openLane<I>(options: LaneOptions<I>): Lane<I> {
  const { writer, maxQueue, busyMs, counters, onStep, pick, run, ended } = options;
  let waiting: Waiting<I>[] = [];
  let scheduled = false;
  let busy = false;
  let open = true;
  let drained = (): void => {};

  async function serve(batch: readonly Waiting<I>[]): Promise<void> {
    const intents = batch.map(({ intent }) => intent);
    const deadline = Math.max(...batch.map(({ since }) => since)) + busyMs;
    const outcomes = await halved(intents, (some) => run(writer, some, deadline));
    const settle = ended?.(intents, outcomes);
    for (const [i, one] of batch.entries()) answer(one, outcomes[i]);
    if (settle) waiting = waiting.filter((one) => !answer(one, settle(one.intent)));
    onStep?.('answered');
    busy = false;
    if (waiting.length === 0) drained();
    schedule();
  }

  function flush(): void {
    scheduled = false;
    busy = true;
    const { batch, rest } = pick(waiting);
    waiting = rest;
    counters.intents += batch.length;
    void serve(batch);
  }

  function schedule(): void {
    if (scheduled || busy || waiting.length === 0) return;
    scheduled = true;
    setImmediate(flush);
  }

  return {
    submit(intent) {
      if (!open) return Promise.reject(closed());
      if (waiting.length >= maxQueue) return Promise.reject(tooMany(maxQueue, 'intents'));
      return new Promise((resolve, reject) => {
        waiting.push({ intent, since: performance.now(), resolve, reject });
        schedule();
      });
    },
    close() {
      open = false;
      if (waiting.length === 0 && !busy) return Promise.resolve();
      return new Promise((resolve) => {
        drained = resolve;
      });
    },
  };
}

function answer<I>({ resolve, reject }: Waiting<I>, outcome: Outcome | undefined): boolean {
  if (!outcome) return false;
  if (outcome.ok) resolve(outcome.value as never);
  else reject(told(outcome.error));
  return true;
}

/** Runs a batch; where it fails for a fault of somebody in it, its halves. What one half comes to is not the other's. */
async function halved<I>(batch: readonly I[], run: (some: readonly I[]) => Promise<Outcome[]>): Promise<Outcome[]> {
  try {
    return await run(batch);
  } catch (error) {
    if (troubleOf(error) !== 'fault' || batch.length === 1) return batch.map(() => ({ ok: false, error }));
    const middle = Math.ceil(batch.length / 2);
    const first = await halved(batch.slice(0, middle), run);
    return [...first, ...(await halved(batch.slice(middle), run))];
  }
}
