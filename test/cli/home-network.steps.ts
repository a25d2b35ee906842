/** `counterfoil home` on a network: an accessory that announces itself, is found, paired by what it announces, and moves. */
import assert from 'node:assert/strict';
import { LAMP, lampDatabase } from '../../src/protocols/hap/accessory/lamp.ts';
import { type AccessoryServer, createAccessoryServer } from '../../src/protocols/hap/accessory/server.ts';
import { CATEGORY } from '../../src/protocols/hap/accessory/services.ts';
import { memoryState } from '../../src/protocols/hap/accessory/state.ts';
import { type Advertisement, advertise } from '../../src/protocols/hap/advertise.ts';
import { encodeSetupPayload } from '../../src/protocols/hap/setup-payload.ts';
import type { AccessoryView, Announced } from '../../src/server/home/shapes.ts';
import type { Scenario } from '../support/netns.ts';
import { openPlace, type Place } from './place.ts';

const CODE = '482-19-365';
const SETUP_ID = 'D35K';
const LABEL = { name: 'Desk', manufacturer: 'Somebody', model: 'D1', serialNumber: '7', firmwareRevision: '2.5.1' };
const LOOK = ['--interface', '127.0.0.1', '--seconds', '3'];

interface World {
  readonly place: Place;
  readonly state: ReturnType<typeof memoryState>;
  desk: AccessoryServer;
  announced: Advertisement;
}

async function startDesk(state: World['state']): Promise<Pick<World, 'desk' | 'announced'>> {
  const desk = await createAccessoryServer({
    database: lampDatabase(LABEL),
    state,
    setupCode: { policy: 'static', code: CODE },
    setupId: SETUP_ID,
    model: 'D1',
    category: CATEGORY.lightbulb,
    host: '127.0.0.1',
    onTxt: (txt) => announced?.update(txt),
  });
  const port = await desk.listen();
  let announced: Advertisement | undefined;
  announced = await advertise({ name: 'Desk', port, txt: desk.txt() });
  return { desk, announced };
}

async function seen({ place }: World): Promise<Announced | undefined> {
  return (await place.json<Announced[]>(['home', 'discover', ...LOOK])).find(({ name }) => name === 'Desk');
}

export const scenario: Scenario<World> = {
  async open() {
    const place = openPlace();
    await place.start();
    const state = memoryState();
    return { place, state, ...(await startDesk(state)) };
  },
  async close({ place, desk, announced }) {
    await announced.close();
    await desk.close();
    await place.close();
  },
  steps: [
    {
      title: 'home discover finds it with what it announces, and says that it is free',
      async run(world) {
        const found = await seen(world);
        assert.equal(found?.paired, false);
        assert.deepEqual([found.model, found.category, found.addresses[0]], ['D1', 'lightbulb', '127.0.0.1']);
        const { out } = await world.place.cf(['home', 'discover', ...LOOK]);
        assert.match(out, /\nDesk +free +lightbulb +D1 /);
      },
    },
    {
      title: 'home discover says, where nothing announces itself, that the lamp of the hub never does',
      async run(world) {
        await world.announced.close();
        const ran = await world.place.cf(['home', 'discover', ...LOOK]);
        assert.deepEqual([ran.code, ran.out], [1, '']);
        assert.match(ran.err, /the lamp of this hub never does: counterfoil home accessories/);
        await world.desk.close();
        Object.assign(world, await startDesk(world.state));
      },
    },
    {
      title: 'home pair needs no address: the QR code says which accessory is meant',
      async run({ place }) {
        const payload = encodeSetupPayload({
          setupCode: CODE,
          setupId: SETUP_ID,
          category: 5,
          ip: true,
          ble: false,
          paired: false,
        });
        const ran = await place.cf(['home', 'pair', 'desk', '--code', payload, ...LOOK]);
        assert.equal(ran.code, 0, ran.err);
        assert.match(ran.out, /^paired as desk\n/);
      },
    },
    {
      title: 'home discover says then that it is ours, and home accessories what it announces',
      async run(world) {
        const found = await seen(world);
        assert.deepEqual([found?.known, found?.paired], ['desk', true]);
        const all = await world.place.json<AccessoryView[]>(['home', 'accessories']);
        const desk = all.find(({ id }) => id === 'desk');
        assert.deepEqual([desk?.reachable, desk?.sf, desk?.firmware], [true, 0, '2.5.1']);
      },
    },
    {
      title: 'after a restart at another port it is found again by itself, and remembered there',
      async run(world) {
        const { place, state } = world;
        const before = world.desk.port;
        await world.announced.close();
        await world.desk.close();
        Object.assign(world, await startDesk(state));
        assert.notEqual(world.desk.port, before);
        const ran = await place.cf(['home', 'set', 'desk/lightbulb/on=on']);
        assert.equal(ran.code, 0, ran.err);
        assert.equal(world.desk.get(LAMP.aid, LAMP.on), true);
        const all = await place.json<AccessoryView[]>(['home', 'accessories']);
        assert.equal(all.find(({ id }) => id === 'desk')?.address, `127.0.0.1:${world.desk.port}`);
      },
    },
    {
      title: 'explain home finds it by its name and speaks with it; of a name that nobody has it says so',
      async run({ place }) {
        const there = await place.cf(['explain', 'home', 'Desk']);
        assert.equal(there.code, 0, there.out);
        assert.match(there.out, /✓ accessory-found · protocol-version/);
        const nobody = await place.cf(['explain', 'home', 'Nobody']);
        assert.equal(nobody.code, 1);
        assert.match(nobody.out, /no accessory of that id announces itself on this network/);
      },
    },
    {
      title: 'one that was reset is told apart: it announces that nobody is paired with it',
      async run(world) {
        await world.announced.close();
        await world.desk.close();
        const now = world.state.current();
        if (now) world.state.write({ ...now, pairings: [] });
        Object.assign(world, await startDesk(world.state));
        const { out } = await world.place.cf(['home', 'discover', ...LOOK]);
        assert.match(out, /was desk, reset/);
        const ran = await world.place.cf(['explain', 'home', 'desk']);
        assert.equal(ran.code, 1);
        assert.match(ran.out, /it was reset/);
      },
    },
  ],
};
