/** The test's side of `child.ts`: starting racers, giving them tasks, and reading what they heard. */
import { join } from 'node:path';
import { linesOf, nextMessage, type Started, startProcess } from '../contract/processes.ts';
import type { Line, Task } from './hub-file.ts';
import type { Target } from './targets.ts';

/** What a racer gets: tasks, and how many of them it shall do at once. */
export interface Order {
  readonly tasks: readonly Task[];
  readonly atOnce: number;
}

/** What the racers of one process heard for one task: how often `200`, `400 invalid_grant` ..., and what they got. */
export interface Summary {
  readonly task: string;
  readonly answers: Readonly<Record<string, number>>;
  /** Each distinct token once. */
  readonly access: readonly string[];
  readonly refresh: readonly string[];
}

/** A started racer. */
export interface Racer extends Started {
  readonly out: string;
  /** Resolves when the database is open, or the process has ended. */
  readonly ready: Promise<unknown>;
  /** Resolves when all tasks are done; with nothing when the process ended before. */
  run(tasks: readonly Task[], atOnce?: number): Promise<readonly Summary[]>;
  /** Closes the database and ends the process. @throws what it said, when it had ended or ends otherwise */
  stop(): Promise<void>;
}

/** How a racer is started. */
export interface RacerOptions {
  /** Every answer is a line in this file as soon as it is there. */
  readonly out?: string;
  /** It kills itself at the nth time it comes to that step. */
  readonly die?: { readonly step: string; readonly nth: number } | undefined;
}

const AT_ONCE = 4;

/** Starts one. */
export function startRacer(target: Target, master: string, { out = '', die }: RacerOptions = {}): Racer {
  const args = [JSON.stringify(target), master, out, ...(die ? [die.step, String(die.nth)] : [])];
  const started = startProcess(join(import.meta.dirname, 'child.ts'), args);
  const { child, ended } = started;
  const message = (): Promise<unknown> => nextMessage(started);
  return {
    ...started,
    out,
    ready: message(),
    async run(tasks, atOnce = AT_ONCE) {
      if (!child.connected) return [];
      const done = message();
      const order: Order = { tasks, atOnce };
      child.send(order);
      return ((await done) ?? []) as readonly Summary[];
    },
    async stop() {
      if (child.connected) child.send('stop');
      const { code, said } = await ended;
      if (code !== 0) throw new Error(`a racer ended with ${code}: ${said}`);
    },
  };
}

/** Everything a racer wrote down. */
export function heardBy(out: string): Line[] {
  return linesOf(out).map((line) => JSON.parse(line) as Line);
}
