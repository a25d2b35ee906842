/**
 * kill -9 of a hub while it adds and removes pairings on real accessories (of ours, on TCP, in this process, which lives on):
 * at each named step of an effect, and at random moments. After the next hub has recovered, what it says it has given is
 * what List Pairings shows: nobody has a pairing without a grant that lives, nobody who has one lacks it, and no code was
 * used twice. `--rounds N` multiplies the kills.
 */
// proves: C10
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EffectStep } from '../../src/server/home/pairing-effect.ts';
import type { Minted } from '../../src/server/operations.ts';
import { killStarted, rowsOf } from '../contract/processes.ts';
import { listedBy, startAccessory, type TestAccessory } from '../support/accessories.ts';
import { type ProofKey, proofKey } from '../support/dpop.ts';
import { exchangeForm, keyedClient, REDIRECT_URI } from '../support/outside.ts';
import { GoneError, type HomeHub, startHomeHub } from './home-hub.ts';
import { freshMaster } from './hub-file.ts';
import { ROUNDS } from './rounds.ts';

const KILLS_PER_STEP = 20 * ROUNDS;
const RANDOM_KILLS = 30 * ROUNDS;
/** Steps of a pairing; those of a change of ownership have a test of their own. */
const STEPS: readonly EffectStep[] = ['claimed', 'held', 'added', 'released', 'removed', 'verified', 'settled'];
const ACCESSORIES = ['left', 'right'] as const;
const SCOPES = ACCESSORIES.map((id) => `home:${id}:direct`);
const APP = 'my_app_123';
const RACERS = 3;
/** A lease, and a bit: what a dead hub had in hand is the next one's at once. */
const AHEAD_MS = 61_000;

let folder: string;
let path: string;
let master: string;
let doors: Map<string, TestAccessory>;
let hub: HomeHub;
let heir: HomeHub;
let aheadMs: number;

/** A code for both accessories, whose it is, and what came of presenting it. */
interface Given {
  readonly minted: Minted;
  readonly key: ProofKey;
  readonly pairing: string;
  won: number;
  /** It ended, and was found to have left nothing. */
  over: boolean;
}
/** Everything that was ever given. */
let all: Given[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'counterfoil-home-kill-'));
  path = join(folder, 'hub.db');
  master = freshMaster();
  aheadMs = 0;
  all = [];
  hub = startHomeHub(path, master);
  heir = startHomeHub(path, master);
  await hub.open(aheadMs);
  doors = new Map();
  for (const id of ACCESSORIES) {
    const door = await startAccessory(id);
    doors.set(id, door);
    await hub.pair({ id, address: { host: '127.0.0.1', port: door.server.port }, setupCode: door.setupCode });
  }
  await hub.addApp(APP, REDIRECT_URI, SCOPES);
});
afterEach(async () => {
  killStarted();
  for (const door of doors.values()) await door.close();
  rmSync(folder, { recursive: true });
});

/** Whatever is asked of a hub that dies meanwhile has no answer; nor is one waited for. */
async function unlessGone<T>(asked: Promise<T>, { ended } = hub): Promise<T | undefined> {
  try {
    return await Promise.race([asked, ended.then(() => undefined)]);
  } catch (error) {
    const refused = error instanceof TypeError && /fetch failed|terminated/.test(error.message);
    if (error instanceof GoneError || refused) return undefined;
    throw error;
  }
}

/** Presents a code as so many racers; how many heard that they had won. A hub that dies answers nobody. */
async function redeem(given: Given, racers: number): Promise<void> {
  const { place } = hub;
  const url = `http://127.0.0.1:${place.port}`;
  const t = {
    url,
    hub: { issuer: place.issuer },
    token: (body: Record<string, string>, headers: Record<string, string> = {}) =>
      fetch(`${url}/token`, { method: 'POST', body: new URLSearchParams(body), headers }),
  };
  const app = keyedClient(t as never, given.key, () => Date.now() + aheadMs, given.pairing);
  const answers = await Promise.all(
    Array.from({ length: racers }, () => unlessGone(app.token(exchangeForm(APP, given.minted)))),
  );
  given.won += answers.filter((answer) => answer?.status === 200).length;
  for (const answer of answers) answer?.body?.cancel().catch(() => undefined);
}

async function mint(key: ProofKey, pairing: string): Promise<Given | undefined> {
  const input = { client: APP, jkt: key.jkt, pairingId: pairing, scopes: SCOPES };
  const minted = await unlessGone(hub.mint(input));
  if (!minted) return undefined;
  const given: Given = { minted, key, pairing, won: 0, over: false };
  all.push(given);
  return given;
}

/** One life's work: two grants of one app and key, one of them ended again; one of another; and what lived before ends. */
async function work(nr: number): Promise<void> {
  const before = all.filter(({ over }) => !over);
  const [one, other] = await Promise.all([proofKey('EdDSA'), proofKey('EdDSA')]);
  const shared = await Promise.all([mint(one, `shared-${nr}`), mint(one, `shared-${nr}`), mint(other, `own-${nr}`)]);
  await Promise.all([
    ...shared.map((given) => given && redeem(given, RACERS)),
    ...before.map(({ minted }) => unlessGone(hub.revoke(minted.grant))),
  ]);
  const [, second, third] = shared;
  await Promise.all([second, third].map((given) => given && unlessGone(hub.revoke(given.minted.grant))));
}

