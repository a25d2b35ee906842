/** Additional controller, transfer and reset, each with its own code, on real accessories of several. */
// proves: C11, C10, C12
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LAST_ERRORS, NEW_OWNER_LISTED } from '../../src/profiles/home/index.ts';
import type { FaultScript } from '../../src/protocols/hap/accessory/index.ts';
import { LAMP } from '../../src/protocols/hap/accessory/lamp.ts';
import { identify, openSession } from '../../src/protocols/hap/controller.ts';
import { proofKey } from '../support/dpop.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { addPublic, exchangeForm, type KeyedClient, keyedClient, refused, tokens } from '../support/outside.ts';
import {
  change,
  confirm,
  type Device,
  mintFor,
  type NewOwner,
  newOwner,
  ownSession,
  pairDevice,
  progress,
  startDevice,
  takeDevice,
} from '../support/ownership.ts';

const NAMES = ['hall', 'desk', 'shed'];
const SOON = { timeout: 20_000, interval: 20 };
let t: TestHub;
let devices: Device[];
let owner: NewOwner;
/** What all of them do wrong from now on. */
let refuseAdding = false;
let keepRemoved = false;

beforeEach(async () => {
  t = await startTestHub();
  refuseAdding = false;
  const faults: FaultScript = (point) =>
    point === 'add-pairing' && refuseAdding
      ? { kind: 'tlv-error', error: 1 }
      : point === 'remove-pairing' && keepRemoved
        ? { kind: 'acknowledge-but-keep' }
        : undefined;
  keepRemoved = false;
  devices = await Promise.all(NAMES.map((name) => startDevice(name, faults)));
  for (const device of devices) await pairDevice(t.hub, device);
  owner = await newOwner(t, [...NAMES, 'lamp']);
});
afterEach(async () => {
  await t.close();
  await Promise.all(devices.map(({ server }) => server.close()));
  expect(t.faults).toEqual([]);
});

const hubId = (): string => t.hub.house.identity.id;
const [hall, desk, shed] = [0, 1, 2].map((at) => () => devices[at] as Device) as [
  () => Device,
  () => Device,
  () => Device,
];
const status = (grant: string) => t.hub.operations.ownershipStatus(grant);
const stages = async (grant: string) =>
  Object.fromEntries((await status(grant)).accessories.map(({ id, stage }) => [id, stage]));
const becomes = (grant: string, expected: Readonly<Record<string, string>>): Promise<void> =>
  vi.waitFor(async () => expect(await stages(grant)).toMatchObject(expected), SOON);
/** Somebody who has a user's pairing by a grant of the usual kind. */
async function guest(
  accessory: string,
): Promise<{ grant: string; pairing: string; token: string; client: KeyedClient }> {
  const pairing = `guest-of-${accessory}`;
  const scopes = [`home:${accessory}:direct`, `home:${accessory}:rw`];
  const app = await addPublic(t, pairing, { scopes });
  const key = await proofKey('EdDSA');
  const client = keyedClient(t, key, Date.now, pairing);
  const minted = await t.hub.operations.mint({ client: app, scopes, jkt: key.jkt, pairingId: pairing });
  const { access_token: token } = await tokens(t, client.token(exchangeForm(app, minted)));
  await vi.waitFor(async () => {
    const [effect] = (await t.hub.operations.timeline(minted.grant)).effects;
    expect(effect?.state).toBe('done');
  }, SOON);
  return { grant: minted.grant, pairing, token, client };
}
const grantOf = async (grant: string) => (await t.hub.operations.timeline(grant)).grant;
const ids = ({ server }: Device): string[] => server.pairings().map(({ id }) => id);

