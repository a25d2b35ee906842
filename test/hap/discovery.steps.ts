/** Announcing and finding accessories over real multicast DNS: ours, hap-controller's and HAP-NodeJS's. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { IPDiscovery } from 'hap-controller';
import { type Advertisement, advertise } from '../../src/protocols/hap/advertise.ts';
import { discover, findAccessory, type Sighting } from '../../src/protocols/hap/discover.ts';
import { HapError } from '../../src/protocols/hap/errors.ts';
import { decodeSetupPayload } from '../../src/protocols/hap/setup-payload.ts';
import { isOfSetupId, STATUS, setupHash, type Txt, writeTxt } from '../../src/protocols/hap/txt.ts';
import type { Scenario } from '../support/netns.ts';
import { type Peer, startHapNodejs } from './peers/start.ts';

const LAMP: Txt = {
  id: '51:51:00:00:00:01',
  c: 7,
  s: 1,
  sf: STATUS.notPaired,
  ff: 0,
  ci: 5,
  md: 'Lamp',
  pv: '1.1',
  sh: setupHash('1QJ8', '51:51:00:00:00:01'),
};
const NAME = 'Counterfoil lamp';
const PORT = 51_510;
const LO = { interfaces: ['127.0.0.1'] };

interface World {
  readonly seen: Sighting[];
  readonly browsing: Promise<void>;
  readonly end: AbortController;
  ours?: Advertisement;
  peer?: Peer;
}

/** The next sighting, from `from` on, that fits. */
async function sighting({ seen }: World, fits: (s: Sighting) => boolean, from = 0): Promise<Sighting> {
  for (;;) {
    const found = seen.slice(from).find(fits);
    if (found) return found;
    await pause(20);
  }
}

const isOurs =
  (kind: Sighting['kind']) =>
  (s: Sighting): boolean =>
    s.kind === kind && s.accessory.txt.id === LAMP.id;

/** Throws bytes at everybody who listens to multicast DNS here. */
async function shout(packets: readonly Buffer[]): Promise<void> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true }).bind(5353, '0.0.0.0');
  await once(socket, 'listening');
  socket.setMulticastInterface('127.0.0.1');
  for (const packet of packets)
    await new Promise<void>((sent) => socket.send(packet, 5353, '224.0.0.251', () => sent()));
  socket.close();
}

/** Packets that begin like answers: a header that promises records, and noise or halves of names behind it. */
function noise(count: number): Buffer[] {
  const name = Buffer.from('\x04_hap\x04_tcp\x05local\0', 'latin1');
  return Array.from({ length: count }, (_, i) => {
    const header = Buffer.from([0, 0, 0x84, 0, 0, 0, 0, 1 + (i % 5), 0, 0, 0, i % 7]);
    const type = Buffer.from([0, [12, 16, 33, 1, 28, 47][i % 6] ?? 0, 0x80, 1, 0, 0, 0, i % 3 ? 120 : 0, 0, i % 251]);
    const parts = [header, i % 4 ? name : Buffer.from([0xc0, i % 256]), type, randomBytes((i * 7) % 400)];
    return i % 10 === 0 ? randomBytes(i % 1_400) : Buffer.concat(parts);
  });
}

