/**
 * Three failed proofs by holders of a code within 10 s burn it; strangers without it, and malformed requests, cost its
 * holder nothing.
 */
// proves: C8, X10
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Minted } from '../../src/server/operations.ts';
import { proofKey } from '../support/dpop.ts';
import { heldClock, startTestHub, type TestHub } from '../support/hub.ts';
import {
  addConfidential,
  addPublic,
  atOnce,
  exchangeForm,
  keyedClient,
  otherVerifier,
  refreshForm,
  refused,
  tokens,
  verdictOf,
} from '../support/outside.ts';

const clock = heldClock();
const APP = 'my_app_123';
let t: TestHub;

beforeAll(async () => {
  t = await startTestHub({ clock: clock.now });
  await addPublic(t, APP);
  await addPublic(t, 'other_app');
});
afterAll(() => t.close());

const mint = (client = APP): Promise<Minted> => t.hub.operations.mint({ client });
/** A failure by a holder of the code: the right form with a verifier that does not match. */
const fail = (minted: Minted): Promise<Response> =>
  t.token({ ...exchangeForm(APP, minted), code_verifier: otherVerifier() });
const stateOf = async ({ id }: Minted): Promise<string | undefined> =>
  (await t.hub.operations.codes({ id, limit: 1 }))[0]?.state;

async function failAt(minted: Minted, ...ats: readonly number[]): Promise<Response[]> {
  const answers: Response[] = [];
  let passed = 0;
  for (const at of ats) {
    clock.move(at - passed);
    passed = at;
    answers.push(await fail(minted));
  }
  return answers;
}

describe('the budget', () => {
  it('burns the code at the third failure within 10.000 s', async () => {
    const minted = await mint();
    const answers = await failAt(minted, 0, 5_000, 10_000);
    expect(await stateOf(minted)).toBe('burned');
    const hits = await Promise.all(answers.map(async (answer) => (await verdictOf(t, answer)).consequence));
    expect(hits).toEqual([{ hits: 1 }, { hits: 2 }, { hits: 3, burned: true }]);
    expect(await refused(t, t.token(exchangeForm(APP, minted)))).toEqual({
      status: 400,
      error: 'invalid_grant',
      why: 'code-standing/burned',
    });
  });

  it('leaves the code alone when the third comes 10.001 s after the first', async () => {
    const minted = await mint();
    await failAt(minted, 0, 5_000, 10_001);
    expect(await stateOf(minted)).toBe('live');
    await tokens(t, t.token(exchangeForm(APP, minted)));
  });

  it('slides: two failures at its end and one more burn', async () => {
    const minted = await mint();
    await failAt(minted, 0, 9_000, 10_001);
    expect(await stateOf(minted)).toBe('live');
    clock.move(8_999);
    await fail(minted);
    expect(await stateOf(minted)).toBe('burned');
  });

  it('counts every way of failing with the code in hand, in any mixture', async () => {
    const secret = await addConfidential(t, 'server_app');
    const minted = await mint('server_app');
    const form = { ...exchangeForm('server_app', minted), client_secret: secret };
    const why = [
      await refused(t, t.token({ ...form, client_secret: `${secret}x` })),
      await refused(t, t.token({ ...form, redirect_uri: 'com.myapp:/Callback' })),
      await refused(t, t.token({ ...exchangeForm(APP, minted) })),
      await refused(t, t.token(form)),
    ].map((refusal) => refusal.why);
    expect(why).toEqual([
      'client-secret/mismatch',
      'redirect-uri-exact/differs',
      'code-client/other-app',
      'code-standing/burned',
    ]);
  });

  it('counts a proof by another key and for another pairing', async () => {
    const [key, thief] = [await proofKey('EdDSA'), await proofKey('EdDSA')];
    const minted = await t.hub.operations.mint({ client: APP, jkt: key.jkt, pairingId: 'P1' });
    const form = exchangeForm(APP, minted);
    const stolen = keyedClient(t, thief, clock.now, 'P1');
    const app = keyedClient(t, key, clock.now, 'P1');
    expect((await refused(t, stolen.token(form))).why).toBe('pairing-key/other-key');
    expect((await refused(t, app.token(form, { pairing_id: 'P2' }))).why).toBe('pairing-id/other-pairing');
    expect((await refused(t, stolen.token(form))).why).toBe('pairing-key/other-key');
    expect((await refused(t, app.token(form))).why).toBe('code-standing/burned');
  });

  it('burns under 50 parallel failures, and each of them got its own place in the count', async () => {
    const minted = await mint();
    const verdicts = await Promise.all((await atOnce(50, () => fail(minted))).map((answer) => verdictOf(t, answer)));
    expect(await stateOf(minted)).toBe('burned');
    const burning = verdicts.filter((verdict) => verdict.consequence?.burned);
    expect(burning.map((verdict) => verdict.consequence?.hits)).toEqual([3]);
  });

  it('lets a race between a burn and the rightful exchange have one outcome', async () => {
    for (let round = 0; round < 10; round++) {
      const minted = await mint();
      await failAt(minted, 0, 10);
      const [answer] = await Promise.all([t.token(exchangeForm(APP, minted)), fail(minted)]);
      const state = await stateOf(minted);
      if (answer.status === 200) expect(state).toBe('live');
      else expect(await refused(t, answer)).toMatchObject({ why: 'code-standing/burned' });
      expect(state === 'burned').toBe(answer.status !== 200);
    }
  });
});

