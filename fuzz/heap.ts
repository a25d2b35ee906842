/** How much of the heap is in use when everything that can go has gone. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes in use after two collections: what the first one lets go of may hold more. */
export function heapInUse(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

/** What a reader may leave behind between two looks: caches of the engine, never anything per input. */
export const HEAP_GROWTH_MAX: number = 8 * 1024 * 1024;
