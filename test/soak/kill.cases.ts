/**
 * kill -9 of the hub's process, on any store: at every named step of a transaction, and at random moments, with a rival
 * that races for the same codes and goes on, and alone, with the next hub as the first to open the database. All through
 * the profile's own `exchange`. Not here: power cuts (the page cache outlives a process). `--rounds N` multiplies the
 * kills.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { killStarted } from '../contract/processes.ts';
import { exchangeTask, freshMaster, openHub, register, type StoredHub, type Task } from './hub-file.ts';
import { expectTrail, expectWhole } from './kill-check.ts';
import { heardBy, type Racer, type RacerOptions, startRacer } from './racers.ts';
import { ROUNDS } from './rounds.ts';
import type { MakePlace, Place } from './targets.ts';

const KILLS_PER_STEP = 20 * ROUNDS;
const RANDOM_KILLS = 100 * ROUNDS;
const CODES = 24;
const RACERS = 3;
/** Every four codes are at least one transaction of the victim, so it comes to each step this often at least. */
const NTH_MAX = CODES / 4;

let folder = '';
let place: Place;
let master = '';
let processes = 0;

/** Opens the database in this process, as after a crash, and closes it again. */
async function withHub<T>(work: (hub: StoredHub) => Promise<T>): Promise<T> {
  const hub = await openHub(place.target, master);
  try {
    return await work(hub);
  } finally {
    await hub.close();
  }
}

const start = (die?: RacerOptions['die']): Racer =>
  startRacer(place.target, master, { out: join(folder, `out-${++processes}`), die });

/** Codes to redeem; whoever wins the first racer's place goes on with the refresh token. */
const newTasks = (): Promise<Task[]> =>
  withHub((hub) => Promise.all(Array.from({ length: CODES }, () => exchangeTask(hub, RACERS, { hops: 1 }))));

/** What a kill came to: wins that were durable but never heard of, and whether the victim still had work to do. */
interface Death {
  readonly unheard: number;
  readonly atWork: boolean;
  /** How long all of the tasks take: the next random kill falls inside of it. */
  readonly workMs: number;
}

/** One life and death: the victim dies by itself at `die`, or is killed `afterMs` after the start; the rival lives on. */
async function killBeside(rival: Racer, afterMs: number, die?: RacerOptions['die']): Promise<Death> {
  const tasks = await newTasks();
  const victim = start(die);
  await Promise.all([victim.ready, rival.ready]);
  const startedAt = performance.now();
  const work = [victim.run(tasks), rival.run(tasks)];
  if (!die) {
    await sleep(afterMs);
    victim.child.kill('SIGKILL');
  }
  await Promise.all(work);
  const workMs = performance.now() - startedAt;
  expect(await victim.ended).toEqual({ code: 'SIGKILL', said: '' });
  const unheard = await expectWhole(
    place,
    tasks,
    [victim, rival].flatMap(({ out }) => heardBy(out)),
  );
  return { unheard, atWork: hadWork(victim, tasks), workMs };
}

/** The only hub dies; the next one opens what is left, and the apps come to it with the same codes again. */
async function killAlone(victim: Racer, afterMs: number): Promise<Death & { readonly next: Racer }> {
  const tasks = await newTasks();
  void victim.run(tasks);
  await sleep(afterMs);
  victim.child.kill('SIGKILL');
  expect(await victim.ended).toEqual({ code: 'SIGKILL', said: '' });
  const next = start();
  await next.ready;
  const startedAt = performance.now();
  await next.run(tasks);
  const workMs = performance.now() - startedAt;
  const unheard = await expectWhole(
    place,
    tasks,
    [victim, next].flatMap(({ out }) => heardBy(out)),
  );
  return { unheard, atWork: hadWork(victim, tasks), workMs, next };
}

const hadWork = ({ out }: Racer, tasks: readonly Task[]): boolean => {
  const ids = new Set(tasks.map(({ id }) => id));
  return heardBy(out).filter(({ task }) => ids.has(task)).length < CODES * RACERS;
};

/** A moment within the work, by how long the last one took; kills that come too late are not counted. */
const randomMs = (deaths: readonly Death[]): number => Math.random() * 0.8 * (deaths.at(-1)?.workMs ?? 100);

const atWork = (deaths: readonly Death[]): number => deaths.filter((death) => death.atWork).length;

function say(what: string, deaths: readonly Death[]): void {
  const unheard = deaths.reduce((sum, death) => sum + death.unheard, 0);
  console.log(
    `${what}: ${deaths.length} kills, ${atWork(deaths)} at work; ${unheard} wins were durable and never heard of`,
  );
}

/** Runs all kills on one store. `steps` are the named ones of its transactions, `unkept` those before COMMIT. */
export function killCases(name: string, make: MakePlace, steps: readonly string[], unkept: readonly string[]): void {
  describe(`kill -9 on ${name}: one winner, whole, nothing acknowledged is lost`, () => {
    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'counterfoil-kill-'));
      place = await make();
      master = freshMaster();
      await withHub(register);
    });
    afterEach(async () => {
      killStarted();
      try {
        await withHub(expectTrail);
      } finally {
        await place.remove();
        rmSync(folder, { recursive: true });
      }
    });

    it.each(steps)(`${KILLS_PER_STEP} times at the step %s`, async (step) => {
      const deaths: Death[] = [];
      while (deaths.length < KILLS_PER_STEP) {
        const rival = start();
        deaths.push(await killBeside(rival, 0, { step, nth: 1 + (deaths.length % NTH_MAX) }));
        // Nobody holds the database now: the next to open it is the one who recovers it.
        await rival.stop();
      }
      say(`${name}, ${step}`, deaths);
      if (unkept.includes(step)) expect(deaths.filter(({ unheard }) => unheard > 0)).toEqual([]);
    });

    it(`${RANDOM_KILLS} times at random, beside a rival`, async () => {
      const deaths: Death[] = [];
      const rival = start();
      while (atWork(deaths) < RANDOM_KILLS) deaths.push(await killBeside(rival, randomMs(deaths)));
      await rival.stop();
      say(`${name}, random, beside a rival`, deaths);
    });

    it(`${RANDOM_KILLS} times at random, alone`, async () => {
      const deaths: Death[] = [];
      let hub = start();
      await hub.ready;
      while (atWork(deaths) < RANDOM_KILLS) {
        const { next, ...death } = await killAlone(hub, randomMs(deaths));
        deaths.push(death);
        hub = next;
      }
      await hub.stop();
      say(`${name}, random, alone`, deaths);
    });
  });
}
