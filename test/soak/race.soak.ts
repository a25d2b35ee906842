/**
 * Four processes on one SQLite file, all at once at one code or one refresh token, through the profile's own
 * `exchange`. `--rounds N` multiplies the rounds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killStarted, rowsOf } from '../contract/processes.ts';
import { CLIENT } from '../support/oauth-case.ts';
import { exchangeTask, freshMaster, type HubFile, type Line, openHubFile, register, type Task } from './hub-file.ts';
import { heardBy, type Racer, startRacer } from './racers.ts';
import { ROUNDS } from './rounds.ts';

const PROCESSES = 4;
const RACERS = 200;
const REFRESHERS = 50;
const RACES = 20 * ROUNDS;

const folder = mkdtempSync(join(tmpdir(), 'counterfoil-race-'));
const file = join(folder, 'race.db');
let hub: HubFile;
let racers: readonly Racer[] = [];

beforeAll(async () => {
  const master = freshMaster();
  hub = openHubFile({ path: file }, master);
  await register(hub);
  racers = Array.from({ length: PROCESSES }, (_, i) => startRacer(file, join(folder, `out-${i}`), master));
  await Promise.all(racers.map((racer) => racer.ready));
});
afterAll(async () => {
  for (const racer of racers) expect(await racer.stop()).toBe(0);
  killStarted();
  await hub.close();
  rmSync(folder, { recursive: true });
});

/** Has `total` racers, spread over all processes, do one thing at once; what they heard. */
async function all(id: string, form: Task['form'], total: number): Promise<Line[]> {
  const share = (i: number): number => Math.floor((total + i) / PROCESSES);
  await Promise.all(racers.map((racer, i) => racer.run([{ id, form, racers: share(i) }])));
  const heard = racers.flatMap(({ out }) => heardBy(out)).filter((line) => line.task === id);
  expect(heard).toHaveLength(total);
  return heard;
}

describe('a race over one file', () => {
  it(`${RACES} times ${RACERS} racers in ${PROCESSES} processes for one code: exactly one wins`, async () => {
    const winners = new Set<number>();
    for (let round = 0; round < RACES; round++) {
      const { id, form } = await exchangeTask(hub, 1);
      const heard = await all(id, form, RACERS);
      expect(heard.filter((line) => line.status === 200)).toHaveLength(1);
      const errors = new Set(
        heard.flatMap((line) => (line.status === 200 ? [] : `${line.status} ${line.said['error']}`)),
      );
      expect([...errors]).toEqual(['400 invalid_grant']);
      winners.add(racers.findIndex(({ out }) => heardBy(out).some((line) => line.task === id && line.status === 200)));
      const grant = (await hub.store.load({ codes: [id] })).codes.get(id)?.grant ?? '';
      const issued = (await hub.store.find('codes', { grant })).map((code) => code.purpose);
      expect(issued.sort()).toEqual(['access_token', 'authorization_code', 'refresh_token']);
      expect((await hub.store.find('verdicts', { grant })).filter((verdict) => verdict.ok)).toHaveLength(1);
    }
    console.log(`winners came from ${winners.size} of ${PROCESSES} processes`);
  });

  it(`${RACES} times ${REFRESHERS} parallel refreshes get the identical successor`, async () => {
    const { id, form } = await exchangeTask(hub, 1);
    const [first] = await all(id, form, 1);
    let token = first?.said['refresh_token'] ?? '';
    for (let round = 0; round < RACES; round++) {
      const refresh = { grant_type: 'refresh_token', refresh_token: token, client_id: CLIENT };
      const heard = await all(`refresh ${round}`, refresh, REFRESHERS);
      expect(new Set(heard.map((line) => line.status))).toEqual(new Set([200]));
      const successors = new Set(heard.map((line) => line.said['refresh_token'] ?? ''));
      expect(successors.size).toBe(1);
      expect(successors.has(token)).toBe(false);
      expect(new Set(heard.map((line) => line.said['access_token'])).size).toBe(REFRESHERS);
      token = [...successors][0] ?? '';
    }
    const uses = rowsOf<{ used: number }>(
      file,
      `SELECT used FROM codes WHERE body ->> 'purpose' = 'refresh_token' AND grant_id =
       (SELECT grant_id FROM codes WHERE id = ?)`,
      id,
    ).map((code) => code.used);
    expect(uses.sort()).toEqual([0, ...Array(RACES).fill(1)]);
  });
});
