/** One refresh token used by many at once, some of whom run ahead with the successor. */
import { expect, it } from 'vitest';
import { exchangeTask, refreshForm, tokenId } from './hub-file.ts';
import { PROCESSES, startTally, type Track } from './race-track.ts';
import { ROUNDS } from './rounds.ts';

const REFRESHERS = 50;
const RACERS = 1_000;
const HOPS = 3;
const RACES = 200 * ROUNDS;

/** A row of the family, as kept. */
interface Kept {
  readonly id: string;
  readonly used: number | string;
  readonly state: string;
}

/** Defines the races. */
export function refreshRaces(track: () => Track): void {
  it(`${RACES} times ${REFRESHERS} parallel refreshes get the identical successor`, async () => {
    const tally = startTally();
    const { id, token: first } = await newFamily(track());
    let token = first;
    for (let round = 0; round < RACES; round++) {
      const task = { id: `refresh ${round}`, form: refreshForm(token), racers: REFRESHERS };
      const heard = (await track().run([task])).get(task.id);
      expect(heard?.answers).toEqual({ '200': REFRESHERS });
      expect(heard?.access.size).toBe(REFRESHERS);
      const [next = '', ...others] = heard?.refresh ?? [];
      expect(others).toEqual([]);
      expect(next).not.toBe(token);
      tally.round(heard?.winners ?? []);
      token = next;
    }
    tally.say('the identical successor', REFRESHERS);
    const family = await familyOf(track(), id);
    expect(family.map(({ used }) => Number(used)).sort()).toEqual([0, ...Array(RACES).fill(1)]);
  });

  it(`${RACES} times ${RACERS} racers in ${PROCESSES} processes for one refresh token, some ${HOPS} steps ahead: one live successor`, async () => {
    const tally = startTally();
    for (let round = 0; round < RACES; round++) {
      const { id, token } = await newFamily(track());
      const task = { id: `family ${round}`, form: refreshForm(token), racers: RACERS, hops: HOPS };
      const heard = await track().run([task]);
      for (let hop = 0; hop <= HOPS; hop++) {
        const { answers = {}, refresh = new Set() } = heard.get(hop === 0 ? task.id : `${task.id}+${hop}`) ?? {};
        expect(Object.keys(answers).filter((answer) => answer !== '200' && answer !== '400 invalid_grant')).toEqual([]);
        // Nobody at all gets through only when a loser after 2 s has revoked the family.
        expect(refresh.size).toBeLessThanOrEqual(1);
      }
      const late = await reusedIn(track(), id);
      expectOneSuccessor(await familyOf(track(), id), late);
      tally.round(heard.get(task.id)?.winners ?? [], late);
    }
    tally.say(`one refresh token, every tenth racer ${HOPS} steps ahead`, RACERS);
  });
}

/** A grant with a fresh refresh token; `id` is that of the code it came from. */
async function newFamily(track: Track): Promise<{ id: string; token: string }> {
  const task = await exchangeTask(track.hub, PROCESSES);
  const heard = (await track.run([task])).get(task.id);
  const [token = ''] = heard?.refresh ?? [];
  expect(tokenId('refresh_token', token)).not.toBe('');
  return { id: task.id, token };
}

/** All refresh tokens of a code's grant. */
function familyOf({ place }: Track, code: string): Promise<Kept[]> {
  return place.rows<Kept>(
    `SELECT id, used, state FROM codes WHERE grant_id = (SELECT grant_id FROM codes WHERE id = $1)
     AND CAST(body AS TEXT) LIKE '%"refresh_token"%'`,
    code,
  );
}

/** Did anybody come with a used token so late that the rules take it for a theft? */
async function reusedIn({ hub }: Track, code: string): Promise<boolean> {
  const grant = (await hub.store.load({ codes: [code] })).codes.get(code)?.grant ?? '';
  const found = await hub.store.find('verdicts', { grant, cause: 'refresh-reused', limit: 1 });
  return found.length > 0;
}

function expectOneSuccessor(family: readonly Kept[], late: boolean): void {
  const unused = family.filter(({ used }) => Number(used) === 0);
  expect(family.filter(({ used }) => Number(used) > 1)).toEqual([]);
  expect(unused.length).toBeLessThanOrEqual(1);
  if (late) return;
  expect(unused.map(({ state }) => state)).toEqual(['live']);
  expect(family).toHaveLength(HOPS + 2);
}
