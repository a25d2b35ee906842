/**
 * kill -9 on SQLite: at every named step of a transaction, and at random moments. Each time a victim and a rival race
 * for the same codes through the profile's own `exchange`; the victim dies, the rival goes on. Then the file is read
 * past the store. Not here: power cuts (the page cache outlives a process). `--rounds N` multiplies the kills.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeId, readCode } from '../../src/protocols/typed-code/typed-code.ts';
import type { Step } from '../../src/store/sqlite/queue.ts';
import { killStarted, rowsOf } from '../contract/processes.ts';
import { exchangeTask, freshMaster, type HubFile, openHubFile, register, type Task } from './hub-file.ts';
import { heardBy, type Racer, startRacer } from './racers.ts';
import { ROUNDS } from './rounds.ts';

const STEPS: readonly Step[] = ['begun', 'applied', 'committed', 'answered'];
const KILLS_PER_STEP = 20 * ROUNDS;
const RANDOM_KILLS = 60 * ROUNDS;
const CODES = 24;
const RACERS = 3;
/** Every four codes are at least one transaction of the victim, so it comes to each step this often at least. */
const NTH_MAX = CODES / 4;

let folder = '';
let file = '';
let master = '';
let processes = 0;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'counterfoil-kill-'));
  file = join(folder, 'kill.db');
  master = freshMaster();
  await withHub(register);
});
afterEach(() => {
  killStarted();
  rmSync(folder, { recursive: true });
});

/** Opens the file in this process, as after a crash, and closes it again. */
async function withHub<T>(work: (hub: HubFile) => Promise<T>): Promise<T> {
  const hub = openHubFile({ path: file }, master);
  try {
    return await work(hub);
  } finally {
    await hub.close();
  }
}

const start = (die?: Parameters<typeof startRacer>[3]): Racer =>
  startRacer(file, join(folder, `out-${++processes}`), master, die);

/** What a kill came to: wins that were durable but never heard of, and whether the victim still had work to do. */
interface Death {
  readonly unheard: number;
  readonly atWork: boolean;
  /** How long the rival needed for all of its tasks: the next random kill falls inside of it. */
  readonly workMs: number;
}

/** One life and death: the victim dies by itself at `die`, or is killed `afterMs` after the start. */
async function killOnce(die: Parameters<typeof startRacer>[3], afterMs: number): Promise<Death> {
  const tasks = await withHub(async (hub) => {
    const fresh: Task[] = [];
    for (let i = 0; i < CODES; i++) fresh.push(await exchangeTask(hub, RACERS));
    return fresh;
  });
  const [victim, rival] = [start(die), start()];
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
  expect(await rival.stop()).toBe(0);
  const unheard = expectWhole(tasks, [victim, rival]);
  return { unheard, atWork: heardBy(victim.out).length < CODES * RACERS, workMs };
}

/** Checks the file and what was acknowledged; answers how many wins were durable but never heard of. */
function expectWhole(tasks: readonly Task[], racers: readonly Racer[]): number {
  expect(rowsOf(file, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  const wins = racers.flatMap(({ out }) => heardBy(out)).filter((line) => line.status === 200);
  let unheard = 0;
  for (const { id } of tasks) {
    const [code] = rowsOf<{ used: number; grant_id: string }>(file, 'SELECT * FROM codes WHERE id = ?', id);
    expect(code?.used).toBe(1);
    const issued = rowsOf<{ id: string }>(
      file,
      'SELECT id FROM codes WHERE grant_id = ? AND id <> ? ORDER BY id',
      code?.grant_id ?? '',
      id,
    );
    const verdicts = rowsOf<{ body: string }>(file, 'SELECT body FROM verdicts WHERE code_id = ?', id);
    expect(verdicts.filter(({ body }) => JSON.parse(body).ok)).toHaveLength(1);
    expect(issued).toHaveLength(2);
    const heard = wins.filter((line) => line.task === id);
    expect(heard.length).toBeLessThanOrEqual(1);
    unheard += 1 - heard.length;
    for (const { said } of heard) {
      const tokens = [idOf('access_token', said), idOf('refresh_token', said)];
      expect(issued.map((one) => one.id)).toEqual(tokens.sort());
    }
  }
  return unheard;
}

function idOf(purpose: 'access_token' | 'refresh_token', said: Readonly<Record<string, string>>): string {
  const read = readCode(purpose, said[purpose] ?? '');
  return read.ok ? codeId(purpose, read.body) : '';
}

describe('kill -9', () => {
  it.each(STEPS)(
    `${KILLS_PER_STEP} times at the step %s: one winner, whole, and nothing acknowledged is lost`,
    async (step) => {
      let unheard = 0;
      for (let i = 0; i < KILLS_PER_STEP; i++) unheard += (await killOnce({ step, nth: 1 + (i % NTH_MAX) }, 0)).unheard;
      console.log(`${step}: ${unheard} wins were durable and never heard of`);
      // Before COMMIT nothing of the victim can have been kept.
      if (step === 'begun' || step === 'applied') expect(unheard).toBe(0);
      expect(await withHub(({ store }) => store.mint({ codes: [] }))).toBe('done');
    },
  );

  it(`${RANDOM_KILLS} times at random: one winner, whole, and nothing acknowledged is lost`, async () => {
    const deaths: Death[] = [];
    while (deaths.length < RANDOM_KILLS) {
      deaths.push(await killOnce(undefined, Math.random() * (deaths.at(-1)?.workMs ?? 100)));
    }
    const unheard = deaths.reduce((sum, death) => sum + death.unheard, 0);
    console.log(
      `random: ${deaths.filter((death) => death.atWork).length} died at work, ${unheard} wins never heard of`,
    );
    expect(await withHub(({ store }) => store.mint({ codes: [] }))).toBe('done');
  });
});
