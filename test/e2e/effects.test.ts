/** What a redemption owes to an accessory: done only when read back, still due while it cannot be reached. */
// proves: C10, C9, X9
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LAMP } from '../../src/protocols/hap/accessory/lamp.ts';
import type { Minted } from '../../src/server/operations.ts';
import { type ProofKey, proofKey } from '../support/dpop.ts';
import { heldClock, startTestHub, type TestHub } from '../support/hub.ts';
import { appPairings, directSession } from '../support/lamp.ts';
import {
  addPublic,
  DIRECT_SCOPES,
  exchangeForm,
  type KeyedClient,
  keyedClient,
  type Tokens,
  tokens,
} from '../support/outside.ts';
import { visitor } from '../support/visitor.ts';

const APP = 'my_app_123';
const PAIRING = 'A1B2C3';
let clock = heldClock();
let t: TestHub;
let key: ProofKey;
let app: KeyedClient;

beforeEach(async () => {
  clock = heldClock();
  t = await startTestHub({ clock: clock.now });
  await addPublic(t, APP, { scopes: DIRECT_SCOPES });
  key = await proofKey('EdDSA');
  app = keyedClient(t, key, clock.now, PAIRING);
});
afterEach(async () => {
  await t.close();
  expect(t.faults).toEqual([]);
});

async function redeem(): Promise<{ minted: Minted; issued: Tokens }> {
  const minted = await t.hub.operations.mint({ client: APP, jkt: key.jkt, pairingId: PAIRING, scopes: DIRECT_SCOPES });
  return { minted, issued: await tokens(t, app.token(exchangeForm(APP, minted))) };
}
const effectOf = async ({ grant }: Minted) => (await t.hub.operations.timeline(grant)).effects[0];
const becomes = (minted: Minted, state: string): Promise<void> =>
  vi.waitFor(async () => expect((await effectOf(minted))?.state).toBe(state), { timeout: 10_000, interval: 20 });
const tried = (minted: Minted, error: string): Promise<void> =>
  vi.waitFor(async () => expect((await effectOf(minted))?.lastError).toContain(error), {
    timeout: 10_000,
    interval: 20,
  });
const switchLamp = (token: string, on: boolean): Promise<Response> =>
  app.api(token, { method: 'PUT', path: '/api/accessories/lamp', body: JSON.stringify({ on }) });

describe('a pairing', () => {
  it('is due with the tokens, done when the lamp lists it with its key, and then switches the lamp directly, as itself', async () => {
    const { minted } = await redeem();
    await becomes(minted, 'done');
    expect(await appPairings(t)).toEqual([{ id: PAIRING, key: key.jwk.x }]);
    const session = await directSession(t, PAIRING, key);
    await session.write([{ aid: LAMP.aid, iid: LAMP.on, value: true }]);
    session.close();
    expect(await t.hub.lamp.state()).toMatchObject({ on: true, by: PAIRING });
  });

  it('is removed by the revocation, read back, and the token switches nothing any more', async () => {
    const { minted, issued } = await redeem();
    await becomes(minted, 'done');
    expect(await t.hub.operations.revoke(minted.grant)).toMatchObject({ undoing: 1 });
    await becomes(minted, 'undone');
    expect(await appPairings(t)).toEqual([]);
    expect((await switchLamp(issued.access_token, true)).status).toBe(401);
  });

  it('of a refused exchange is owed to nobody', async () => {
    const minted = await t.hub.operations.mint({
      client: APP,
      jkt: key.jkt,
      pairingId: PAIRING,
      scopes: DIRECT_SCOPES,
    });
    expect((await app.token({ ...exchangeForm(APP, minted), redirect_uri: 'com.myapp:/x' })).status).toBe(400);
    expect(await effectOf(minted)).toBeUndefined();
  });
});

