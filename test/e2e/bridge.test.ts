/** The hub as an accessory: an identity of its own, which is the trust anchor of sealed redemption, and the lamp behind it. */
// proves: C2, C20, C22, C7
import { afterEach, describe, expect, it } from 'vitest';
import { openSession, pairSetup } from '../../src/protocols/hap/controller.ts';
import { newIdentity } from '../../src/protocols/hap/keys.ts';
import { readSealingKey } from '../../src/protocols/sealed/key.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { switchLamp } from '../support/lamp.ts';

let t: TestHub;
afterEach(() => t.close());

describe('the hub as a bridge', () => {
  it('is paired by its setup code like any accessory, and shows the lamp behind it', async () => {
    t = await startTestHub();
    const address = await t.hub.bridge.where();
    const paired = await pairSetup(address, await t.hub.bridge.setupCode(), newIdentity());
    const session = await openSession(address, paired);
    const accessories = await session.accessories();
    expect(accessories.map(({ aid }) => aid)).toEqual([1, 2]);
    const lamp = accessories[1]?.services.find(({ type }) => type === '43');
    const on = { aid: 2, iid: lamp?.characteristics.find(({ type }) => type === '25')?.iid ?? 0 };
    await session.write([{ ...on, value: true }]);
    expect(await t.hub.lamp.state()).toMatchObject({ on: true, by: t.hub.house.identity.id });
    await switchLamp(t, false);
    expect(await session.read([on])).toMatchObject([{ status: 0, value: false }]);
    session.close();
  });

  it('says that it cannot reach the lamp when that is unplugged, and goes on', async () => {
    t = await startTestHub();
    const address = await t.hub.bridge.where();
    const paired = await pairSetup(address, await t.hub.bridge.setupCode(), newIdentity());
    const session = await openSession(address, paired);
    await t.hub.lamp.plug(false);
    expect(await session.read([{ aid: 2, iid: 11 }])).toMatchObject([{ status: -70402 }]);
    await t.hub.lamp.plug(true);
    expect(await session.read([{ aid: 2, iid: 11 }])).toMatchObject([{ status: 0, value: false }]);
    session.close();
  });

  it('has the key that signs the statement of the sealing key: whoever paired knows whom to believe', async () => {
    t = await startTestHub();
    const address = await t.hub.bridge.where();
    const { accessoryLtpk } = await pairSetup(address, await t.hub.bridge.setupCode(), newIdentity());
    const answer = await fetch(`${t.url}/.well-known/counterfoil-sealing`);
    const { statement } = (await answer.json()) as { statement: string };
    const believed = (ltpk: Uint8Array) => readSealingKey(statement, ltpk, Date.now(), t.hub.issuer);
    expect(await believed(accessoryLtpk)).toMatchObject({ ok: true });
    expect(await believed(newIdentity().publicKey)).toMatchObject({ ok: false });
  });

  it('keeps its setup code while codes are static', async () => {
    t = await startTestHub();
    const before = await t.hub.bridge.setupCode();
    await pairSetup(await t.hub.bridge.where(), before, newIdentity());
    expect(await t.hub.bridge.setupCode()).toBe(before);
  });

  it('has another setup code for each attempt where codes rotate, and an old one is a wrong one', async () => {
    t = await startTestHub({ setupCodes: 'rotating' });
    const address = await t.hub.bridge.where();
    const first = await t.hub.bridge.setupCode();
    const wrong = first === '111-22-333' ? '111-22-334' : '111-22-333';
    await expect(pairSetup(address, wrong, newIdentity())).rejects.toMatchObject({
      step: 'pair-setup M4',
      tlvError: 2,
    });
    const second = await t.hub.bridge.setupCode();
    expect(second).not.toBe(first);
    await expect(pairSetup(address, first, newIdentity())).rejects.toMatchObject({
      step: 'pair-setup M4',
      tlvError: 2,
    });
    await pairSetup(address, await t.hub.bridge.setupCode(), newIdentity());
  });
});
