/**
 * kill -9 on PostgreSQL: of the hub, and of what it stands on. `pg_terminate_backend` and an immediate stop of the server
 * (its recovery included) come while two hubs are at work; the hubs stay, and go on by themselves.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'vitest';
import { killStarted } from '../contract/processes.ts';
import { exchangeTask, freshMaster, type Line, openHub, register, type Task } from './hub-file.ts';
import { killCases } from './kill.cases.ts';
import { expectTrail, expectWhole } from './kill-check.ts';
import { embeddedPrograms } from './programs.ts';
import { heardBy, startRacer } from './racers.ts';
import { ROUNDS } from './rounds.ts';
import type { Server } from './servers.ts';
import { type PostgresPlace, postgresPlace } from './targets.ts';

const HUBS = 2;
const CODES = 200;
const RACERS = 2;

/** What is done to the server: how often in all, and how long it is left alone in between at most. */
interface Blow {
  readonly what: string;
  readonly times: number;
  readonly restMs: number;
  /** Answers how many connections it broke, or 1. */
  strike(server: Server): Promise<number>;
}

const BLOWS: readonly Blow[] = [
  {
    what: 'all connections ended by pg_terminate_backend',
    times: 100 * ROUNDS,
    restMs: 200,
    strike: (server) => server.terminateBackends(),
  },
  {
    what: 'an immediate stop of the server, and its recovery',
    times: 10 * ROUNDS,
    restMs: 1_000,
    strike: async (server) => {
      await server.stop('immediate');
      await server.start();
      return 1;
    },
  },
];

const programs = await embeddedPrograms();
if ('missing' in programs) it.skip(`no PostgreSQL to kill on: ${programs.missing}`);
else {
  const { bin } = programs;
  // Beside the batch that comes to a step there is another writer's, so wins may be unheard of at any of them.
  killCases('PostgreSQL', () => postgresPlace(bin), ['begun', 'applied', 'committed', 'answered'], []);
  describe('two hubs at work on a PostgreSQL that is struck', () => {
    for (const blow of BLOWS) {
      const title = `${blow.times} times ${blow.what}: one winner, whole, nothing acknowledged is lost`;
      it(title, () => strikeAt(bin, blow));
    }
  });
}

async function strikeAt(bin: string, blow: Blow): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-struck-'));
  const place = await postgresPlace(bin);
  try {
    const { tasks, heard, broken } = await workUnder(place, folder, blow);
    const unheard = await expectWhole(place, tasks, heard);
    console.log(
      `${blow.times} times ${blow.what} (${broken}): ${tasks.length} codes redeemed, ${unheard} wins never heard of`,
    );
  } finally {
    killStarted();
    await place.remove();
    rmSync(folder, { recursive: true });
  }
}

/** Has two hubs redeem while the server is struck; what they were told to do, and what they heard. */
async function workUnder(
  place: PostgresPlace,
  folder: string,
  { times, restMs, strike }: Blow,
): Promise<{ tasks: readonly Task[]; heard: readonly Line[]; broken: number }> {
  const master = freshMaster();
  const hub = await openHub(place.target, master);
  await register(hub);
  const hubs = Array.from({ length: HUBS }, (_, i) =>
    startRacer(place.target, master, { out: join(folder, `out-${i}`) }),
  );
  await Promise.all(hubs.map(({ ready }) => ready));
  const tasks: Task[] = [];
  let struck = 0;
  let broken = 0;
  while (struck < times) {
    const fresh = await Promise.all(
      Array.from({ length: CODES }, () => exchangeTask(hub, RACERS, { hops: 1, insist: true })),
    );
    tasks.push(...fresh);
    let working = true;
    const work = Promise.all(hubs.map((racer) => racer.run(fresh))).then(() => {
      working = false;
    });
    for (;;) {
      await sleep(Math.random() * restMs);
      if (!working || struck >= times) break;
      broken += await strike(place.server);
      struck += 1;
    }
    await work;
  }
  for (const racer of hubs) await racer.stop();
  await expectTrail(hub);
  await hub.close();
  return { tasks, broken, heard: hubs.flatMap(({ out }) => heardBy(out)) };
}
