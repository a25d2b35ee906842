/** How long this disk takes to make a write durable: every durable store waits for it, whatever else it does. */
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const WRITES = 300;
const BYTES = 4_096;

/** Median milliseconds of appending 4 KiB to a file of `folder` and fdatasync. */
export function fsyncMs(folder: string): number {
  const path = join(folder, 'fsync');
  const file = openSync(path, 'w');
  const page = Buffer.alloc(BYTES, 1);
  const times: number[] = [];
  for (let i = 0; i < WRITES; i++) {
    const startedAt = performance.now();
    writeSync(file, page);
    fdatasyncSync(file);
    times.push(performance.now() - startedAt);
  }
  closeSync(file);
  rmSync(path);
  return times.sort((a, b) => a - b)[WRITES >> 1] ?? Number.NaN;
}