describe('what never counts', () => {
  it('is a malformed request or a missing parameter, however often', async () => {
    const minted = await mint();
    const form = exchangeForm(APP, minted);
    const bad = { ...form, code_verifier: otherVerifier() };
    const drop = (name: string) => Object.fromEntries(Object.entries(form).filter(([key]) => key !== name));
    const body = new URLSearchParams(bad).toString();
    for (let i = 0; i < 4; i++) {
      for (const name of ['code_verifier', 'redirect_uri', 'client_id', 'grant_type']) await t.token(drop(name));
      await t.token(`${body}&client_id=${APP}`);
      await t.token(`${body}&x=%zz`);
      await t.token({ ...bad, grant_type: 'authorization_code ' });
      await t.token(body, { 'content-type': 'application/json' });
    }
    expect(await stateOf(minted)).toBe('live');
    await tokens(t, t.token(form));
  });

  it('is an attempt without the code: 200 guesses cost its holder nothing', async () => {
    const minted = await mint();
    const form = exchangeForm(APP, minted);
    const guess = (i: number) => `hap5.1-authcode:${String(i).padStart(29, '0')}`;
    const answers = await atOnce(200, (i) => t.token({ ...form, code: guess(i), code_verifier: otherVerifier() }));
    for (const answer of answers) expect(answer.status).toBe(400);
    const near = [...minted.code].with(-1, minted.code.endsWith('0') ? '1' : '0').join('');
    for (let i = 0; i < 5; i++) await t.token({ ...form, code: near });
    expect(await stateOf(minted)).toBe('live');
    await tokens(t, t.token(form));
  });

  it('is noise of strangers in the name of the client: the rightful holder still gets tokens', async () => {
    const secret = await addConfidential(t, 'busy_app');
    const minted = await mint('busy_app');
    const noise = { grant_type: 'authorization_code', code: 'guess', client_id: 'busy_app', client_secret: 'guess' };
    await atOnce(100, () => t.token(noise));
    await tokens(t, t.token({ ...exchangeForm('busy_app', minted), client_secret: secret }));
  });

  it('is what happens to a spent or expired code: its cause stays the same', async () => {
    const minted = await mint();
    await tokens(t, t.token(exchangeForm(APP, minted)));
    clock.move(3_000);
    for (let i = 0; i < 4; i++) expect((await refused(t, fail(minted))).why).toBe('code-unused/replay-unproven');
    const late = await mint();
    clock.move(300_001);
    for (let i = 0; i < 4; i++) expect((await refused(t, fail(late))).why).toBe('code-unexpired/expired');
    expect(await stateOf(late)).toBe('live');
  });

  it('keeps strangers from filling the disk: equal guesses of a minute are one row that counts', async () => {
    const count = async () => (await t.hub.operations.verdicts({ client: 'filler', limit: 1_000 })).length;
    await addPublic(t, 'filler');
    const form = {
      ...exchangeForm('filler', await mint('filler')),
      code: 'hap5.1-authcode:00000000000000000000000000000',
    };
    const before = await count();
    await atOnce(100, () => t.token(form));
    expect(await count()).toBe(before + 1);
    const [row] = await t.hub.operations.verdicts({ client: 'filler', cause: 'unknown', limit: 1 });
    expect(row?.times).toBe(100);
  });
});

describe('a refresh token', () => {
  it('of a confidential app is burned by three wrong secrets in 10 s', async () => {
    const secret = await addConfidential(t, 'refresher');
    const first = { ...exchangeForm('refresher', await mint('refresher')), client_secret: secret };
    const { refresh_token: token } = await tokens(t, t.token(first));
    for (let i = 0; i < 3; i++) await t.token({ ...refreshForm('refresher', token), client_secret: 'wrong' });
    const answer = t.token({ ...refreshForm('refresher', token), client_secret: secret });
    expect(await refused(t, answer)).toEqual({ status: 400, error: 'invalid_grant', why: 'code-standing/burned' });
  });
});
