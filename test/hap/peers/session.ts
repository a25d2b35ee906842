/** Accessories, reads, writes, timed writes and events, over a session with a foreign accessory. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { CharacteristicRead } from '../../../src/protocols/hap/characteristics.ts';
import { openSession } from '../../../src/protocols/hap/controller.ts';
import type { Step } from '../../support/netns.ts';
import { addressOf, BRIGHTNESS, currentValue, had, ON, ofLamp, printed, refused, type World } from './world.ts';

/** They begin with a pairing and leave a session open. */
export const IN_SESSION: readonly Step<World>[] = [
  {
    title: 'a session opens and lists the accessories',
    async run(world) {
      world.session = await openSession(addressOf(world), had(world.paired, 'pairing'));
      world.accessories = await world.session.accessories();
      ofLamp(world, ON);
      ofLamp(world, BRIGHTNESS);
    },
  },
  {
    title: 'what is written is read back, a bool as a bool',
    async run(world) {
      const session = had(world.session, 'session');
      const on = ofLamp(world, ON);
      for (const value of [true, false, true]) {
        await session.write([{ ...on, value }]);
        assert.equal(await currentValue(session, on), value);
      }
      await printed(world, /on: (true|1)/);
    },
  },
  {
    title: 'many are read at once, in the order asked for, one that is not there without a value',
    async run(world) {
      const on = ofLamp(world, ON);
      const brightness = ofLamp(world, BRIGHTNESS);
      const missing = { aid: on.aid, iid: 9_999 };
      const read = await had(world.session, 'session').read([brightness, missing, on]);
      assert.deepEqual(
        read.map(({ aid, iid }) => ({ aid, iid })),
        [brightness, missing, on],
      );
      // -70409 by table 6-11; HAP-NodeJS says -70410
      const [first, second, third] = read.map(({ status }) => status);
      assert.deepEqual([first, third], [0, 0]);
      assert([-70_409, -70_410].includes(second ?? 0), `got status ${second}`);
      assert.equal(read[1]?.value, undefined);
    },
  },
  {
    title: 'a value out of bounds is refused with its status, and the session goes on',
    async run(world) {
      const session = had(world.session, 'session');
      const brightness = ofLamp(world, BRIGHTNESS);
      const write = session.write([{ ...brightness, value: 'bright' }]);
      await refused(write, 'write', 'hap-status', { hapStatus: -70_410 });
      await session.write([{ ...brightness, value: 51 }]);
      assert.equal(await currentValue(session, brightness), 51);
    },
  },
  {
    title: 'a timed write is done',
    async run(world) {
      const session = had(world.session, 'session');
      const brightness = ofLamp(world, BRIGHTNESS);
      await session.timedWrite([{ ...brightness, value: 42 }], 5_000);
      assert.equal(await currentValue(session, brightness), 42);
    },
  },
  {
    title: 'what another session changes comes as an event, until the subscription ends',
    async run(world) {
      const session = had(world.session, 'session');
      const other = await openSession(addressOf(world), had(world.paired, 'pairing'));
      const on = ofLamp(world, ON);
      await session.write([{ ...on, value: false }]);
      await session.accessories();
      const heard: CharacteristicRead[] = [];
      const end = await session.subscribe([on], (changes) => heard.push(...changes));
      await other.write([{ ...on, value: true }]);
      while (heard.length === 0) await pause(20);
      assert.deepEqual(heard, [{ ...on, status: 0, value: true }]);
      await end();
      await other.write([{ ...on, value: false }]);
      // an answer later than the change on the same connection: an event would have come before it
      assert.equal(await currentValue(session, on), false);
      assert.equal(heard.length, 1);
      other.close();
      assert.equal(await other.closed, undefined);
    },
  },
];
