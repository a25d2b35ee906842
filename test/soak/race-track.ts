/** What every race runs on: four processes and this one on one database; and how answers are counted. */
import { expect } from 'vitest';
import { killStarted } from '../contract/processes.ts';
import { freshMaster, openHub, register, type StoredHub, type Task } from './hub-file.ts';
import { type Racer, type Summary, startRacer } from './racers.ts';
import type { MakePlace, Place } from './targets.ts';

/** Racing processes. */
export const PROCESSES = 4;

/** What the racers of all processes heard for one task. */
export interface Heard {
  readonly answers: Readonly<Record<string, number>>;
  /** Distinct tokens. */
  readonly access: ReadonlySet<string>;
  readonly refresh: ReadonlySet<string>;
  /** Which processes heard a 200. */
  readonly winners: readonly number[];
}

/** A place to race. */
export interface Track {
  readonly hub: StoredHub;
  readonly place: Place;
  /** Has all processes do these tasks at once, `racers` of each task in all; what was heard, by task. */
  run(tasks: readonly Task[]): Promise<ReadonlyMap<string, Heard>>;
  close(): Promise<void>;
}

/** Makes the database and starts the processes. */
export async function openTrack(make: MakePlace): Promise<Track> {
  const place = await make();
  const master = freshMaster();
  const hub = await openHub(place.target, master);
  await register(hub);
  const racers = Array.from({ length: PROCESSES }, () => startRacer(place.target, master));
  await Promise.all(racers.map((racer) => racer.ready));
  let turn = 0;
  return {
    hub,
    place,
    async run(tasks) {
      // Whoever is told first has the better chance, so each process comes first in its turn.
      turn += 1;
      const order = racers.map((_, i) => (i + turn) % PROCESSES);
      const said: Promise<readonly Summary[]>[] = [];
      for (const [i, process] of order.entries()) {
        const share = tasks.map((task) => ({ ...task, racers: Math.floor((task.racers + i) / PROCESSES) }));
        said[process] = runOrFail(racers[process] as Racer, share);
      }
      return together(await Promise.all(said));
    },
    async close() {
      try {
        for (const racer of racers) await racer.stop();
        await hub.close();
      } finally {
        killStarted();
        await place.remove();
      }
    },
  };
}

async function runOrFail(racer: Racer, tasks: readonly Task[]): Promise<readonly Summary[]> {
  const said = await racer.run(tasks, tasks.length);
  if (said.length === 0) throw new Error(`a racer ended: ${JSON.stringify(await racer.ended)}`);
  return said;
}

function together(said: readonly (readonly Summary[])[]): ReadonlyMap<string, Heard> {
  const all = new Map<string, Heard>();
  for (const [process, summaries] of said.entries()) {
    for (const { task, answers, access, refresh } of summaries) {
      const before = all.get(task);
      const sum: Record<string, number> = { ...before?.answers };
      for (const [answer, times] of Object.entries(answers)) sum[answer] = (sum[answer] ?? 0) + times;
      all.set(task, {
        answers: sum,
        access: new Set([...(before?.access ?? []), ...access]),
        refresh: new Set([...(before?.refresh ?? []), ...refresh]),
        winners: [...(before?.winners ?? []), ...(answers['200'] === undefined ? [] : [process])],
      });
    }
  }
  return all;
}

/** Counts rounds and winners, and says them at the end. Figures only: nothing is asserted about time. */
export interface Tally {
  /** A round is over; `late` when it had losers more than 2 s after the win, whom the rules treat as replays. */
  round(winners: readonly number[], late?: boolean): void;
  say(what: string, racers: number): void;
}

/** Starts counting. */
export function startTally(): Tally {
  const startedAt = performance.now();
  const wins = Array.from({ length: PROCESSES }, () => 0);
  let rounds = 0;
  let lateRounds = 0;
  return {
    round(winners, late = false) {
      rounds += 1;
      lateRounds += Number(late);
      for (const process of winners) wins[process] = (wins[process] ?? 0) + 1;
    },
    say(what, racers) {
      // A run in which every round was late would have proven nothing about losers.
      expect(lateRounds).toBeLessThan(rounds);
      const seconds = (performance.now() - startedAt) / 1000;
      const rate = `${(rounds / seconds).toFixed(1)} rounds/s, ${Math.round((rounds * racers) / seconds)} requests/s`;
      const late = `${lateRounds} rounds with losers after 2 s`;
      console.log(`${what}: ${rounds} rounds of ${racers}, ${rate}; wins per process ${wins.join(' ')}; ${late}`);
    },
  };
}
