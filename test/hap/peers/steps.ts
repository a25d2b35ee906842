/** What our controller does with an accessory that others wrote, from the first sighting to pairing it anew. */
import assert from 'node:assert/strict';
import { identify, pairSetup } from '../../../src/protocols/hap/controller.ts';
import { discover, findAccessory } from '../../../src/protocols/hap/discover.ts';
import { newIdentity } from '../../../src/protocols/hap/keys.ts';
import { TLV_ERROR } from '../../../src/protocols/hap/tlv8.ts';
import { isOfSetupId } from '../../../src/protocols/hap/txt.ts';
import type { Scenario, Step } from '../../support/netns.ts';
import { PAIRINGS } from './pairings.ts';
import { IN_SESSION } from './session.ts';
import type { Peer } from './start.ts';
import { addressOf, had, LO, refused, tlv, type World } from './world.ts';

const BEFORE_PAIRING: readonly Step<World>[] = [
  {
    title: 'it is discovered, not paired, with a setup hash that tells it',
    async run(world) {
      const { peer } = world;
      world.found = had(await findAccessory(peer.accessoryId, { ...LO, deadlineMs: 15_000 }), 'sighting');
      const { txt, notes } = world.found;
      assert.deepEqual({ id: txt.id, sf: txt.sf, pv: txt.pv }, { id: peer.accessoryId, sf: 1, pv: '1.1' });
      assert.deepEqual(notes, []);
      assert.equal(isOfSetupId(txt, peer.setupId), true);
    },
  },
  {
    title: 'it identifies itself as long as nobody has paired it',
    run: (world) => identify(addressOf(world)),
  },
  {
    title: 'a trivial setup code is refused before anything is sent',
    run: (world) => refused(pairSetup(addressOf(world), '123-45-678', world.owner), 'pair-setup M1', 'malformed'),
  },
  {
    title: 'a wrong setup code is refused in M4',
    run: (world) =>
      refused(
        pairSetup(addressOf(world), '031-45-155', world.owner),
        'pair-setup M4',
        'tlv-error',
        tlv(TLV_ERROR.authentication),
      ),
  },
  {
    title: 'the right one, without its dashes, pairs',
    async run(world) {
      const { peer, owner } = world;
      const accessoryId = peer.accessoryId;
      world.paired = await pairSetup(addressOf(world), peer.setupCode.replaceAll('-', ''), owner, { accessoryId });
      assert.equal(world.paired.accessoryId, accessoryId);
      assert.equal(world.paired.accessoryLtpk.length, 32);
    },
  },
  {
    title: 'its TXT record says that it is paired',
    async run(world) {
      for await (const { accessory } of discover({ ...LO }))
        if (accessory.txt.id === world.peer.accessoryId && accessory.txt.sf === 0) return;
    },
  },
  {
    title: 'a second setup is Unavailable',
    run: (world) =>
      refused(
        pairSetup(addressOf(world), world.peer.setupCode, newIdentity()),
        'pair-setup M2',
        'tlv-error',
        tlv(TLV_ERROR.unavailable),
      ),
  },
  {
    title: 'identifying without a session is refused once it is paired',
    run: (world) => refused(identify(addressOf(world)), 'identify', 'http-status', { hapStatus: -70_401 }),
  },
];

/** All of it, against the accessory that `start` starts. */
export function peerScenario(start: () => Promise<Peer>): Scenario<World> {
  return {
    open: async () => ({ peer: await start(), owner: newIdentity(), guest: newIdentity() }),
    steps: [...BEFORE_PAIRING, ...IN_SESSION, ...PAIRINGS],
    async close({ peer, session, guestSession }) {
      session?.close();
      guestSession?.close();
      await peer.stop();
    },
  };
}
