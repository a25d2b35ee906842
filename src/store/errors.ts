/** What a store throws. Losing a race is no error: it is the answer `stale` (or `false`). */

/**
 * Too much is waiting, or another process holds the file, or the database is away, for too long. Nothing was written, or,
 * when the message says so, it is not known whether it was: read again.
 */
export class StoreBusyError extends Error {
  override readonly name = 'StoreBusyError';
}

/** An intent that cannot be right (an id that is kept already, a grant that does not exist). Nothing was written. */
export class StoreFaultError extends Error {
  override readonly name = 'StoreFaultError';
}

/** The file is no database, not ours, or written by a newer version. It was left as it is. */
export class StoreFileError extends Error {
  override readonly name = 'StoreFileError';
}

/** The answer of a store where `max` of these wait already, for example `intents`. */
export function tooMany(max: number, what: string): StoreBusyError {
  return new StoreBusyError(`expected at most ${max} ${what} to wait, but as many do already; try again in a moment`);
}

/** The answer of a store that was closed. */
export function closed(): StoreFaultError {
  return new StoreFaultError('expected an open store, but it was closed; open it again');
}
