/** The test's side of `child.ts`: starting racers, giving them tasks, and reading what they heard. */
import { once } from 'node:events';
import { join } from 'node:path';
import type { Step } from '../../src/store/sqlite/queue.ts';
import { linesOf, type Started, startProcess } from '../contract/processes.ts';
import type { Line, Task } from './hub-file.ts';

/** A started racer. */
export interface Racer extends Started {
  readonly out: string;
  /** Resolves when the file is open. */
  readonly ready: Promise<unknown>;
  /** Resolves when all tasks are done, or the process has ended. */
  run(tasks: readonly Task[]): Promise<unknown>;
  /** Closes the file and ends the process; its exit code. */
  stop(): Promise<number | string | null>;
}

/** Starts one. With `die`, it kills itself at the nth time it comes to that step. */
export function startRacer(
  file: string,
  out: string,
  master: string,
  die?: { readonly step: Step; readonly nth: number },
): Racer {
  const args = [file, out, master, ...(die ? [die.step, String(die.nth)] : [])];
  const started = startProcess(join(import.meta.dirname, 'child.ts'), args);
  const { child, ended } = started;
  const message = (): Promise<unknown> => Promise.race([once(child, 'message'), ended]);
  return {
    ...started,
    out,
    ready: message(),
    run(tasks) {
      const done = message();
      child.send([...tasks]);
      return done;
    },
    async stop() {
      child.send('stop');
      return (await ended).code;
    },
  };
}

/** Everything a racer wrote down. */
export function heardBy(out: string): Line[] {
  return linesOf(out).map((line) => JSON.parse(line) as Line);
}
