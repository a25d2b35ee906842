/**
 * A code that comes back: by the proven client it takes down everything that was issued from it; within 2 s, or by
 * anybody else, it takes down nothing.
 */
// proves: A12, A16, A25, C10
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Minted } from '../../src/server/operations.ts';
import { type ProofKey, proofKey } from '../support/dpop.ts';
import { openEvents } from '../support/event-stream.ts';
import { heldClock, startTestHub, type TestHub } from '../support/hub.ts';
import { appPairings, switchLamp } from '../support/lamp.ts';
import {
  addConfidential,
  addPublic,
  callApi,
  DIRECT_SCOPES,
  exchangeForm,
  keyedClient,
  nonceAt,
  otherVerifier,
  refreshForm,
  refused,
  type Tokens,
  tokens,
  verdictOf,
} from '../support/outside.ts';

const clock = heldClock();
const APP = 'my_app_123';
const PAIRING = 'A1B2C3';
let t: TestHub;
let key: ProofKey;

beforeAll(async () => {
  t = await startTestHub({ clock: clock.now });
  await addPublic(t, APP, { scopes: DIRECT_SCOPES });
  await addPublic(t, 'other_app');
  key = await proofKey('EdDSA');
});
afterAll(() => t.close());

const stateOf = async ({ grant }: Minted) => (await t.hub.operations.grants({ id: grant, limit: 1 }))[0]?.state;
const pairings = async () => (await appPairings(t)).map((pairing) => pairing.id);

/** A code bound to the app's key and pairing, exchanged, its pairing on the lamp. */
async function paired(): Promise<{ minted: Minted; form: Record<string, string>; issued: Tokens; proof: string }> {
  const minted = await t.hub.operations.mint({ client: APP, jkt: key.jkt, pairingId: PAIRING, scopes: DIRECT_SCOPES });
  const form = exchangeForm(APP, minted);
  const proof = await keyedClient(t, key, clock.now, PAIRING).proof();
  const issued = await tokens(t, t.token(form, { dpop: proof }));
  await vi.waitFor(async () => expect(await pairings()).toEqual([PAIRING]));
  return { minted, form, issued, proof };
}

describe('a replay by the proven client, more than 2 s after the win', () => {
  it('revokes everything issued: access token, refresh token, pairing and stream', async () => {
    const app = keyedClient(t, key, clock.now, PAIRING);
    const { minted, form, issued } = await paired();
    const nonce = await nonceAt(t, '/api/state');
    const dpop = await app.proof({
      htm: 'GET',
      htu: `${t.hub.issuer}/api/events`,
      nonce,
      ath: await sha256(issued.access_token),
    });
    const stream = await openEvents(`${t.url}/api/events`, { authorization: `DPoP ${issued.access_token}`, dpop });
    await stream.until(1);
    clock.move(2_001);

    const answer = await app.token(form);
    expect(await refused(t, answer)).toEqual({ status: 400, error: 'invalid_grant', why: 'code-unused/replay' });
    expect((await verdictOf(t, answer)).consequence).toMatchObject({ revokedCodes: 2, undoing: 1 });
    expect(await stateOf(minted)).toBe('revoked');
    expect((await refused(t, app.api(issued.access_token))).error).toBe('invalid_token');
    expect((await refused(t, app.token(refreshForm(APP, issued.refresh_token)))).error).toBe('invalid_grant');
    await vi.waitFor(async () => expect(await pairings()).toEqual([]));
    const { effects } = await t.hub.operations.timeline(minted.grant);
    expect(effects.map((effect) => effect.state)).toEqual(['undone']);

    await switchLamp(t, true);
    await stream.ended;
    expect(stream.events).toHaveLength(1);
  });

  it('does the same for a confidential app with its secret, and for a public one with its PKCE verifier', async () => {
    const secret = await addConfidential(t, 'server_app');
    for (const [client, extra] of [
      ['server_app', { client_secret: secret }],
      [APP, {}],
    ] as const) {
      const minted = await t.hub.operations.mint({ client });
      const form = { ...exchangeForm(client, minted), ...extra };
      const issued = await tokens(t, t.token(form));
      clock.move(2_001);
      expect((await refused(t, t.token(form))).why).toBe('code-unused/replay');
      expect(await stateOf(minted)).toBe('revoked');
      expect((await callApi(t, issued.access_token)).status).toBe(401);
      expect((await refused(t, t.token({ ...refreshForm(client, issued.refresh_token), ...extra }))).why).toMatch(
        /^code-standing/,
      );
    }
  });

  it('takes down tokens of later refreshes as well', async () => {
    const minted = await t.hub.operations.mint({ client: APP });
    const form = exchangeForm(APP, minted);
    const first = await tokens(t, t.token(form));
    const second = await tokens(t, t.token(refreshForm(APP, first.refresh_token)));
    clock.move(60_000);
    expect((await refused(t, t.token(form))).why).toBe('code-unused/replay');
    for (const token of [first, second]) expect((await callApi(t, token.access_token)).status).toBe(401);
  });
});

