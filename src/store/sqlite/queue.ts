/**
 * Group commit. Intents that arrive while others wait share one transaction and one sync to disk; an answer is given only
 * when COMMIT has returned and the log is on the disk (`durable.ts`). While the disk works, the event loop is free, and
 * the next batch gathers. Each intent checks all it asserts before it writes, so that a stale one leaves nothing
 * behind. Should one throw after a write, the whole batch is rolled back and run again with a savepoint per intent:
 * the faulty one fails alone, and the usual case pays for no savepoints.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Chain, Head } from '../audit.ts';
import type { Moment } from '../clock.ts';
import { closed, tooMany } from '../errors.ts';
import { told } from './file.ts';

/** What the queue has done so far: `transactions` below `intents` means that grouping works. */
export interface Counters {
  intents: number;
  transactions: number;
}

/**
 * Where a batch is: in its transaction, written but not committed, committed but perhaps not on the disk, on the disk but
 * not answered, answered. A process that dies at any of them must leave a whole file; tests make it die there.
 */
export type Step = 'begun' | 'applied' | 'committed' | 'durable' | 'answered';

/** How a queue runs. */
export interface QueueOptions {
  /** Intents that may wait; more are refused at once with `StoreBusyError`. */
  readonly maxQueue: number;
  /** Intents in one transaction; more wait for the next one, so that nobody else on the loop starves. */
  readonly maxBatch: number;
  /** How long a BEGIN waits for another process; only for the words of the error. */
  readonly busyMs: number;
  /** Told of each step, before the next one begins. For tests. */
  readonly onStep?: ((step: Step) => void) | undefined;
}

/** The one writer of a connection. */
export interface Queue {
  /** Runs `intent` in the next transaction. @throws StoreBusyError, or whatever the intent throws, as a rejection */
  submit<T>(intent: (moment: Moment) => T): Promise<T>;
  /** Refuses all further intents, and resolves when those that waited are answered. */
  close(): Promise<void>;
  readonly counters: Readonly<Counters>;
}

/** Intents that came together, from which on the next ones are gathered, and for how long. */
const COMPANY = 4;
const GATHER_MS = 2;

interface Waiting {
  readonly intent: (moment: Moment) => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (reason: unknown) => void;
}

type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

/** An intent threw: marks it off from a BEGIN or COMMIT that failed. */
class IntentFailed extends Error {}

/** Opens the queue of a connection. */
export function openQueue(
  db: DatabaseSync,
  file: string,
  tick: (floor: number) => number,
  chain: Chain,
  sync: () => Promise<void>,
  { maxQueue, maxBatch, busyMs, onStep }: QueueOptions,
): Queue {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const meta = db.prepare('SELECT generation, clock FROM meta');
  const keepClock = db.prepare('UPDATE meta SET clock = max(clock, ?)');
  const newestLink = db.prepare('SELECT chain, seq, hash FROM audit ORDER BY rowid DESC LIMIT 1');
  const keepLink = db.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)');
  const counters: Counters = { intents: 0, transactions: 0 };
  let waiting: Waiting[] = [];
  let flushing = false;
  let company = 0;
  let waitingSince = 0;
  let gathering: NodeJS.Timeout | undefined;
  let open = true;
  let idle = (): void => undefined;

  function transaction(run: (moment: Moment) => Outcome[]): Outcome[] {
    begin.run();
    try {
      onStep?.('begun');
      const { generation, clock } = meta.get() as { generation: number; clock: number };
      const now = tick(clock);
      const outcomes = run({ now, generation });
      if (now > clock) keepClock.run(now);
      const link = chain.link(now, () => newestLink.get() as Head | undefined);
      if (link) keepLink.run(link.chain, link.seq, link.at, link.prev, link.hash, link.body);
      onStep?.('applied');
      commit.run();
      chain.committed();
      onStep?.('committed');
      counters.transactions += 1;
      return outcomes;
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      chain.forget(0);
      throw error;
    }
  }

  function together(batch: readonly Waiting[]): Outcome[] {
    return transaction((moment) =>
      batch.map(({ intent }) => {
        try {
          return { ok: true, value: intent(moment) };
        } catch (cause) {
          throw new IntentFailed('an intent failed', { cause });
        }
      }),
    );
  }

  function apart(batch: readonly Waiting[]): Outcome[] {
    return transaction((moment) =>
      batch.map(({ intent }) => {
        db.exec('SAVEPOINT intent');
        const { noted } = chain;
        try {
          const value = intent(moment);
          db.exec('RELEASE intent');
          return { ok: true, value };
        } catch (error) {
          // A full disk or a failing one ends the transaction by itself, and with it the work of the neighbours.
          if (!db.isTransaction) throw error;
          db.exec('ROLLBACK TO intent; RELEASE intent');
          chain.forget(noted);
          return { ok: false, error };
        }
      }),
    );
  }

  function run(batch: readonly Waiting[]): Outcome[] {
    try {
      return together(batch);
    } catch (error) {
      if (!(error instanceof IntentFailed)) throw error;
      if (batch.length === 1) throw error.cause;
      return apart(batch);
    }
  }

  async function flush(): Promise<void> {
    gathering = undefined;
    const batch = waiting.slice(0, maxBatch);
    waiting = waiting.slice(maxBatch);
    counters.intents += batch.length;
    company = batch.length;
    try {
      const outcomes = run(batch);
      await sync();
      onStep?.('durable');
      for (const [i, { resolve, reject }] of batch.entries()) {
        const outcome = outcomes[i];
        if (outcome?.ok) resolve(outcome.value as never);
        else reject(told(outcome?.error, file, busyMs));
      }
      onStep?.('answered');
    } catch (error) {
      for (const { reject } of batch) reject(told(error, file, busyMs));
    }
    flushing = false;
    if (waiting.length > 0) schedule();
    else idle();
  }

  /**
   * One batch at a time: what comes while the disk works goes into the next. A transaction costs as much as ten intents,
   * so where several came together last time, the next ones wait a little until as many are there.
   */
  function schedule(): void {
    if (!flushing) {
      flushing = true;
      const leftMs = GATHER_MS - (performance.now() - waitingSince);
      const few = company >= COMPANY && waiting.length < company && leftMs > 0 && open;
      if (few) gathering = setTimeout(flush, leftMs);
      else setImmediate(flush);
    } else if (gathering && waiting.length >= company) {
      clearTimeout(gathering);
      gathering = undefined;
      setImmediate(flush);
    }
  }

  return {
    counters,
    submit(intent) {
      if (!open) return Promise.reject(closed());
      if (waiting.length >= maxQueue) return Promise.reject(tooMany(maxQueue, 'intents'));
      return new Promise((resolve, reject) => {
        if (waiting.length === 0) waitingSince = performance.now();
        waiting.push({ intent, resolve, reject });
        schedule();
      });
    },
    async close() {
      open = false;
      if (flushing) await new Promise<void>((resolve) => (idle = resolve));
    },
  };
}