describe('a code for ownership', () => {
  it('is good for the act it was minted for and for no other, and is not spent by asking for another', async () => {
    const acts = ['additional', 'transfer', 'reset'] as const;
    for (const act of acts) {
      const minted = await mintFor(t, owner, act, ['hall']);
      const form = exchangeForm(owner.app, minted);
      for (const other of acts.filter((one) => one !== act))
        expect(await refused(t, owner.client.token({ ...form, ownership: other }))).toMatchObject({
          error: 'invalid_grant',
          why: 'home.ownership-code/other-act',
        });
      expect((await refused(t, owner.client.token(form))).why).toBe('home.ownership-code/unasked');
      expect((await t.hub.operations.codes({ grant: minted.grant }))[0]).toMatchObject({ state: 'live', used: 0 });
    }
    expect(ids(hall())).toEqual([hubId()]);
  });

  it('is what transfer and reset take: a code for access does neither, and leaves the accessory as it was', async () => {
    for (const ownership of ['additional', 'transfer', 'reset']) {
      const minted = await t.hub.operations.mint({
        client: owner.app,
        scopes: ['home:hall:direct'],
        jkt: owner.key.jkt,
        pairingId: owner.pairing,
      });
      const answer = owner.client.token({ ...exchangeForm(owner.app, minted), ownership });
      expect(await refused(t, answer)).toMatchObject({ error: 'invalid_grant', why: 'home.ownership-code/missing' });
    }
    expect(ids(hall())).toEqual([hubId()]);
  });

  it('is nobody’s who does not have its key', async () => {
    const minted = await mintFor(t, owner, 'reset', ['hall']);
    const thief = keyedClient(t, await proofKey('EdDSA'), Date.now);
    const answer = thief.token({ ...exchangeForm(owner.app, minted), ownership: 'reset' });
    expect((await refused(t, answer)).error).toBe('invalid_grant');
    expect(ids(hall())).toEqual([hubId()]);
  });

  it('is not minted without a key, for a foreign act, or for an accessory that the hub does not have', async () => {
    const { mintOwnership } = t.hub.operations;
    const input = { act: 'reset', client: owner.app, jkt: owner.key.jkt, accessories: ['hall'] } as const;
    await expect(mintOwnership({ ...input, jkt: undefined as never })).rejects.toThrow(/expected the key/);
    await expect(mintOwnership({ ...input, act: 'sell' as never })).rejects.toThrow(/expected additional, transfer or/);
    await expect(mintOwnership({ ...input, accessories: [] })).rejects.toThrow(/names of accessories/);
    await addPublic(t, 'wide', { scopes: ['home:attic:direct'] });
    await expect(mintOwnership({ ...input, client: 'wide', accessories: ['attic'] })).rejects.toThrow(/no accessory/);
  });
});

describe('an additional controller', () => {
  it('becomes an administrator beside the hub, and goes with its grant', async () => {
    const { grant } = await change(t, owner, 'additional', ['hall', 'desk']);
    await becomes(grant, { hall: 'done', desk: 'done' });
    for (const device of [hall(), desk()]) expect(device.admins()).toEqual([hubId(), owner.pairing]);
    expect(ids(shed())).toEqual([hubId()]);
    expect((await status(grant)).say).toBe('2 of 2 accessories done');
    await t.hub.operations.revoke(grant);
    await vi.waitFor(() => expect([...ids(hall()), ...ids(desk())]).toEqual([hubId(), hubId()]), SOON);
  });
});

