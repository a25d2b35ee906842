/**
 * Fail-over under load: two hubs redeem on a primary whose standby is some way off. All of the primary is killed, the
 * standby is promoted, the hubs go on by themselves. Then every redemption that was acknowledged, before or after, is
 * looked for on the server that is left. Where the primary waited for its standby, all are there; the last fail-over is
 * the check of the check: it did not wait, and some are gone. `--rounds N` multiplies the fail-overs.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killStarted, linesOf } from '../contract/processes.ts';
import { type Address, openAddress, openLink } from './address.ts';
import {
  exchangeTask,
  freshMaster,
  type Line,
  openHub,
  register,
  type StoredHub,
  type Task,
  tokenId,
} from './hub-file.ts';
import { expectTrail, expectWhole } from './kill-check.ts';
import { machinePrograms } from './programs.ts';
import { heardBy, type Racer, startRacer } from './racers.ts';
import { ROUNDS } from './rounds.ts';
import { newServer, newStandby, promote, type Server, serverFolder } from './servers.ts';
import type { Target } from './targets.ts';

const FAIL_OVERS = 6 * ROUNDS;
const HUBS = 2;
const CODES = 240;
const AT_ONCE = 8;
const RACERS = 2;
/** Answers to all racers; the kill comes somewhere within the first three quarters of them. */
const ANSWERS = HUBS * CODES * RACERS;
/** How far off the standby is: enough for what is not waited for to be on its way when the primary dies. */
const LINK_MS = 30;

const programs = machinePrograms();
if ('missing' in programs) it.skip(`no fail-over: ${programs.missing}`);
else failOvers(programs.bin);

function failOvers(bin: string): void {
  const outs = mkdtempSync(join(tmpdir(), 'counterfoil-failover-'));
  const folder = serverFolder();
  const master = freshMaster();
  let serial = 0;
  let primary: Server;
  let standby: Server | undefined;
  let link: Address | undefined;
  let address: Address;
  let racers: readonly Racer[] = [];

  beforeAll(async () => {
    primary = await newServer(bin, folder.path, 'server-0');
    address = await openAddress(() => (standby ? [primary, standby] : [primary]));
    const target: Target = { store: 'postgres', url: address.url };
    await withHub(register);
    racers = Array.from({ length: HUBS }, (_, i) => startRacer(target, master, { out: join(outs, `out-${i}`) }));
    await Promise.all(racers.map((racer) => racer.ready));
  });
  afterAll(async () => {
    try {
      for (const racer of racers) await racer.stop();
    } finally {
      killStarted();
      await address?.close();
      await link?.close();
      await standby?.stop('fast');
      await primary?.stop('fast');
      folder.remove();
      rmSync(outs, { recursive: true });
    }
  });

  async function withHub<T>(work: (hub: StoredHub) => Promise<T>): Promise<T> {
    const hub = await openHub({ store: 'postgres', url: address.url }, master);
    try {
      return await work(hub);
    } finally {
      await hub.close();
    }
  }

  const newTasks = (): Promise<readonly Task[]> =>
    withHub((hub) => {
      const fresh = (): Promise<Task> => exchangeTask(hub, RACERS, { hops: 1, insist: true });
      return Promise.all(Array.from({ length: CODES }, fresh));
    });

  /** One fail-over: what was heard before the kill, and in all. */
  async function failOver(tasks: readonly Task[]): Promise<{ before: readonly Line[]; heard: readonly Line[] }> {
    const answers = (): number => racers.reduce((sum, { out }) => sum + linesOf(out).length, 0);
    const heard = (): Line[] => racers.flatMap(({ out }) => heardBy(out)).filter(isOf(tasks));
    const killAt = answers() + ANSWERS * (0.02 + 0.73 * Math.random());
    const work = racers.map((racer) => racer.run(tasks, AT_ONCE));
    while (answers() < killAt) await sleep(10);
    await primary.kill();
    const before = heard();
    if (!standby) throw new Error('a fail-over needs a standby');
    await promote(standby);
    await link?.close();
    [primary, standby, link] = [standby, undefined, undefined];
    await Promise.all(work);
    return { before, heard: heard() };
  }

  /** Gives the primary a standby, loads it, kills it; what came of it. */
  async function round(
    synchronous: boolean,
  ): Promise<{ tasks: readonly Task[]; heard: readonly Line[]; lost: number }> {
    link = await openLink(primary.port, LINK_MS);
    serial += 1;
    standby = await newStandby(bin, folder.path, `server-${serial}`, primary, { port: link.port, synchronous });
    const tasks = await newTasks();
    const { before, heard } = await failOver(tasks);
    const kept = new Set((await primary.sql<{ id: string }>('SELECT id FROM codes')).map(({ id }) => id));
    const wins = (lines: readonly Line[]): Line[] => lines.filter(({ status }) => status === 200);
    const lost = wins(heard).filter(({ said }) => !kept.has(tokenId('access_token', said['access_token']))).length;
    console.log(
      `fail-over ${serial}, ${synchronous ? 'waiting' : 'not waiting'} for the standby: ` +
        `${wins(before).length} successes before the kill, ${wins(heard).length - wins(before).length} after; ${lost} lost`,
    );
    return { tasks, heard, lost };
  }

  describe('a primary killed under load, its standby promoted', () => {
    it(`${FAIL_OVERS} times, synchronous: no acknowledged redemption is lost, none is doubled`, async () => {
      let unheard = 0;
      for (let i = 0; i < FAIL_OVERS; i++) {
        const { tasks, heard, lost } = await round(true);
        expect(lost).toBe(0);
        unheard += await expectWhole({ rows: (sql, ...values) => primary.sql(sql, ...values) }, tasks, heard);
      }
      await withHub(expectTrail);
      console.log(`${unheard} wins in ${FAIL_OVERS} fail-overs were durable and never heard of`);
    });

    it('asynchronous, as the check of this check: acknowledged redemptions are lost', async () => {
      expect((await round(false)).lost).toBeGreaterThan(0);
    });
  });
}

function isOf(tasks: readonly Task[]): (line: Line) => boolean {
  const ids = new Set(tasks.map(({ id }) => id));
  return ({ task }) => ids.has(task.split('+')[0] ?? '');
}
