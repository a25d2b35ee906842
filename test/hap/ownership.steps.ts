/** A running hub, a lamp by HAP-NodeJS, and a new owner: each act on an accessory that is not ours. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { takeOver } from '../../src/profiles/home/index.ts';
import { openSession } from '../../src/protocols/hap/controller.ts';
import { discover, type Found, findAccessory } from '../../src/protocols/hap/discover.ts';
import type { Session } from '../../src/protocols/hap/session.ts';
import { STATUS } from '../../src/protocols/hap/txt.ts';
import type { OwnershipStatus } from '../../src/server/operations.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import type { Scenario } from '../support/netns.ts';
import { change, confirm, type NewOwner, newOwner } from '../support/ownership.ts';
import { type Peer, startHapNodejs } from './peers/start.ts';
import { LO } from './peers/world.ts';

interface World {
  readonly t: TestHub;
  readonly peer: Peer;
  readonly owner: NewOwner;
  readonly found: Found;
}

const ID = 'foreign';

const addressOf = ({ addresses, port }: Found) => ({ host: addresses[0] ?? '', port });
const pair = ({ t, found, peer }: World) =>
  t.hub.house.pair({ id: ID, address: addressOf(found), setupCode: peer.setupCode, hapId: peer.accessoryId });

async function stageOf({ t }: World, grant: string): Promise<OwnershipStatus['accessories'][number]> {
  const [line] = (await t.hub.operations.ownershipStatus(grant)).accessories;
  assert(line !== undefined);
  return line;
}

/** Ends by the deadline of the whole scenario, or here. */
async function becomes(world: World, grant: string, stage: string): Promise<void> {
  while ((await stageOf(world, grant)).stage !== stage) await pause(50);
}

async function ownSession({ t, found, owner }: World): Promise<Session> {
  const { hapId: accessoryId = '', key = '' } = (await t.hub.house.record(ID)) ?? {};
  const accessoryLtpk = Buffer.from(key, 'base64url');
  return openSession(addressOf(found), { accessoryId, accessoryLtpk, identity: owner.identity });
}

/** See above. */
export const scenario: Scenario<World> = {
  async open() {
    const peer = await startHapNodejs();
    const found = await findAccessory(peer.accessoryId, { ...LO, deadlineMs: 30_000 });
    assert(found !== undefined);
    const t = await startTestHub();
    const owner = await newOwner(t, [ID]);
    const world = { t, peer, owner, found };
    await pair(world);
    return world;
  },
  async close({ t, peer }) {
    await t.close();
    await peer.stop();
  },
  steps: [
    {
      title: 'one more administrator is added beside the hub, and goes with its grant',
      async run(world) {
        const { t, owner } = world;
        const { grant } = await change(t, owner, 'additional', [ID]);
        await becomes(world, grant, 'done');
        const session = await ownSession(world);
        assert.equal((await session.listPairings()).filter(({ admin }) => admin).length, 2);
        await t.hub.operations.revoke(grant);
        await session.closed;
        const accessory = await t.hub.house.get(ID);
        while ((await accessory?.listPairings())?.length !== 1) await pause(50);
      },
    },
    {
      title: 'a reset wipes it: it announces that nobody is paired with it, and the hub has it no more',
      async run(world) {
        const { t, owner, peer } = world;
        const { grant } = await change(t, owner, 'reset', [ID]);
        await becomes(world, grant, 'done');
        assert.equal(await t.hub.house.get(ID), undefined);
        for await (const { accessory } of discover(LO))
          if (accessory.txt.id === peer.accessoryId && accessory.txt.sf === STATUS.notPaired) break;
      },
    },
    {
      title: 'paired anew, it is handed over: the new owner lists, lets the hub go, and is the only one',
      async run(world) {
        const { t, owner } = world;
        await pair(world);
        const { grant, issued } = await change(t, owner, 'transfer', [ID]);
        await becomes(world, grant, 'waiting');
        const session = await ownSession(world);
        const to = { id: owner.pairing, key: owner.key.jwk.x ?? '' };
        const end = await takeOver(
          session,
          { own: issued.hub_pairing_id, to },
          {
            async tell(listed) {
              assert.equal((await confirm(owner, issued, ID, listed)).status, 200);
            },
          },
        );
        assert.deepEqual(end, { do: 'done' });
        await becomes(world, grant, 'done');
        assert.deepEqual(
          (await session.listPairings()).map(({ id, admin }) => ({ id, admin })),
          [{ id: owner.pairing, admin: true }],
        );
        session.close();
        assert.equal(await t.hub.house.get(ID), undefined);
        assert.deepEqual(t.faults, []);
      },
    },
  ],
};
