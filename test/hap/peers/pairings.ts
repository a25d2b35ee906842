/** Controllers of a foreign accessory: listed, added, changed and removed, to the last one. */
import assert from 'node:assert/strict';
import { openSession, pairSetup } from '../../../src/protocols/hap/controller.ts';
import { discover } from '../../../src/protocols/hap/discover.ts';
import { HapError } from '../../../src/protocols/hap/errors.ts';
import { newIdentity } from '../../../src/protocols/hap/keys.ts';
import { TLV_ERROR } from '../../../src/protocols/hap/tlv8.ts';
import { STATUS } from '../../../src/protocols/hap/txt.ts';
import type { Step } from '../../support/netns.ts';
import {
  addressOf,
  currentValue,
  guestPairing,
  had,
  LO,
  ON,
  ofLamp,
  openAsGuest,
  refused,
  tlv,
  type World,
} from './world.ts';

/** They begin with a session of the only admin and end with an accessory that somebody else has paired. */
export const PAIRINGS: readonly Step<World>[] = [
  {
    title: 'it lists us as its only controller, an admin',
    async run(world) {
      const { id, publicKey } = world.owner;
      const [only, ...others] = await had(world.session, 'session').listPairings();
      assert.deepEqual({ ...only, publicKey: Buffer.from(only?.publicKey ?? []) }, { id, publicKey, admin: true });
      assert.deepEqual(others, []);
    },
  },
  {
    title: 'a controller that was never added is refused in pair-verify M4',
    run: (world) => refused(openAsGuest(world), 'pair-verify M4', 'tlv-error', tlv(TLV_ERROR.authentication)),
  },
  {
    title: 'a controller that is added as a user, by its key alone, opens a session of its own and switches the lamp',
    async run(world) {
      await had(world.session, 'session').addPairing(guestPairing(world, false));
      world.guestSession = await openAsGuest(world);
      assert.deepEqual(await world.guestSession.accessories(), await had(world.session, 'session').accessories());
      const on = ofLamp(world, ON);
      await world.guestSession.write([{ ...on, value: true }]);
      assert.equal(await currentValue(had(world.session, 'session'), on), true);
    },
  },
  {
    title: 'a user neither lists nor adds nor removes controllers, and its session goes on',
    async run(world) {
      const guest = had(world.guestSession, 'session of the guest');
      const { id, publicKey } = newIdentity();
      const authentication = tlv(TLV_ERROR.authentication);
      await refused(guest.listPairings(), 'list-pairings', 'tlv-error', authentication);
      await refused(guest.addPairing({ id, publicKey, admin: false }), 'add-pairing', 'tlv-error', authentication);
      await refused(guest.removePairing(world.owner.id), 'remove-pairing', 'tlv-error', authentication);
      assert.equal(await currentValue(guest, ofLamp(world, ON)), true);
    },
  },
  {
    title: "another key under a known controller's id is refused",
    async run(world) {
      const { publicKey } = newIdentity();
      const stolen = { id: world.guest.id, publicKey, admin: true };
      await refused(
        had(world.session, 'session').addPairing(stolen),
        'add-pairing',
        'tlv-error',
        tlv(TLV_ERROR.unknown),
      );
      await refused(
        openAsGuest(world, newIdentity(world.guest.id)),
        'pair-verify M4',
        'tlv-error',
        tlv(TLV_ERROR.authentication),
      );
    },
  },
  {
    title: 'a user that is made an admin lists controllers; made a user again, it does not',
    async run(world) {
      const owner = had(world.session, 'session');
      await owner.addPairing(guestPairing(world, true));
      const admin = await openAsGuest(world);
      const listed = await admin.listPairings();
      assert.deepEqual(listed.map(({ id, admin }) => `${id} ${admin}`).sort(), [
        ...[`${world.owner.id} true`, `${world.guest.id} true`].sort(),
      ]);
      admin.close();
      await owner.addPairing(guestPairing(world, false));
      const user = await openAsGuest(world);
      await refused(user.listPairings(), 'list-pairings', 'tlv-error', tlv(TLV_ERROR.authentication));
      user.close();
      assert.deepEqual(
        (await owner.listPairings()).filter(({ admin }) => admin).map(({ id }) => id),
        [world.owner.id],
      );
    },
  },
  {
    title: 'removing a controller that is not there is success',
    run: (world) => had(world.session, 'session').removePairing(newIdentity().id),
  },
  {
    title: 'removing a controller ends its sessions, and it is refused from then on; ours stays',
    async run(world) {
      const owner = had(world.session, 'session');
      await owner.removePairing(world.guest.id);
      assert((await had(world.guestSession, 'session of the guest').closed) instanceof HapError);
      await refused(openAsGuest(world), 'pair-verify M4', 'tlv-error', tlv(TLV_ERROR.authentication));
      assert.deepEqual(
        (await owner.listPairings()).map(({ id }) => id),
        [world.owner.id],
      );
    },
  },
  {
    title: 'the last admin that removes itself takes every pairing along',
    async run(world) {
      const owner = had(world.session, 'session');
      await owner.addPairing(guestPairing(world, false));
      await owner.removePairing(world.owner.id);
      await owner.closed;
      const authentication = tlv(TLV_ERROR.authentication);
      const again = openSession(addressOf(world), had(world.paired, 'pairing'));
      await refused(again, 'pair-verify M4', 'tlv-error', authentication);
      await refused(openAsGuest(world), 'pair-verify M4', 'tlv-error', authentication);
    },
  },
  {
    title: 'then it says that it is not paired, and can be paired anew by somebody else',
    async run(world) {
      for await (const { accessory } of discover(LO)) {
        if (accessory.txt.id !== world.peer.accessoryId || accessory.txt.sf !== STATUS.notPaired) continue;
        world.found = accessory;
        break;
      }
      const paired = await pairSetup(addressOf(world), world.peer.setupCode, newIdentity());
      const session = await openSession(addressOf(world), paired);
      assert.equal((await session.listPairings()).length, 1);
      session.close();
    },
  },
];
