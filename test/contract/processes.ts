/** Processes of their own for tests, and a look at their file past the store. */
import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

const running = new Set<ChildProcess>();

/** A started process; `ended` answers its exit code or the signal that ended it, and what it said on stderr. */
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | string | null; readonly said: string }>;
}

/** Starts a TypeScript file with a channel to it. */
export function startProcess(file: string, args: readonly string[]): Started {
  const options: ForkOptions = { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] };
  const child = fork(file, args, options);
  running.add(child);
  let said = '';
  child.stderr?.on('data', (data) => {
    said += data;
  });
  const ended = new Promise<{ code: number | string | null; said: string }>((resolve) => {
    child.on('close', (code, signal) => {
      running.delete(child);
      resolve({ code: code ?? signal, said });
    });
  });
  return { child, ended };
}

/** Ends what a failed test left running. */
export function killStarted(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Waits until all these files exist: how a process says that it is ready. */
export async function untilExist(files: readonly string[]): Promise<void> {
  while (!files.every(existsSync)) await sleep(5);
}

/** The whole lines of a file; none while there is no file. */
export function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}

/** What a statement reads past the store: no limit on rows, and no help from the code under test. */
export function rowsOf<T>(file: string, sql: string, ...values: string[]): T[] {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return db.prepare(sql).all(...values) as T[];
  } finally {
    db.close();
  }
}

/** What a process says next; undefined when it has ended before. */
export async function nextMessage({ child, ended }: Pick<Started, 'child' | 'ended'>): Promise<unknown> {
  const waiting = new AbortController();
  const said = once(child, 'message', { signal: waiting.signal }).then(
    ([first]) => first,
    () => undefined,
  );
  const first = await Promise.race([said, ended.then(() => undefined)]);
  waiting.abort();
  return first;
}