describe('a transfer', () => {
  it('adds the new owner and removes nobody before that one has connected, listed and said so', async () => {
    const { pairing } = await guest('hall');
    const { grant, issued } = await change(t, owner, 'transfer', ['hall']);
    expect(issued).toMatchObject({ ownership: 'transfer', hub_pairing_id: hubId() });
    await becomes(grant, { hall: 'waiting' });
    expect((await status(grant)).accessories[0]?.say).toContain(NEW_OWNER_LISTED);
    expect(ids(hall())).toEqual([hubId(), pairing, owner.pairing]);

    expect(await takeDevice(owner, issued, hall())).toEqual({ do: 'done' });
    expect(ids(hall())).toEqual([owner.pairing]);
    await becomes(grant, { hall: 'done' });
    // one step at a time: the guest, then the hub, and at every moment somebody who could go on
    expect(hall().tables.map((table) => table.map(({ id }) => id))).toEqual([
      [hubId()],
      [hubId(), pairing],
      [hubId(), pairing, owner.pairing],
      [hubId(), owner.pairing],
      [owner.pairing],
    ]);
    expect(hall().tables.every((table) => table.some(({ admin }) => admin))).toBe(true);
  });

  it('hands over many, each in its own time: one that is unplugged holds up no other and is done when it is back', async () => {
    await desk().server.close();
    const { grant, issued } = await change(t, owner, 'transfer', 'all');
    await becomes(grant, { hall: 'waiting', shed: 'waiting', lamp: 'waiting', desk: 'unknown' });
    for (const device of [hall(), shed()]) await takeDevice(owner, issued, device);
    await becomes(grant, { hall: 'done', shed: 'done', desk: 'unknown' });
    const said = await progress(owner, issued);
    expect(said).toMatchObject({ grant, act: 'transfer', done: 2, of: 4 });
    expect(said.say).toBe(
      '2 of 4 accessories done; desk still to be looked at; lamp waiting for the new owner to connect',
    );
    await desk().server.listen();
    await becomes(grant, { desk: 'waiting' });
    await takeDevice(owner, issued, desk());
    await becomes(grant, { desk: 'done' });
    for (const device of devices) {
      expect(device.admins()).toEqual([owner.pairing]);
      expect(device.tables.every((table) => table.some(({ admin }) => admin))).toBe(true);
    }
  });

  it('ends every grant on it with the cause, and leaves the hub with no claim: not listed, not reached, not granted', async () => {
    const before = await guest('hall');
    const elsewhere = await guest('shed');
    const { grant, issued } = await change(t, owner, 'transfer', ['hall']);
    await becomes(grant, { hall: 'waiting' });
    await takeDevice(owner, issued, hall());
    await becomes(grant, { hall: 'done' });
    expect(await grantOf(before.grant)).toMatchObject({ state: 'revoked', endedBy: 'accessory-handed-over' });
    expect(await grantOf(elsewhere.grant)).toMatchObject({ state: 'active' });
    expect(await grantOf(grant)).toMatchObject({ state: 'active' });
    expect((await t.hub.house.list()).map(({ id }) => id)).not.toContain('hall');
    expect(await t.hub.house.get('hall')).toBeUndefined();
    await vi.waitFor(async () => {
      const [effect] = (await t.hub.operations.timeline(before.grant)).effects;
      expect(effect?.state).toBe('undone');
    }, SOON);
    await expect(mintFor(t, owner, 'transfer', ['hall'])).rejects.toThrow(/no accessory/);
    // it happened: ending the grant gives nothing back, and the timeline says so
    await t.hub.operations.revoke(grant);
    await vi.waitFor(async () => {
      const [effect] = (await t.hub.operations.timeline(grant)).effects;
      expect(effect).toMatchObject({ state: 'undoing', lastError: expect.stringContaining('only its new owner') });
    }, SOON);
    expect(ids(hall())).toEqual([owner.pairing]);
  });

  it('that is revoked while it waits takes the new owner off again, and the hub stays', async () => {
    const { grant } = await change(t, owner, 'transfer', ['hall']);
    await becomes(grant, { hall: 'waiting' });
    await t.hub.operations.revoke(grant);
    await vi.waitFor(() => expect(ids(hall())).toEqual([hubId()]), SOON);
    await expect(ownSession(owner, hall())).rejects.toThrow(/error 2/);
  });

  it('is confirmed by its own app only, and not before the hub sees the new owner on the list itself', async () => {
    await desk().server.close();
    refuseAdding = true;
    const { grant, issued } = await change(t, owner, 'transfer', ['hall', 'desk']);
    const me = { id: owner.pairing, key: owner.key.jwk.x ?? '', admin: true };
    expect((await confirm(owner, issued, 'hall', [me])).status).toBe(409);
    expect((await confirm(owner, issued, 'desk', [me])).status).toBe(503);
    expect((await confirm(owner, issued, 'shed', [me])).status).toBe(404);
    const bad = { method: 'POST', path: '/api/ownership/hall', body: '{"pairings": [{}]}' };
    expect((await owner.client.api(issued.access_token, bad)).status).toBe(400);
    await becomes(grant, { hall: 'unknown', desk: 'unknown' });
    refuseAdding = false;
    await becomes(grant, { hall: 'waiting' });
    expect((await confirm(owner, issued, 'hall', [me])).status).toBe(200);
    expect(ids(hall())).toEqual([hubId(), owner.pairing]);
  });

  it('has a status of its own: a grant for access has none, for its app and for the person in charge', async () => {
    const { grant, token, client } = await guest('shed');
    await expect(status(grant)).rejects.toThrow(/changes no ownership/);
    expect((await client.api(token, { path: '/api/ownership' })).status).toBe(404);
  });

  it('goes on when the new owner was gone in the middle: begun again, it finishes from the list', async () => {
    await guest('hall');
    const { grant, issued } = await change(t, owner, 'transfer', ['hall']);
    await becomes(grant, { hall: 'waiting' });
    const session = await ownSession(owner, hall());
    const listed = (await session.listPairings()).map(({ id, publicKey, admin }) => ({
      id,
      key: Buffer.from(publicKey).toString('base64url'),
      admin,
    }));
    expect((await confirm(owner, issued, 'hall', listed)).status).toBe(200);
    await session.removePairing('guest-of-hall');
    session.close();
    expect(await takeDevice(owner, issued, hall())).toEqual({ do: 'done' });
    await becomes(grant, { hall: 'done' });
    expect(hall().tables.every((table) => table.some(({ admin }) => admin))).toBe(true);
  });
});

