/** One DPoP proof used 1,000 times at once, for different codes and refresh tokens of its key. */
import { expect, it } from 'vitest';
import { dpopNonce } from '../../src/profiles/oauth/prove/dpop.ts';
import { type ProofKey, proofKey, signProof } from '../support/dpop.ts';
import { ISSUER } from '../support/oauth-case.ts';
import { exchangeTask, refreshForm, type StoredHub, type Task, tokenId } from './hub-file.ts';
import { type Heard, PROCESSES, startTally, type Track } from './race-track.ts';
import { ROUNDS } from './rounds.ts';

const CODES = 40;
const FAMILIES = 10;
/** Racers for each code and refresh token. */
const EACH = 20;
const RACERS = (CODES + FAMILIES) * EACH;
const RACES = 200 * ROUNDS;

/** Defines the race. */
export function dpopRaces(track: () => Track): void {
  it(`${RACES} times one proof for ${RACERS} racers in ${PROCESSES} processes: exactly one passes, nothing else is used up`, async () => {
    const { hub } = track();
    const key = await proofKey();
    const families = await newFamilies(track(), key);
    const tally = startTally();
    for (let round = 0; round < RACES; round++) {
      const dpop = await freshProof(hub, key);
      const codes = await Promise.all(Array.from({ length: CODES }, () => exchangeTask(hub, EACH, { jkt: key.jkt })));
      const refreshes = families.map(
        (token, i): Task => ({ id: `${round}-${i}`, form: refreshForm(token), racers: EACH }),
      );
      const tasks = [...codes, ...refreshes].map((task) => ({ ...task, headers: { dpop } }));
      const heard = await track().run(tasks);
      const [winner, ...others] = [...heard].filter(([, { answers }]) => answers['200'] !== undefined);
      expect(others).toEqual([]);
      expectOnePassed(heard);
      const won = refreshes.findIndex(({ id }) => id === winner?.[0]);
      const spent = won < 0 ? winner?.[0] : idOf(families[won] ?? '');
      await expectOthersUnused(hub, [...codes.map(({ id }) => id), ...families.map(idOf)], spent);
      if (won >= 0) [families[won] = ''] = winner?.[1].refresh ?? [];
      tally.round(winner?.[1].winners ?? []);
    }
    tally.say(`one proof for ${CODES} codes and ${FAMILIES} refresh tokens`, RACERS);
  });
}

const idOf = (token: string): string => tokenId('refresh_token', token);

/** A proof that is good for one request at the token endpoint. */
async function freshProof({ deps, store }: StoredHub, key: ProofKey): Promise<string> {
  const { now } = await store.load({});
  const nonce = dpopNonce(deps.keys.nonce, now);
  return signProof(key, { htm: 'POST', htu: `${ISSUER}/token`, iat: Math.floor(now / 1000), nonce });
}

/** Refresh tokens of so many grants, all bound to the key. */
async function newFamilies(track: Track, key: ProofKey): Promise<string[]> {
  const tokens: string[] = [];
  for (let i = 0; i < FAMILIES; i++) {
    const headers = { dpop: await freshProof(track.hub, key) };
    const task = await exchangeTask(track.hub, PROCESSES, { jkt: key.jkt, headers });
    const [token = ''] = (await track.run([task])).get(task.id)?.refresh ?? [];
    tokens.push(token);
  }
  return tokens;
}

function expectOnePassed(heard: ReadonlyMap<string, Heard>): void {
  const all: Record<string, number> = {};
  for (const { answers } of heard.values()) {
    for (const [answer, times] of Object.entries(answers)) all[answer] = (all[answer] ?? 0) + times;
  }
  expect(all).toEqual({ '200': 1, '400 invalid_dpop_proof': RACERS - 1 });
}

/** Copied bytes cost the owner nothing: all codes and tokens but the winner's are as they were. */
async function expectOthersUnused({ store }: StoredHub, ids: readonly string[], spent?: string): Promise<void> {
  const { codes } = await store.load({ codes: ids });
  for (const id of ids) expect(codes.get(id)).toMatchObject({ state: 'live', used: id === spent ? 1 : 0 });
}
