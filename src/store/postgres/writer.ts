/**
 * One connection's worth of writing, exactly once. Whoever writes has a row in `writers` with the number of its last
 * committed batch and how that one came out; each batch moves the number on, in its own transaction, and does nothing at
 * all unless the number is the one it expects.
 *
 * So a connection that is lost while a batch is being committed leaves no doubt. On a new connection the row's `epoch` is
 * raised: that waits for an old transaction that still holds the row, and shuts out one that has not come to it yet.
 * Then the number says it: moved on, and the batch is committed (what came of it stands beside, in `outcome`); or not,
 * and it never will be, and is run again. Nobody who won is told `stale`, and nothing happens twice. Raising is itself a
 * committed write: where commits wait for a standby, the batch has reached it as well when we say that it is done.
 *
 * The same holds after a fail-over, as long as what was acknowledged is on the new primary.
 */
import { randomBytes } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import { StoreBusyError, StoreFaultError } from '../errors.ts';
import { restart, type Trail } from './chain.ts';
import { busy, isUsableAfter, pause, rowsOf, type Trouble, troubleOf, wasRefused } from './connection.ts';

/** A writer's place: its row, and what the row must say. */
export interface Held {
  readonly id: string;
  readonly seq: number;
  readonly epoch: number;
}

/** One batch, or one transaction. */
export interface Work<T> {
  /** Writes, if the row is at `held`, and moves it on. Undefined when there is no such row: nothing was written. */
  send(client: ClientBase, held: Held): Promise<T | undefined>;
  /** The answer of `send` when it was lost on the way but is committed; `outcome` is what it kept in the row. */
  recall(outcome: string | null): T;
}

/** Writes one thing after another. */
export interface Writer {
  /**
   * Tries until `deadline` (`performance.now`), at least once.
   *
   * @throws StoreBusyError when the database did not answer; whatever else the server refuses
   */
  durably<T>(work: Work<T>, deadline: number): Promise<T>;
  /** Takes the row away. */
  leave(): Promise<void>;
}

const REGISTER = {
  name: 'counterfoil-register',
  text: `WITH head AS (
  INSERT INTO heads (chain, seq, hash, at) VALUES ($2, 0, '', $3) ON CONFLICT (chain) DO NOTHING)
INSERT INTO writers (id, seq, epoch, at) VALUES ($1, 0, 0, $3)`,
};
const RESOLVE = {
  name: 'counterfoil-resolve',
  text: 'UPDATE writers SET epoch = epoch + 1 WHERE id = $1 RETURNING seq, epoch, outcome',
};
const LEAVE = { name: 'counterfoil-leave', text: 'DELETE FROM writers WHERE id = $1' };

/** Makes a writer. `now` is the store's newest time. */
export function openWriter(pool: Pool, where: string, busyMs: number, trail: Trail, now: () => number): Writer {
  let held: Held | undefined;
  /** Whether it is unknown if the batch after `held` is committed. */
  let doubt = false;

  async function resolved<T>(client: ClientBase, work: Work<T>): Promise<{ answer: T } | undefined> {
    const before = held;
    if (!doubt || !before) return undefined;
    const [row] = await rowsOf<Held & { outcome: string | null }>(client, RESOLVE, [before.id]);
    // Swept away while in doubt: it can never be known.
    if (!row) throw new StoreFaultError('expected the row of this writer, got none');
    doubt = false;
    held = { id: before.id, seq: row.seq, epoch: row.epoch };
    return row.seq > before.seq ? { answer: work.recall(row.outcome) } : undefined;
  }

  async function place(client: ClientBase): Promise<Held> {
    if (held) return held;
    const id = randomBytes(12).toString('base64url');
    await rowsOf(client, REGISTER, [id, trail.chain, now()]);
    held = { id, seq: 0, epoch: 0 };
    return held;
  }

  async function attempt<T>(work: Work<T>): Promise<{ answer: T } | undefined> {
    const client = await pool.connect();
    let usable = false;
    try {
      const known = await resolved(client, work);
      if (known) {
        usable = true;
        return known;
      }
      const at = await place(client);
      doubt = true;
      try {
        const answer = await work.send(client, at);
        doubt = false;
        usable = true;
        if (answer === undefined) {
          // Swept away, or the chain's head was. A chain is never taken up again.
          held = undefined;
          restart(trail);
          return undefined;
        }
        held = { ...at, seq: at.seq + 1 };
        return { answer };
      } catch (error) {
        // What we threw ourselves, before or between statements, was not committed either.
        if (wasRefused(error) || troubleOf(error) === 'fault' || troubleOf(error) === 'again') doubt = false;
        usable = isUsableAfter(error);
        throw error;
      }
    } finally {
      client.release(!usable);
    }
  }

  /** What the caller hears. A doubt does not outlive its batch: the next one begins with a row of its own. */
  function given(error: unknown, trouble: Trouble): unknown {
    const lost = doubt;
    doubt = false;
    if (lost) held = undefined;
    if (lost) return unknown(where, error);
    return trouble === 'fault' ? error : busy(error, where, busyMs);
  }

  return {
    async durably(work, deadline) {
      for (let tries = 0; ; tries++) {
        try {
          const done = await attempt(work);
          if (done) return done.answer;
        } catch (error) {
          const trouble = troubleOf(error);
          const over = trouble === 'fault' || (trouble === 'slow' && !doubt) || performance.now() >= deadline;
          if (over) throw given(error, trouble);
        }
        await pause(tries);
      }
    },
    async leave() {
      if (held) await rowsOf(pool, LEAVE, [held.id]);
      held = undefined;
    },
  };
}

function unknown(where: string, cause: unknown): StoreBusyError {
  return new StoreBusyError(
    `expected the database at ${where} to say whether it committed, but it went away and did not come back in time; read again before you try again`,
    { cause },
  );
}