describe('a reset', () => {
  it('wipes exactly the one it names: other administrators first, then the hub, then everything', async () => {
    const added = await change(t, owner, 'additional', ['hall']);
    const beside = await change(t, owner, 'additional', ['shed']);
    await becomes(added.grant, { hall: 'done' });
    await becomes(beside.grant, { shed: 'done' });
    const { pairing } = await guest('hall');
    const { grant } = await change(t, owner, 'reset', ['hall']);
    await becomes(grant, { hall: 'done' });
    expect(ids(hall())).toEqual([]);
    expect(hall().server.txt()['sf']).toBe('1');
    expect(
      hall()
        .tables.slice(-3)
        .map((table) => table.map(({ id }) => id)),
    ).toEqual([[hubId(), owner.pairing, pairing], [hubId(), pairing], []]);
    expect(ids(desk())).toEqual([hubId()]);
    expect(ids(shed())).toEqual([hubId(), owner.pairing]);
    expect(await t.hub.house.get('hall')).toBeUndefined();
    expect(await grantOf(added.grant)).toMatchObject({ state: 'revoked', endedBy: 'accessory-reset' });
  });

  it('of one that acknowledges and keeps its pairings is not done, and says so until the list says otherwise', async () => {
    keepRemoved = true;
    const { grant } = await change(t, owner, 'reset', ['hall']);
    await vi.waitFor(async () => {
      const [effect] = (await t.hub.operations.timeline(grant)).effects;
      expect(effect).toMatchObject({ state: 'due', lastError: LAST_ERRORS.kept });
    }, SOON);
    expect(ids(hall())).toEqual([hubId()]);
    expect((await t.hub.house.get('hall'))?.id).toBe('hall');
    keepRemoved = false;
    await becomes(grant, { hall: 'done' });
    expect(ids(hall())).toEqual([]);
  });

  it('of one that is unplugged waits for it', async () => {
    await hall().server.close();
    const { grant } = await change(t, owner, 'reset', ['hall']);
    await becomes(grant, { hall: 'unknown' });
    expect(ids(hall())).toEqual([hubId()]);
    await hall().server.listen();
    await becomes(grant, { hall: 'done' });
    expect(ids(hall())).toEqual([]);
  });
});

describe('the hub’s own lamp', () => {
  it('after a reset is anybody’s to pair, stays away from the hub by itself, and is taken back on purpose', async () => {
    const { house, lamp } = t.hub;
    await lamp.read([{ aid: LAMP.aid, iid: LAMP.on }]);
    const { grant } = await change(t, owner, 'reset', ['lamp']);
    await becomes(grant, { lamp: 'done' });
    expect(await house.get('lamp')).toBeUndefined();
    expect((await house.list()).map(({ id }) => id)).not.toContain('lamp');
    await expect(lamp.read([{ aid: LAMP.aid, iid: LAMP.on }])).rejects.toThrow(/home pair lamp/);
    await identify(await lamp.address());

    await house.pair({ id: 'lamp' });
    expect((await house.get('lamp'))?.id).toBe('lamp');
    expect((await lamp.listPairings()).map(({ id, admin }) => ({ id, admin }))).toEqual([{ id: hubId(), admin: true }]);
  });

  it('that was handed over is the new owner’s, and the hub cannot take it back', async () => {
    const { house, lamp } = t.hub;
    const { id, key } = await lamp.identity();
    const { grant, issued } = await change(t, owner, 'transfer', ['lamp']);
    await becomes(grant, { lamp: 'waiting' });
    const paired = { accessoryId: id, accessoryLtpk: Buffer.from(key, 'base64url'), identity: owner.identity };
    const session = await openSession(await lamp.address(), paired);
    const me = { id: owner.pairing, key: owner.key.jwk.x ?? '', admin: true };
    expect((await confirm(owner, issued, 'lamp', [me])).status).toBe(200);
    await session.removePairing(hubId());
    await becomes(grant, { lamp: 'done' });
    await session.write([{ aid: LAMP.aid, iid: LAMP.on, value: true }]);
    expect(await lamp.state()).toMatchObject({ on: true, by: owner.pairing });
    await expect(house.pair({ id: 'lamp' })).rejects.toThrow(/paired already/);
    session.close();
  });
});
