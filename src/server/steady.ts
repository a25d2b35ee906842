/**
 * Refusals at one age: an answer that was refused goes out at an instant that follows from when its request was complete,
 * and from nothing else. How long it took to find out what is wrong stays inside. Why so, and what it does not cover:
 * `docs/decisions/0022-refusals-at-one-age.md`. Which routes: `Route.steady`. Not here: what is said (`wire.ts`).
 */

/** How many answers may wait without holding anything up: 50 ms of 80,000 refusals a second. */
const WAITING_MAX = 4_096;

/**
 * A timer is late by up to a millisecond and what the machine adds, and the length of the work would come through in
 * that. So it wakes this long before the instant, and the rest is polled.
 */
const POLL_MS = 1.5;

/** Answers that wait for their instant. */
export interface Steady {
  /**
   * Calls `release` at the instant that belongs to `at`, when the request was complete. A peer that has hung up by then is
   * the caller's to notice.
   *
   * @param at milliseconds of the same clock, `performance.now()` unless told
   */
  hold(at: number, release: () => void): void;
  /**
   * So many wait that whoever adds one should keep whatever else it holds until it is let go: new work is then turned away
   * where work always is, and no refusal is answered sooner, or otherwise, than the others.
   */
  readonly full: boolean;
  /** Lets go of all that wait, now. */
  flush(): void;
  readonly waiting: number;
}

interface Waiting {
  readonly at: number;
  readonly due: number;
  readonly release: () => void;
}

/**
 * The instant: instants are `holdMs` apart, and it is the second after the request, so that an age is between `holdMs`
 * and twice that. What took longer waits for the next instant there is.
 */
export function dueOf(at: number, now: number, holdMs: number): number {
  return Math.max(Math.floor(at / holdMs) + 2, Math.floor(now / holdMs) + 1) * holdMs;
}

/**
 * A queue of such answers. All that are due at one instant go out together, and in the order in which their requests
 * came: which of two was judged faster is not told by their order either. However many there are, the hub polls for no
 * more than a few milliseconds before each instant, between which it does everything else; without any, it does nothing.
 *
 * @param holdMs how far apart instants are; 0 lets everything go at once
 * @param clock milliseconds, never backwards
 */
export function createSteady(
  { holdMs, waitingMax = WAITING_MAX }: { readonly holdMs: number; readonly waitingMax?: number },
  clock: () => number = () => performance.now(),
): Steady {
  let all: Waiting[] = [];
  /** The next instant at which something is due. */
  let next = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let turn: NodeJS.Immediate | undefined;

  function arm(): void {
    clearTimeout(timer);
    const ms = Math.floor(next - clock() - POLL_MS);
    if (ms >= 1) timer = setTimeout(poll, ms);
    else turn ??= setImmediate(poll);
  }

  function poll(): void {
    const now = clock();
    turn = now < next ? setImmediate(poll) : undefined;
    if (turn) return;
    const due = all.filter((one) => one.due <= now);
    all = all.filter((one) => one.due > now);
    next = all.reduce((least, one) => Math.min(least, one.due), Number.POSITIVE_INFINITY);
    if (all.length > 0) arm();
    letGo(due);
  }

  return {
    hold(at, release) {
      if (holdMs <= 0) return release();
      const due = dueOf(at, clock(), holdMs);
      all.push({ at, due, release });
      if (due >= next) return;
      next = due;
      // Who polls looks at `next` each time.
      if (!turn) arm();
    },
    get full() {
      return all.length >= waitingMax;
    },
    flush() {
      clearTimeout(timer);
      clearImmediate(turn);
      turn = undefined;
      next = Number.POSITIVE_INFINITY;
      letGo(all.splice(0));
    },
    get waiting() {
      return all.length;
    },
  };
}

function letGo(due: Waiting[]): void {
  for (const { release } of due.sort((a, b) => a.at - b.at)) release();
}