describe('an unplugged lamp', () => {
  it('leaves the pairing still due, says so on the timeline, and gets it once it is plugged in', async () => {
    await t.hub.lamp.plug(false);
    const { minted, issued } = await redeem();
    await tried(minted, 'unplugged');
    expect((await switchLamp(issued.access_token, true)).status).toBe(503);
    expect(await effectOf(minted)).toMatchObject({ state: 'due', attempts: 1 });
    expect(await pageOf(minted)).toMatch(/Pairing on .*lamp.*still due.*unplugged/s);

    await t.hub.lamp.plug(true);
    clock.move(8_000);
    await becomes(minted, 'done');
    expect(await effectOf(minted)).not.toHaveProperty('lastError');
    expect((await switchLamp(issued.access_token, true)).status).toBe(200);
    expect(await pageOf(minted)).toMatch(/Pairing on .*lamp.*done and read back/s);
  });

  it('leaves a revoked pairing still being undone, and loses it once it is plugged in', async () => {
    const { minted } = await redeem();
    await becomes(minted, 'done');
    await t.hub.lamp.plug(false);
    await t.hub.operations.revoke(minted.grant);
    await tried(minted, 'unplugged');
    expect(await effectOf(minted)).toMatchObject({ state: 'undoing' });
    await t.hub.lamp.plug(true);
    expect(await appPairings(t)).toHaveLength(1);
    clock.move(8_000);
    await becomes(minted, 'undone');
    expect(await appPairings(t)).toEqual([]);
  });

  it('whose pairing is revoked while still due never gets it', async () => {
    await t.hub.lamp.plug(false);
    const { minted } = await redeem();
    await tried(minted, 'unplugged');
    await t.hub.operations.revoke(minted.grant);
    await t.hub.lamp.plug(true);
    clock.move(8_000);
    await becomes(minted, 'undone');
    expect(await appPairings(t)).toEqual([]);
  });
});

describe('a lamp that lies', () => {
  it('about the removal stays undoing for as long as it lists the pairing', async () => {
    const { minted } = await redeem();
    await becomes(minted, 'done');
    const removal = vi.spyOn(t.hub.lamp, 'removePairing').mockResolvedValue();
    await t.hub.operations.revoke(minted.grant);
    await tried(minted, 'still lists the pairing');
    expect(await effectOf(minted)).toMatchObject({ state: 'undoing', attempts: 1 });
    removal.mockRestore();
    clock.move(8_000);
    await becomes(minted, 'undone');
    expect(await appPairings(t)).toEqual([]);
  });

  it('about the pairing stays due, and keeping another key under its name is no pairing either', async () => {
    const other = await proofKey('EdDSA');
    const pairing = vi.spyOn(t.hub.lamp, 'addPairing').mockResolvedValue();
    const { minted } = await redeem();
    await tried(minted, 'does not list it');
    pairing.mockRestore();
    await t.hub.lamp.addPairing({ id: PAIRING, key: other.jwk.x ?? '', admin: false });
    const again = vi.spyOn(t.hub.lamp, 'addPairing').mockResolvedValue();
    clock.move(8_000);
    // A second try that was settled: it waits 4 s, where a lease would be longer.
    const settled = { state: 'due', attempts: 2, nextAt: clock.now() + 4_000 };
    await vi.waitFor(async () => expect(await effectOf(minted)).toMatchObject(settled), { timeout: 10_000 });
    again.mockRestore();
    clock.move(8_000);
    await tried(minted, 'another key');
    await t.hub.lamp.removePairing(PAIRING);
    clock.move(8_000);
    await becomes(minted, 'done');
    expect(await appPairings(t)).toEqual([{ id: PAIRING, key: key.jwk.x }]);
  });
});

/** The page that the person in charge sees of the grant's exchange. */
async function pageOf(minted: Minted): Promise<string> {
  const browser = visitor(t.url);
  await browser.get((await t.hub.sessions.issueLink('owner')).path);
  const [exchange] = (await t.hub.operations.timeline(minted.grant)).verdicts.filter((v) => v.action === 'token');
  return (await browser.get(`/r/${exchange?.id.slice(3, 13)}`)).html;
}
