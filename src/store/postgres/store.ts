/**
 * The store on PostgreSQL. Mintings and redemptions are one statement for all that wait (`write.ts`), so that a redemption
 * is two round trips: `load`, and its share of that statement. Everything else is a transaction in the other lane.
 */
import { monotonic } from '../clock.ts';
import { closed } from '../errors.ts';
import type { Store } from '../port.ts';
import type { Registry } from '../registry.ts';
import type { Upkeep } from '../upkeep.ts';
import { startTrail } from './chain.ts';
import { type Connections, rowsOf } from './connection.ts';
import { type Draft, mintDraft, redeemDraft } from './draft.ts';
import { claim, settle } from './effects.ts';
import { find } from './find.ts';
import { openLoader } from './load.ts';
import { openMeeting } from './meet.ts';
import { type Counters, type Lane, openLane, type Step, type Waiting } from './queue.ts';
import { type RefusalDraft, refusalDraft, refuseAll } from './refuse.ts';
import { postgresRegistry } from './registry.ts';
import { revoke } from './revoke.ts';
import { type Place, START, sweepStep } from './sweep.ts';
import { type Transaction, type TransactionContext, transact } from './transaction.ts';
import { postgresUpkeep } from './upkeep.ts';
import { writeBatch } from './write.ts';
import { openWriter } from './writer.ts';

/** How the store runs. */
export interface RunOptions {
  readonly clock: (() => number) | undefined;
  readonly maxQueue: number;
  readonly maxBatch: number;
  readonly onStep: ((step: Step) => void) | undefined;
}

/** What runs on open connections. */
export interface Running {
  readonly store: Store;
  readonly registry: Registry;
  readonly upkeep: Upkeep;
  readonly counters: Readonly<Counters>;
  close(): Promise<void>;
}

/** An intent of the second lane: a refusal that can go with others, or work that has a transaction of its own. */
type Job =
  | { readonly refusal: RefusalDraft }
  | { readonly refusal?: undefined; readonly run: (tx: Transaction) => Promise<unknown> };

/** The newest time is kept so often: as far as time could go back after a crash with a server clock that was set back. */
const KEEP_CLOCK_MS = 1_000;

const KEEP_CLOCK = { name: 'counterfoil-clock', text: 'UPDATE meta SET clock = $1 WHERE id = 1 AND clock < $1' };

/** Builds the store. */
export function running(connections: Connections, options: RunOptions): Running {
  const { clock, maxQueue, maxBatch, onStep } = options;
  const { hot, where, busyMs } = connections;
  const counters: Counters = { intents: 0, transactions: 0 };
  const trail = startTrail();
  const tick = monotonic(clock ?? (() => 0));
  /** The newest time. Every intent asks, so that time stands where its caller has seen it, whatever comes of it. */
  const floor = (): number => tick(0);
  let keptClock = 0;
  let ending: Promise<void> | undefined;

  /** Keeps the time, seldom: it is one row for all nodes. */
  async function committed(now: number): Promise<void> {
    counters.transactions += 1;
    onStep?.('committed');
    const newest = tick(now);
    if (newest < keptClock + KEEP_CLOCK_MS) return;
    keptClock = newest;
    // What was written is committed, whatever becomes of this.
    await rowsOf(hot, KEEP_CLOCK, [newest]).catch(() => {});
  }

  const context = { trail, floor, ownClock: clock !== undefined, committed };
  const writer = () => openWriter(hot, where, busyMs, trail, floor);
  const shared = { maxQueue, busyMs, counters, onStep };

  const meeting = openMeeting(maxBatch);
  const writing = writer();
  const begun = (): void => onStep?.('begun');
  const writes: Lane<Draft> = openLane<Draft>({
    ...shared,
    ...meeting,
    writer: writing,
    run: (one, batch, deadline) => writeBatch(one, batch, deadline, { ...context, begun, judged: meeting.judged }),
  });

  const other = writer();
  const stepped: TransactionContext = { ...context, onStep: (step) => onStep?.(step) };
  const jobs: Lane<Job> = openLane<Job>({
    ...shared,
    writer: other,
    pick: (waiting) => together(waiting, maxBatch),
    run: (one, batch, deadline) =>
      transact(
        one,
        async (tx) => {
          const refusals = batch.flatMap(({ refusal }) => (refusal ? [refusal] : []));
          const refused = refusals.length > 0 ? await refuseAll(tx, refusals) : [];
          const first = batch[0];
          const values = first && !first.refusal ? [await first.run(tx)] : refused;
          return values.map((value) => ({ ok: true, value }) as const);
        },
        deadline,
        stepped,
      ),
  });

  const loader = openLoader(connections, tick, clock !== undefined, maxQueue);
  const opened = (): void => {
    if (ending !== undefined) throw closed();
  };
  const submit = <T>(run: (tx: Transaction) => Promise<T>): Promise<T> => {
    floor();
    return jobs.submit<T>({ run });
  };

  async function end(): Promise<void> {
    await Promise.all([writes.close(), jobs.close(), loader.idle()]);
    // What cannot be said now is said by the sweep, and by the next one who writes.
    const tidy = [writing.leave(), other.leave(), rowsOf(hot, KEEP_CLOCK, [floor()])];
    await Promise.allSettled(tidy);
    await connections.end();
  }

  const close = (): Promise<void> => {
    ending ??= end();
    return ending;
  };
  const store: Store = {
    async load(ask) {
      opened();
      return loader.load(ask);
    },
    async mint(minting) {
      floor();
      return writes.submit(mintDraft(minting));
    },
    async redeem(redemption) {
      floor();
      return writes.submit(redeemDraft(redemption));
    },
    async refuse(refusal) {
      floor();
      const draft = refusalDraft(refusal);
      if (!refusal.revokes) return jobs.submit({ refusal: draft });
      return submit(async (tx) => (await refuseAll(tx, [draft]))[0] as Awaited<ReturnType<Store['refuse']>>);
    },
    revoke: (revocation) => submit((tx) => revoke(tx, revocation)),
    async find(kind, query) {
      opened();
      return find(connections, kind, query);
    },
    claim: (ask) => submit((tx) => claim(tx, ask)),
    settle: (settlement) => submit((tx) => settle(tx, settlement)),
    async sweep({ before }) {
      let forgotten = 0;
      for (let at: Place | undefined = START; at; ) {
        const from: Place = at;
        const step = await submit((tx) => sweepStep(tx, from, before));
        forgotten += step.forgotten;
        at = step.next;
      }
      return forgotten;
    },
    close,
  };
  return {
    store,
    registry: postgresRegistry(connections, opened, submit),
    upkeep: postgresUpkeep(connections, trail, floor, opened, submit),
    counters,
    close,
  };
}

/** Refusals go together; anything else goes alone. */
function together(waiting: readonly Waiting<Job>[], most: number): { batch: Waiting<Job>[]; rest: Waiting<Job>[] } {
  if (!waiting[0]?.intent.refusal) return { batch: waiting.slice(0, 1), rest: waiting.slice(1) };
  const batch: Waiting<Job>[] = [];
  const rest: Waiting<Job>[] = [];
  for (const one of waiting) (one.intent.refusal && batch.length < most ? batch : rest).push(one);
  return { batch, rest };
}
