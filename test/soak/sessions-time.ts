/**
 * Virtual time: hours pass in seconds. Whatever falls into one step of 50 ms happens at once, as real races, and time
 * goes on when nothing is under way any more. Not here: what happens (`sessions-app.ts`, `sessions-net.ts`).
 */
import { setImmediate as turn } from 'node:timers/promises';

/** A clock, and waiting by it. Milliseconds. */
export interface Time {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** A clock that its owner runs. */
export interface VirtualTime extends Time {
  /**
   * Time stands still until this is done: for what takes real time, such as asking a hub. @throws when it is not done
   * after a minute of real time, or a request that is never answered would stop the world in silence
   */
  hold<T>(work: Promise<T>): Promise<T>;
  /** Lets time pass until nobody waits for anything. */
  run(): Promise<void>;
}

const STEP_MS = 50;
const HELD_MAX_MS = 60_000;

/** Time that begins at `start`. */
export function virtualTime(start: number): VirtualTime {
  let now = start;
  let held = 0;
  let wake: (() => void) | undefined;
  // Sleepers by step; the steps in a heap, earliest first.
  const sleepers = new Map<number, (() => void)[]>();
  const steps = minHeap();

  async function settled(): Promise<void> {
    for (;;) {
      await turn();
      if (held === 0) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  return {
    now: () => now,
    sleep: (ms) =>
      new Promise((resolve) => {
        const at = Math.ceil((now + Math.max(ms, 1)) / STEP_MS) * STEP_MS;
        const known = sleepers.get(at);
        if (known) known.push(resolve);
        else {
          sleepers.set(at, [resolve]);
          steps.push(at);
        }
      }),
    async hold(work) {
      held += 1;
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(
        () => late.reject(new Error('expected an answer within a minute, got none')),
        HELD_MAX_MS,
      );
      try {
        return await Promise.race([work, late.promise]);
      } finally {
        clearTimeout(timer);
        held -= 1;
        if (held === 0) wake?.();
      }
    },
    async run() {
      for (;;) {
        await settled();
        const at = steps.pop();
        if (at === undefined) return;
        now = at;
        const up = sleepers.get(at) ?? [];
        sleepers.delete(at);
        for (const resolve of up) resolve();
      }
    },
  };
}

function minHeap(): { push(value: number): void; pop(): number | undefined } {
  const heap: number[] = [];
  const at = (i: number): number => heap[i] ?? Number.POSITIVE_INFINITY;
  const swap = (i: number, j: number): void => {
    [heap[i], heap[j]] = [at(j), at(i)];
  };
  return {
    push(value) {
      let i = heap.push(value) - 1;
      while (i > 0 && at((i - 1) >> 1) > at(i)) {
        swap(i, (i - 1) >> 1);
        i = (i - 1) >> 1;
      }
    },
    pop() {
      const first = heap[0];
      const last = heap.pop();
      if (last === undefined || heap.length === 0) return first;
      heap[0] = last;
      for (let i = 0; ; ) {
        const child = at(2 * i + 1) <= at(2 * i + 2) ? 2 * i + 1 : 2 * i + 2;
        if (at(child) >= at(i)) return first;
        swap(i, child);
        i = child;
      }
    },
  };
}
