/** 1,000 redemptions of one authorization code at once. */
import { expect, it } from 'vitest';
import { createReplayCache } from '../../src/profiles/oauth/prove/replay-cache.ts';
import { admit } from '../../src/profiles/oauth/resource.ts';
import { exchange } from '../../src/profiles/oauth/token.ts';
import type { Incoming } from '../../src/protocols/http/exchange.ts';
import { tokenRequest } from '../support/oauth-hub.ts';
import { exchangeTask, refreshForm, tokenId } from './hub-file.ts';
import { PROCESSES, startTally, type Track } from './race-track.ts';
import { ROUNDS } from './rounds.ts';

const RACERS = 1_000;
const RACES = 200 * ROUNDS;
/** The window of the rule `oauth.code-unused`, said again: it must not change unnoticed. */
const LOST_RACE_MS = 2_000;

/** Defines the race. */
export function codeRaces(track: () => Track): void {
  it(`${RACES} times ${RACERS} racers in ${PROCESSES} processes for one code: exactly one wins, losers hurt nobody`, async () => {
    const tally = startTally();
    for (let round = 0; round < RACES; round++) {
      const task = await exchangeTask(track().hub, RACERS);
      const heard = (await track().run([task])).get(task.id);
      expect(heard?.answers).toEqual({ '200': 1, '400 invalid_grant': RACERS - 1 });
      const [access = '', refresh = ''] = [...(heard?.access ?? []), ...(heard?.refresh ?? [])];
      const late = await expectLostRaces(track(), task.id);
      if (!late) await expectUnhurt(track(), task.id, access, refresh);
      tally.round(heard?.winners ?? [], late);
    }
    tally.say('one code', RACERS);
  });
}

/** Every loser inside 2 s is a lost race; whether there were any after it, who count as replays and revoke. */
async function expectLostRaces({ hub: { store } }: Track, code: string): Promise<boolean> {
  const loaded = await store.load({ codes: [code] });
  const { grant = '', usedAt = Number.NaN } = loaded.codes.get(code) ?? {};
  const verdicts = await store.find('verdicts', { grant, limit: 1_000 });
  const refused = verdicts.filter((verdict) => !verdict.ok);
  expect(verdicts.length - refused.length).toBe(1);
  expect(refused.reduce((sum, { times }) => sum + times, 0)).toBe(RACERS - 1);
  for (const { at, decisive, cause } of refused) {
    expect(decisive).toBe('oauth.code-unused');
    expect(cause).toBe(at <= usedAt + LOST_RACE_MS ? 'lost-race' : 'replay');
  }
  return refused.some(({ cause }) => cause !== 'lost-race');
}

/** The winner's tokens are the only ones, and both still work; the code is used, and nothing worse. */
async function expectUnhurt({ hub }: Track, id: string, access: string, refresh: string): Promise<void> {
  const { codes, grants } = await hub.store.load({ codes: [id] });
  const code = codes.get(id);
  expect(code).toMatchObject({ state: 'live', used: 1 });
  expect(grants.get(code?.grant ?? '')?.state).toBe('active');
  const issued = await hub.store.find('codes', { grant: code?.grant ?? '' });
  const ids = [id, tokenId('access_token', access), tokenId('refresh_token', refresh)];
  expect(issued.map((one) => one.id).sort()).toEqual(ids.sort());
  const request: Incoming = {
    method: 'GET',
    path: '/api/state',
    query: '',
    headers: { authorization: `Bearer ${access}` },
    body: '',
    source: '192.0.2.1',
  };
  expect((await admit(hub.deps, createReplayCache(), request, ['lamp:read'])).ok).toBe(true);
  expect((await exchange(hub.deps, tokenRequest(refreshForm(refresh)))).answer.status).toBe(200);
}
