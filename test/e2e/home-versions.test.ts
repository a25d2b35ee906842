/** Versions: what an accessory, its protocol and the code were when something was decided. */
// proves: C23
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VERSION } from '../../src/server/version.ts';
import { type ProofKey, proofKey } from '../support/dpop.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { addPublic, callApi, DIRECT_SCOPES, exchangeForm, keyedClient, tokens, verdictOf } from '../support/outside.ts';

const APP = 'my_app_123';
const PAIRING = 'A1B2C3';
const LAMP = { id: 'lamp', firmware: VERSION, pv: '1.1.0' };
let t: TestHub;
let key: ProofKey;

beforeEach(async () => {
  t = await startTestHub();
  await addPublic(t, APP, { scopes: [...DIRECT_SCOPES, 'home:lamp/lightbulb/on:r'] });
  key = await proofKey('EdDSA');
  await t.hub.lamp.accessories();
});
afterEach(() => t.close());

describe('versions', () => {
  it('of protocol, firmware and code format are kept with an accepted redemption, and judge to the same tree', async () => {
    const bound = { client: APP, jkt: key.jkt, pairingId: PAIRING, scopes: ['home:lamp:direct'] };
    const minted = await t.hub.operations.mint(bound);
    await tokens(t, keyedClient(t, key, Date.now, PAIRING).token(exchangeForm(APP, minted)));
    const { verdicts } = await t.hub.operations.timeline(minted.grant);
    const accepted = verdicts.find(({ action, ok }) => action === 'token' && ok);
    expect(accepted?.snapshot).toMatchObject({
      circumstances: { code: { format: '5.1', policyEpoch: 1 }, accessories: [LAMP] },
    });
    const again = await t.hub.operations.replay(accepted?.id ?? '', {});
    expect(again.checks).toEqual((await t.hub.operations.verdict(accepted?.id ?? '')).checks);
  });

  it('are kept with a refusal as well', async () => {
    const minted = await t.hub.operations.mint({ client: APP, scopes: ['home:lamp/lightbulb/on:r'] });
    const { access_token: token } = await tokens(t, t.token(exchangeForm(APP, minted)));
    const path = '/api/characteristics?id=lamp/lightbulb/brightness';
    const refused = await verdictOf(t, await callApi(t, token, path));
    expect(refused).toMatchObject({ profile: 'home', snapshot: { accessory: LAMP } });
  });
});
