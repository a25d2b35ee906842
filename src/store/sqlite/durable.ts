/**
 * Makes what was committed durable, off the event loop. SQLite itself would do it inside COMMIT (`synchronous = FULL`)
 * and block everything meanwhile; so its connection runs with `NORMAL`, which leaves just that call out (sqlite.org/wal,
 * "Performance Considerations"), and the very same call is made here, on the same file, before anybody is answered.
 *
 * In between, what was committed can be seen but is not yet safe. That harms nobody: whoever is told anything that rests
 * on it waits for a later sync of the same log, which covers all that stands before in it.
 */
import { closeSync, fdatasync, openSync } from 'node:fs';
import { StoreFaultError } from '../errors.ts';

/** Syncs the write-ahead log of a file. */
export interface Durable {
  /**
   * Resolves when all that was committed before the call is on the disk.
   *
   * @throws StoreFaultError, as a rejection, at this and every later call, when the disk once failed: what it still has
   * is then unknown, and only opening the file anew finds out
   */
  sync(): Promise<void>;
  close(): void;
}

/** Of the database at `file`, while a connection to it is open: SQLite keeps the log's file for so long. */
export function openDurable(file: string): Durable {
  let log: number | undefined;
  let failed: StoreFaultError | undefined;
  return {
    sync() {
      if (failed) return Promise.reject(failed);
      log ??= openLog(`${file}-wal`);
      const fd = log;
      if (fd === undefined) return Promise.resolve();
      return new Promise((resolve, reject) => {
        fdatasync(fd, (error) => {
          if (!error) return resolve();
          const what = 'expected the disk to keep what was written, but it failed; stop, look at the disk, start again';
          failed = new StoreFaultError(what, { cause: error });
          reject(failed);
        });
      });
    },
    close() {
      if (log !== undefined) closeSync(log);
      log = undefined;
    },
  };
}

/** Before the first write there may be no log, and then there is nothing in it to be kept. */
function openLog(path: string): number | undefined {
  try {
    return openSync(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
