/**
 * A store to which a flood of refusals from one source costs a hundred writes a second for each row, whatever their
 * number. Equal refusals are one row anyway, whose `times` grows (`Refusal.coalesce`): past its budget of failures, a
 * source's refusals are gathered for a moment, and what would grow the same row is one write.
 *
 * Nobody is refused for it, and what is heard stays the same. It is heard when it is durable, and together with
 * everything that was gathered, whatever it was: when a busy hub is late, it is late for all of them, and not for those
 * alone that had to wait for others. That is no equality by itself: one write more or less is heard, and what was
 * gathered is no longer alike when it is answered. For that all refusals are held to one age (`steady.ts`), which is
 * longer than the moment here and a write. A failure that counts against a code is written, and counts, at once.
 */
import type { Pace } from '../profiles/oauth/deps.ts';
import type { Refusal, Refused, Store } from '../store/port.ts';

/** Well below `LIMITS.holdMs`. */
const GATHER_MS = 10;

/** What is being gathered: for each row what is still to be written of it, if anything. */
interface Gathering {
  readonly rows: Map<string, Refusal | undefined>;
  /** The writes of its end, by row, when all of them are done. */
  readonly over: Promise<ReadonlyMap<string, Promise<Refused>>>;
}

/** The same store, kinder to itself. `failures` is the pace of each source, by the store's clock. */
export function combining(store: Store, failures: Pace): Store {
  let gathering: Gathering | undefined;

  function gather(refusal: Refusal): Promise<Refused> {
    gathering ??= begin();
    const { rows, over } = gathering;
    const row = rowOf(refusal);
    if (row !== undefined && rows.has(row)) {
      rows.set(row, added(rows.get(row), refusal));
      return over.then((written) => written.get(row) as Promise<Refused>);
    }
    if (row !== undefined) rows.set(row, undefined);
    const written = store.refuse(refusal);
    return Promise.allSettled([written, over]).then(() => written);
  }

  function begin(): Gathering {
    const rows: Gathering['rows'] = new Map();
    const over = new Promise<void>((resolve) => setTimeout(resolve, GATHER_MS)).then(async () => {
      gathering = undefined;
      const written = new Map<string, Promise<Refused>>();
      for (const [row, rest] of rows) if (rest) written.set(row, store.refuse(rest));
      await Promise.allSettled(written.values());
      return written;
    });
    return { rows, over };
  }

  return {
    ...store,
    refuse(refusal) {
      const { source } = refusal.verdict;
      if (source === undefined || failures.waitMs(source, refusal.now) > 0) return gather(refusal);
      failures.take(source, refusal.now);
      return store.refuse(refusal);
    },
  };
}

/** The row that a refusal grows and does nothing else; what it does else is done one by one. */
function rowOf({ coalesce, strike, revokes }: Refusal): string | undefined {
  return strike || revokes ? undefined : coalesce;
}

/** Two attempts of one row: its name and time are the first one's, what it shows is the newest's. */
function added(first: Refusal | undefined, newest: Refusal): Refusal {
  if (!first) return newest;
  const { id, at, times } = first.verdict;
  return { ...first, verdict: { ...newest.verdict, id, at, times: times + newest.verdict.times } };
}