describe('an exchange, or a refresh, that races a revocation', () => {
  it('leaves no live token behind, whoever wins', async () => {
    for (let round = 0; round < 15; round++) {
      const minted = await t.hub.operations.mint({ client: APP });
      const form = exchangeForm(APP, minted);
      const exchanges = round % 2 === 0 ? [t.token(form)] : [];
      const first = round % 2 === 0 ? undefined : await tokens(t, t.token(form));
      const refreshes = first ? [1, 2, 3].map(() => t.token(refreshForm(APP, first.refresh_token))) : [];
      const [answers] = await Promise.all([
        Promise.all([...exchanges, ...refreshes]),
        t.hub.operations.revoke(minted.grant),
      ]);
      for (const answer of answers.filter((one) => one.status === 200)) {
        const issued = await tokens(t, answer);
        expect((await callApi(t, issued.access_token)).status).toBe(401);
        expect((await t.token(refreshForm(APP, issued.refresh_token))).status).toBe(400);
      }
      expect(await stateOf(minted)).toBe('revoked');
    }
  });
});

describe('what revokes nothing', () => {
  it('is a replay within 2 s of the win: a lost race', async () => {
    const minted = await t.hub.operations.mint({ client: APP });
    const form = exchangeForm(APP, minted);
    const issued = await tokens(t, t.token(form));
    clock.move(2_000);
    const answer = t.token(form);
    expect(await refused(t, answer)).toEqual({ status: 400, error: 'invalid_grant', why: 'code-unused/lost-race' });
    expect(await stateOf(minted)).toBe('active');
    expect((await callApi(t, issued.access_token)).status).toBe(200);
  });

  it('is a replay by somebody who cannot prove to be the client', async () => {
    const secret = await addConfidential(t, 'server_app_2');
    const minted = await t.hub.operations.mint({ client: 'server_app_2' });
    const form = exchangeForm('server_app_2', minted);
    const issued = await tokens(t, t.token({ ...form, client_secret: secret }));
    clock.move(60_000);
    const attacks = [
      { ...form },
      { ...form, client_secret: 'guess' },
      { ...form, client_secret: secret, code_verifier: otherVerifier() },
      { ...form, client_id: 'other_app' },
      { ...form, client_id: 'nobody' },
    ];
    for (const attack of attacks) expect((await t.token(attack)).status).toBeGreaterThanOrEqual(400);
    expect((await refused(t, t.token(attacks[2] ?? {}))).why).toBe('code-unused/replay-unproven');
    expect(await stateOf(minted)).toBe('active');
    expect((await callApi(t, issued.access_token)).status).toBe(200);
    await tokens(t, t.token({ ...refreshForm('server_app_2', issued.refresh_token), client_secret: secret }));
  });

  it('is a copy of the very bytes that won, when they carry a DPoP proof', async () => {
    const app = keyedClient(t, key, clock.now, PAIRING);
    const { minted, form, issued, proof } = await paired();
    for (const wait of [0, 2_001, 30_000]) {
      clock.move(wait);
      const answer = await t.token(form, { dpop: proof });
      expect(await refused(t, answer)).toMatchObject({ error: 'invalid_dpop_proof', why: 'dpop-once/replayed' });
    }
    expect(await stateOf(minted)).toBe('active');
    expect(await pairings()).toEqual([PAIRING]);
    expect((await app.api(issued.access_token)).status).toBe(200);
    await t.hub.operations.revoke(minted.grant);
    await vi.waitFor(async () => expect(await pairings()).toEqual([]));
  });

  it('is a replay with a fresh proof by another key', async () => {
    const thief = keyedClient(t, await proofKey('EdDSA'), clock.now, PAIRING);
    const { minted, form, issued } = await paired();
    clock.move(2_001);
    expect((await refused(t, thief.token(form))).why).toBe('code-unused/replay-unproven');
    expect(await stateOf(minted)).toBe('active');
    expect((await keyedClient(t, key, clock.now).api(issued.access_token)).status).toBe(200);
  });
});

async function sha256(text: string): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(text))).toString('base64url');
}
