/**
 * Minting and redeeming: any number of both in one autocommitted statement, each all or nothing.
 *
 * The statement locks in one order (the writer's row, grants, codes, holds, each by key), so that nodes wait for each
 * other and do not lock each other out. At READ COMMITTED a lock that had to wait answers the newest row, so what is
 * judged is what is so, not what was so when the statement began. Absence is not locked: a hold that begins meanwhile comes
 * after us, and a single-use key that somebody else takes meanwhile is a unique violation, which writes nothing; the
 * statement is run again and sees it. A use is won by its UPDATE alone: what is issued hangs on the row that it returns.
 *
 * Inside one statement nobody sees what another has written, so intents that touch each other never go together: `meet.ts`.
 */
import { StoreFaultError } from '../errors.ts';
import type { Trail } from './chain.ts';
import { RunAgain, rowsOf, stateOf } from './connection.ts';
import { type Draft, groundsOf } from './draft.ts';
import type { Outcome } from './queue.ts';
import { STATEMENT, valuesOf } from './statement.ts';
import type { Writer } from './writer.ts';

/**
 * What the statement answers for each intent. `d`: done. `s`: something that it read has changed. `u`: the code to be used
 * is not as it was read. `g`: a code for a grant that is not kept.
 */
const MEANS: Readonly<Record<string, 'done' | 'stale'>> = { d: 'done', s: 'stale', u: 'stale' };

/** What a batch needs to know beside its drafts. */
export interface WriteContext {
  readonly trail: Trail;
  /** The newest time, and whether the clock is the caller's own rather than the server's. */
  readonly floor: () => number;
  readonly ownClock: boolean;
  readonly begun: () => void;
  /** Told of the batch's time, once it is committed. Does not throw. */
  readonly committed: (now: number) => Promise<void>;
  /** Told how each intent came out, before it is answered. */
  readonly judged: (draft: Draft, letter: string) => void;
}

/** Writes a batch. @throws what concerns all of it; a fault of one intent as well, so that the queue takes it apart */
export async function writeBatch(
  writer: Writer,
  drafts: readonly Draft[],
  deadline: number,
  { trail, floor, ownClock, begun, committed, judged }: WriteContext,
): Promise<Outcome[]> {
  const values = valuesOf(drafts);
  const letters = await writer.durably<string>(
    {
      async send(client, { id, seq, epoch }) {
        begun();
        const place = [id, seq, epoch, trail.chain, floor(), ownClock];
        const rows = await takenOnce(() =>
          rowsOf<{ outcome: string; now: number }>(client, STATEMENT, [...place, ...values]),
        );
        if (rows[0]) await committed(rows[0].now);
        return rows[0]?.outcome;
      },
      recall: (outcome) => outcome ?? '',
    },
    deadline,
  );
  return drafts.map((draft, i) => {
    const letter = letters[i] ?? '';
    const value = MEANS[letter];
    judged(draft, letter);
    return value ? { ok: true, value } : { ok: false, error: unknownGrant(draft) };
  });
}

/** What another node can take while we write: the next run sees it. */
const TAKEN: ReadonlySet<unknown> = new Set(['once_pkey', 'holds_pkey']);

/** Runs again where somebody was faster. */
async function takenOnce<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const violated = (error as { constraint?: unknown }).constraint;
    if (stateOf(error) === '23505' && TAKEN.has(violated)) throw new RunAgain(String(violated), { cause: error });
    throw error;
  }
}

function unknownGrant(draft: Draft): StoreFaultError {
  const ids = groundsOf(draft).join(' or ');
  return new StoreFaultError(`expected a code for a grant that is kept, got one for ${ids}; mint the grant with it`);
}
