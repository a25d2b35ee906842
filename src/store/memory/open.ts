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
  /** One piece of work, and the link that it leaves in the audit trail. */
  const write = <T>(work: (moment: Moment) => T): T => {
    const at = moment();
    try {
      const outcome = work(at);
      const link = tables.chain.link(at.now, () => tables.links.at(-1));
      if (link) tables.links.push(link);
      tables.chain.committed();
      return outcome;
    } catch (error) {
      tables.chain.forget(0);
      throw error;
    }
  };
  const close = async (): Promise<void> => {
    open = false;
  };
  return {
    store: memoryStore(tables, opened, moment, write, close),
    registry: memoryRegistry(tables, opened),
    upkeep: memoryUpkeep(tables, write, moment),
    close,
  };
}
