/**
 * Says when there may be something new in the store: at once when this node has kept a verdict, and every second for what
 * other nodes kept. It ticks only while somebody listens.
 */

/** What it takes. */
export interface PulseOptions {
  /** How often it ticks by itself, in milliseconds. */
  readonly everyMs: number;
  /** The least time between two ticks, in milliseconds: a flood of verdicts is looked at together. */
  readonly restMs: number;
}

/** The pulse of a node. */
export interface Pulse {
  /** A verdict was kept here. */
  wake(): void;
  /** Calls at each tick; what it answers ends that. */
  listen(tick: () => void): () => void;
}

/** Makes one. */
export function createPulse({ everyMs, restMs }: PulseOptions = { everyMs: 1_000, restMs: 150 }): Pulse {
  const listeners = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  let tickedAt = Number.NEGATIVE_INFINITY;
  let soon = false;
  const plan = (inMs: number): void => {
    clearTimeout(timer);
    timer = listeners.size === 0 ? undefined : setTimeout(tick, inMs);
  };
  const tick = (): void => {
    tickedAt = performance.now();
    soon = false;
    plan(everyMs);
    for (const listener of listeners) listener();
  };
  return {
    wake() {
      if (soon || listeners.size === 0) return;
      soon = true;
      plan(Math.max(0, tickedAt + restMs - performance.now()));
    },
    listen(listener) {
      const own = (): void => listener();
      listeners.add(own);
      if (listeners.size === 1) plan(everyMs);
      return () => {
        listeners.delete(own);
        if (listeners.size === 0) plan(0);
      };
    },
  };
}
