/** What the commands on the whole data share: opening it, telling how far they are, and stopping at Ctrl-C. */
import { existsSync } from 'node:fs';
import { isPostgres } from '../../server/database.ts';
import type { Cli } from '../cli.ts';
import { UsageError } from '../exit.ts';
import type { OpenedData, Opener } from '../open.ts';

/** Opens the data beside a hub that may be running, and closes it when the work is done. */
export async function withData<T>(
  cli: Cli,
  openData: Opener['openData'],
  work: (opened: OpenedData) => Promise<T>,
  { create = false }: { readonly create?: boolean } = {},
): Promise<T> {
  if (!create && !isPostgres(cli.db) && !existsSync(cli.db))
    throw new UsageError(`there is no data at ${cli.data}`, 'name the file with --db');
  const opened = await openData(cli.db);
  try {
    return await work(opened);
  } finally {
    await opened.store.close();
  }
}

const SHOW_EVERY_MS = 200;

/** Counts rows on one line of a terminal; says nothing to anything else. */
export function rowCounter(cli: Cli, doing: string): { readonly at: (rows: number) => void; done(): void } {
  const { stderr } = cli.environment;
  let shownAt = 0;
  const clear = (): void => void (shownAt > 0 && stderr.write('\r\u001b[K'));
  return {
    at(rows) {
      const now = performance.now();
      if (!stderr.isTTY || now - shownAt < SHOW_EVERY_MS) return;
      clear();
      shownAt = now;
      stderr.write(`  ${doing}: ${rows.toLocaleString('en')} rows`);
    },
    done: clear,
  };
}

/** Aborted at the first Ctrl-C or SIGTERM; the second one ends the process as ever. */
export function interrupted(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

/** Says of a file that could not be used what the system said of it. */
export async function using<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (fault) {
    const { syscall, message } = fault as NodeJS.ErrnoException;
    if (syscall === undefined) throw fault;
    // `ENOENT: no such file or directory, open '…'`
    throw new UsageError(`cannot use ${path}: ${message.replace(/^\w+: |, \w+ .*$/g, '')}`, 'name another file');
  }
}