/** See the titles. */
export const scenario: Scenario<World> = {
  async open() {
    const world: World = {
      seen: [],
      end: new AbortController(),
      browsing: Promise.resolve().then(async () => {
        for await (const one of discover({ ...LO, signal: world.end.signal })) world.seen.push(one);
      }),
    };
    return world;
  },
  steps: [
    {
      title: 'what we announce we find, with every field, address and port',
      async run(world) {
        world.ours = await advertise({ name: NAME, port: PORT, txt: writeTxt(LAMP) });
        const { accessory } = await sighting(world, isOurs('found'));
        assert.equal(world.ours.name(), NAME);
        assert.deepEqual(accessory, {
          name: NAME,
          host: 'counterfoil-lamp.local',
          port: PORT,
          addresses: ['127.0.0.1'],
          txt: LAMP,
          notes: [],
        });
      },
    },
    {
      title: 'it is found by its id, in any case, by somebody who comes later',
      async run() {
        assert.equal((await findAccessory('51:51:00:00:00:01', LO))?.port, PORT);
        assert.equal((await findAccessory('51:51:00:00:00:01'.toLowerCase(), { interfaces: ['lo'] }))?.port, PORT);
      },
    },
    {
      title: "hap-controller's browser finds ours and reads the same",
      async run() {
        const browser = new IPDiscovery('lo');
        const up = once(browser, 'serviceUp');
        browser.start();
        const [service] = await up;
        browser.stop();
        const { id, port, md, sf, ci, pv, allAddresses } = service;
        assert.deepEqual(
          { id, port, md, sf, ci, pv, allAddresses, c: service['c#'], s: service['s#'] },
          {
            ...{ id: LAMP.id, port: PORT, md: 'Lamp', sf: 1, ci: 5, pv: '1.1' },
            ...{ allAddresses: ['127.0.0.1'], c: 7, s: 1 },
          },
        );
      },
    },
    {
      title: 'a changed status and configuration are noticed',
      async run(world) {
        world.ours?.update(writeTxt({ ...LAMP, sf: 0, c: 8 }));
        const { accessory } = await sighting(world, isOurs('changed'));
        assert.deepEqual(accessory.txt, { ...LAMP, sf: 0, c: 8 });
      },
    },
    {
      title: 'a second accessory of the same name gets another name, and both are seen',
      async run(world) {
        const txt = { ...LAMP, id: '51:51:00:00:00:02' };
        const second = await advertise({ name: NAME, port: PORT + 1, txt: writeTxt(txt) });
        assert.notEqual(second.name(), NAME);
        const { accessory } = await sighting(world, (s) => s.accessory.txt.id === txt.id);
        assert.equal(accessory.name, second.name());
        await second.close();
        await sighting(world, (s) => s.kind === 'gone' && s.accessory.txt.id === txt.id);
        assert.equal(world.seen.some(isOurs('gone')), false);
      },
    },
    {
      title: 'two thousand foreign packets end neither search nor announcement',
      async run(world) {
        await shout(noise(2_000));
        assert.equal((await findAccessory('51:51:00:00:00:01', LO))?.port, PORT);
        assert.equal(world.seen.some(isOurs('gone')), false);
      },
    },
    {
      title: 'a goodbye is noticed, and a return at another port',
      async run(world) {
        const from = world.seen.length;
        await world.ours?.close();
        await sighting(world, isOurs('gone'), from);
        world.ours = await advertise({ name: NAME, port: PORT + 2, txt: writeTxt(LAMP) });
        assert.equal((await sighting(world, isOurs('found'), from)).accessory.port, PORT + 2);
      },
    },
    {
      title: 'HAP-NodeJS is found, its setup payload and hash read as ours',
      async run(world) {
        const peer = await startHapNodejs();
        world.peer = peer;
        const { accessory } = await sighting(world, (s) => s.accessory.txt.id === peer.accessoryId);
        assert.deepEqual(accessory.notes, []);
        assert.equal(accessory.txt.sf, STATUS.notPaired);
        assert.equal(isOfSetupId(accessory.txt, peer.setupId), true);
        const uri = /X-HM:\S+/.exec(peer.log())?.[0] ?? '';
        assert.deepEqual(decodeSetupPayload(uri), {
          ok: true,
          payload: {
            ...{ setupCode: peer.setupCode, setupId: peer.setupId, category: 5 },
            ...{ ip: true, ble: false, paired: false },
          },
        });
      },
    },
    {
      title: "HAP-NodeJS's goodbye is noticed",
      async run(world) {
        await world.peer?.stop('SIGTERM');
        await sighting(world, (s) => s.kind === 'gone' && s.accessory.txt.id === world.peer?.accessoryId);
      },
    },
    {
      title: 'a search ends at its deadline without an error, and says so in the transcript',
      async run() {
        const steps: string[] = [];
        const options = {
          ...LO,
          deadlineMs: 300,
          record: (step: string, event: string) => steps.push(`${step} ${event}`),
        };
        assert.equal(await findAccessory('51:51:00:00:00:99', options), undefined);
        assert.equal(steps.at(-1), 'discover timeout');
      },
    },
    {
      title: 'a signal ends a search, also one that was given before',
      async run(world) {
        world.end.abort();
        await world.browsing;
        for await (const one of discover({ ...LO, signal: world.end.signal })) assert.fail(`saw ${one.kind}`);
      },
    },
    {
      title: 'an interface that is not there is a HapError of the step discover',
      async run() {
        await assert.rejects(findAccessory('51:51:00:00:00:01', { interfaces: ['eth7'] }), (error) => {
          assert(error instanceof HapError);
          return error.step === 'discover' && error.kind === 'unreachable';
        });
      },
    },
  ],
  async close(world) {
    world.end.abort();
    await world.ours?.close();
    await world.peer?.stop();
  },
};
