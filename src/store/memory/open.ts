/** Opens the store in memory: for tests, for trying out, and as the plainest reading of the port. Nothing lasts. */
import { type Moment, monotonic } from '../clock.ts';
import { closed } from '../errors.ts';
import type { Store } from '../port.ts';
import type { Registry } from '../registry.ts';
import type { Upkeep } from '../upkeep.ts';
import { memoryRegistry } from './registry.ts';
import { memoryStore } from './store.ts';
import { emptyTables } from './tables.ts';
import { memoryUpkeep } from './upkeep.ts';

/** How to open. */
export interface MemoryOptions {
  /** Milliseconds since the epoch; `Date.now` unless told. Made monotonic. */
  readonly clock?: () => number;
}

/** An open store. Closing its store, or this, is the same. */
export interface OpenedMemory {
  readonly store: Store;
  readonly registry: Registry;
  readonly upkeep: Upkeep;
  close(): Promise<void>;
}

/** Opens an empty store. */
export function openMemory({ clock = Date.now }: MemoryOptions = {}): OpenedMemory {
  const tables = emptyTables();
  const tick = monotonic(clock);
  let open = true;
  const opened = (): void => {
    if (!open) throw closed();
  };
  const moment = (): Moment => {
    opened();
    return { now: tick(tables.clock), generation: tables.generation };
  };
  /** Writes the link of what was noted since the last one. */
  const commit = (): Moment => {
    const at = moment();
    const link = tables.chain.link(at.now, () => tables.links.at(-1));
    if (link) tables.links.push(link);
    tables.chain.committed();
    return at;
  };
  /** The end of this turn of the event loop: all that is written in it is one batch, and has one link. */
  let turn: Promise<void> | undefined;
  const endOfTurn = (): Promise<void> =>
    new Promise((resolve) =>
      setImmediate(() => {
        turn = undefined;
        if (open) commit();
        resolve();
      }),
    );
  /** One uninterrupted piece of work. */
  const write = async <T>(work: (moment: Moment) => T): Promise<T> => {
    const at = moment();
    const { noted } = tables.chain;
    try {
      const outcome = work(at);
      turn ??= endOfTurn();
      await turn;
      return outcome;
    } catch (error) {
      tables.chain.forget(noted);
      throw error;
    }
  };
  const close = async (): Promise<void> => {
    if (open) commit();
    open = false;
  };
  return {
    store: memoryStore(tables, opened, moment, write, close),
    registry: memoryRegistry(tables, opened),
    upkeep: memoryUpkeep(tables, write, commit),
    close,
  };
}