/** Puts the next hub in the place of the dead one, with another behind it; apps that heard nothing present their code again. */
async function recover(): Promise<void> {
  const { code, said } = await hub.ended;
  expect({ code, said }).toEqual({ code: 'SIGKILL', said: '' });
  aheadMs += AHEAD_MS;
  hub = heir;
  heir = startHomeHub(path, master);
  await hub.open(aheadMs);
  for (const given of all) if (given.won === 0 && !given.over) await redeem(given, 1);
}

/** Waits until nothing is owed any more, and holds what the hub says against what the accessories list. */
async function expectEven(): Promise<{ active: number }> {
  const recent = all.filter(({ over }) => !over);
  const lives = await vi.waitFor(
    async () => {
      const read = await Promise.all(recent.map(({ minted }) => hub.life(minted.grant)));
      for (const { effects } of read)
        for (const { state, lastError } of effects)
          expect([lastError, state]).toEqual([undefined, expect.stringMatching(/^(done|undone)$/)]);
      return read;
    },
    { timeout: 60_000, interval: 25 },
  );
  for (const [i, { grant, codes, effects }] of lives.entries()) {
    const used = codes.filter(({ purpose }) => purpose === 'authorization_code').map((code) => code.used);
    expect(used).toHaveLength(1);
    expect([0, 1]).toContain(used[0]);
    // One use, one access token, one pairing on each accessory; or nothing of it.
    expect(codes.filter(({ purpose }) => purpose === 'access_token')).toHaveLength(used[0] ?? -1);
    expect(effects.map(({ target }) => target).sort()).toEqual(used[0] === 1 ? [...ACCESSORIES] : []);
    expect(new Set(effects.map(({ state }) => state)).size).toBeLessThanOrEqual(1);
    if (effects.length > 0) expect(effects[0]?.state).toBe(grant.state === 'active' ? 'done' : 'undone');
    expect(recent[i]?.won).toBeLessThanOrEqual(1);
  }
  const owed = new Map(
    lives.flatMap(({ grant, effects }, i) => {
      const { pairing = '', key } = recent[i] ?? {};
      return grant.state === 'active' && effects.length > 0 ? [[pairing, key?.jwk.x] as const] : [];
    }),
  );
  const wanted = [...owed].map(([id, key]) => ({ id, key })).sort((a, b) => a.id.localeCompare(b.id));
  const plain = (pairings: readonly { id: string; key: string }[]) =>
    pairings.map(({ id, key }) => ({ id, key })).sort((a, b) => a.id.localeCompare(b.id));
  for (const id of ACCESSORIES) {
    const door = doors.get(id) as TestAccessory;
    const ours = listedBy(door, { house: { identity: { id: hub.place.controller } as never } });
    expect(plain(ours)).toEqual(wanted);
    expect(plain(await hub.held(id))).toEqual(wanted);
    expect(plain((await hub.listed(id)).filter((p) => p.id !== hub.place.controller))).toEqual(wanted);
  }
  for (const [i, { grant }] of lives.entries()) {
    const given = recent[i];
    if (given && grant.state !== 'active') given.over = true;
  }
  return { active: wanted.length };
}

/** Over all of it, past the store: no code was ever used twice, none won twice, and the file is whole. */
function expectOnce(): void {
  const twice = rowsOf(path, "SELECT id FROM codes WHERE used > 1 AND CAST(body AS TEXT) LIKE '%authorization_code%'");
  expect(twice).toEqual([]);
  const wins = rowsOf(
    path,
    `SELECT code_id FROM verdicts WHERE decisive IS NULL AND code_id IN
       (SELECT id FROM codes WHERE CAST(body AS TEXT) LIKE '%"authorization_code"%') AND CAST(body AS TEXT) LIKE '%"action":"token"%'
     GROUP BY code_id HAVING COUNT(*) > 1`,
  );
  expect(wins).toEqual([]);
  expect(rowsOf(path, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
}

describe('kill -9 of a hub that pairs: what it says is what accessories list, 0 orphans, 0 double uses', () => {
  it.each(STEPS)(`${KILLS_PER_STEP} times at the step %s`, async (step) => {
    let active = 0;
    // So that there is something to take back from the first kill on.
    await work(0);
    await expectEven();
    for (let kill = 1; kill <= KILLS_PER_STEP; kill++) {
      await hub.arm(step, 1 + (kill % 2));
      await work(kill);
      await recover();
      active += (await expectEven()).active;
    }
    await hub.close();
    expectOnce();
    expect(active).toBeGreaterThan(0);
    console.log(`${step}: ${KILLS_PER_STEP} kills, ${all.length} codes, ${active} pairings found as they should be`);
  });

  it(`${RANDOM_KILLS} times at random`, async () => {
    let workMs = 200;
    let atWork = 0;
    for (let kill = 1; kill <= RANDOM_KILLS; kill++) {
      const victim = hub;
      let working = true;
      const startedAt = performance.now();
      const done = work(kill).then(async () => {
        await vi.waitFor(
          async () => {
            const lives = await Promise.all(all.slice(-3).map(({ minted }) => unlessGone(hub.life(minted.grant))));
            expect(lives.flatMap((life) => life?.effects ?? []).every(({ state }) => state.endsWith('done'))).toBe(
              true,
            );
          },
          { timeout: 60_000, interval: 10 },
        );
        working = false;
        workMs = (workMs + performance.now() - startedAt) / 2;
      });
      await sleep(Math.random() * workMs);
      if (working) atWork += 1;
      victim.child.kill('SIGKILL');
      await done;
      await recover();
      await expectEven();
    }
    await hub.close();
    expectOnce();
    console.log(`random: ${RANDOM_KILLS} kills, ${atWork} at work`);
    expect(atWork).toBeGreaterThan(RANDOM_KILLS / 4);
  });
});
