/** The store's clock: milliseconds, whole, and never backwards, whatever the machine's clock does. */

/** The time and the generation that one intent sees; equal for all intents of one transaction. */
export interface Moment {
  readonly now: number;
  readonly generation: number;
}

/**
 * Makes `clock` monotonic. The answer takes a floor: the newest time kept in the store, so that a restart, or another
 * process on the same file, cannot turn time back either.
 */
export function monotonic(clock: () => number): (floor: number) => number {
  let newest = 0;
  return (floor) => {
    newest = Math.max(newest, floor, Math.floor(clock()));
    return newest;
  };
}
