/** Our controller and a lamp by HAP-NodeJS, which runs in the same process: nothing but loopback is around it. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createTranscript,
  HapError,
  type Identity,
  identify,
  newIdentity,
  openSession,
  type Paired,
  pairSetup,
  type Session,
  TLV_ERROR,
} from '../../src/protocols/hap/index.ts';
import type { Scenario } from '../support/netns.ts';

// its declarations are const enums behind CommonJS: what is needed of it is few words
const hap = createRequire(import.meta.url)('@homebridge/hap-nodejs') as typeof import('@homebridge/hap-nodejs');

const CODE = '031-45-154';
const ID = '3C:33:1B:21:B3:12';
const ADDRESS = { host: '127.0.0.1', port: 51_990 };
const LIGHTBULB = 5;

interface World {
  readonly folder: string;
  readonly lamp: InstanceType<typeof hap.Accessory>;
  readonly identity: Identity;
  readonly identified: boolean[];
  paired: Paired | undefined;
  session: Session | undefined;
  on: { readonly aid: number; readonly iid: number };
}

type Bulb = ReturnType<InstanceType<typeof hap.Accessory>['addService']>;

function bulbOf({ lamp }: World): Bulb {
  const bulb = lamp.getService(hap.Service.Lightbulb);
  assert(bulb);
  return bulb;
}

function paired(world: World): Paired {
  assert(world.paired, 'the step before did not pair');
  return world.paired;
}

function session(world: World): Session {
  assert(world.session, 'the step before opened no session');
  return world.session;
}

async function refused(run: Promise<unknown>): Promise<HapError> {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert(error instanceof HapError, `expected a HapError, got ${error}`);
  return error;
}

export const scenario: Scenario<World> = {
  async open() {
    const folder = mkdtempSync(join(tmpdir(), 'controller-'));
    hap.HAPStorage.setCustomStoragePath(folder);
    const lamp = new hap.Accessory('Peer lamp', hap.uuid.generate(ID));
    const bulb = lamp.addService(hap.Service.Lightbulb, 'Bulb');
    bulb.addCharacteristic(hap.Characteristic.Brightness);
    // enough that /accessories takes many frames
    for (let i = 0; i < 60; i++) lamp.addService(hap.Service.Switch, `Switch ${i}`, `switch-${i}`);
    const identified: boolean[] = [];
    lamp.on('identify' as never, (...[isPaired, done]: [boolean, () => void]) => {
      identified.push(isPaired);
      done();
    });
    const advertised = new Promise<void>((done) => lamp.on('advertised' as never, () => done()));
    await lamp.publish({
      username: ID,
      pincode: CODE,
      category: LIGHTBULB,
      setupID: '1QJ8',
      port: ADDRESS.port,
      bind: 'lo',
      advertiser: 'ciao' as never,
    });
    await advertised;
    return {
      folder,
      lamp,
      identified,
      identity: newIdentity(),
      paired: undefined,
      session: undefined,
      on: { aid: 1, iid: 0 },
    };
  },
  async close({ lamp, folder }) {
    await lamp.unpublish();
    rmSync(folder, { recursive: true, force: true });
  },
  steps: [
    {
      title: 'an address that swallows what is sent to it is given up by the deadline',
      async run() {
        // a cable whose other end has another hardware address than the one that is written on the frames
        const cable = 'ip link add v0 type veth peer name v1 && ip addr add 10.51.51.1/24 dev v0 && ip link set v0 up';
        const nobody = 'ip link set v1 up && ip neigh add 10.51.51.2 lladdr 02:00:00:00:00:51 dev v0';
        const made = spawnSync('sh', ['-c', `${cable} && ${nobody}`], { encoding: 'utf8' });
        assert.equal(made.status, 0, made.stderr);
        const transcript = createTranscript();
        const options = { deadlines: { connectMs: 200 }, record: transcript.record };
        const error = await refused(identify({ host: '10.51.51.2', port: 80 }, options));
        assert.deepEqual([error.kind, error.step], ['timeout', 'connect']);
        const last = transcript.entries().at(-1);
        assert.deepEqual(
          [last?.event, last?.facts['deadline_ms'], last?.facts['address']],
          ['timeout', 200, '10.51.51.2'],
        );
      },
    },
    {
      title: 'an unpaired accessory identifies itself',
      async run({ identified }) {
        await identify(ADDRESS);
        assert.deepEqual(identified, [false]);
      },
    },
    {
      title: 'a wrong setup code is refused at M4, and the next attempt is heard',
      async run({ identity }) {
        const transcript = createTranscript();
        const error = await refused(pairSetup(ADDRESS, '031-45-155', identity, { record: transcript.record }));
        assert.equal(error.step, 'pair-setup M4');
        assert.equal(error.tlvError, TLV_ERROR.authentication);
        const last = transcript.entries().at(-1);
        assert.deepEqual([last?.step, last?.event, last?.facts['error']], ['pair-setup M4', 'failed', 2]);
        assert(!JSON.stringify(transcript.entries()).includes('031-45'));
      },
    },
    {
      title: 'the setup code on its label pairs it',
      async run(world) {
        const transcript = createTranscript();
        world.paired = await pairSetup(ADDRESS, CODE, world.identity, { accessoryId: ID, record: transcript.record });
        assert.equal(world.paired.accessoryId, ID);
        assert.equal(world.paired.accessoryLtpk.length, 32);
        const told = transcript.entries().map(({ step, event }) => `${step} ${event}`);
        for (const m of ['M1 sent', 'M2 received', 'M3 sent', 'M4 received', 'M5 sent', 'M6 received', 'M6 done'])
          assert(told.includes(`pair-setup ${m}`), `expected ${m} in ${told.join(', ')}`);
      },
    },
    {
      title: 'a second setup is told that it is paired, an identify that it may not',
      async run() {
        assert.equal((await refused(pairSetup(ADDRESS, CODE, newIdentity()))).tlvError, TLV_ERROR.unavailable);
        const error = await refused(identify(ADDRESS));
        assert.deepEqual([error.kind, error.httpStatus, error.hapStatus], ['http-status', 400, -70401]);
      },
    },
    {
      title: 'a session lists what it has, over many frames',
      async run(world) {
        world.session = await openSession(ADDRESS, paired(world));
        const [accessory] = await world.session.accessories();
        assert.equal(accessory?.services.filter(({ type }) => type === '49').length, 60);
        const bulb = accessory?.services.find(({ type }) => type === '43');
        const on = bulb?.characteristics.find(({ type }) => type === '25');
        assert.equal(on?.format, 'bool');
        assert.equal(on?.value, false);
        world.on = { aid: 1, iid: on?.iid ?? 0 };
      },
    },
    {
      title: 'reads and writes reach the lamp, and a bool is a bool',
      async run(world) {
        await session(world).write([{ ...world.on, value: true }]);
        assert.equal(bulbOf(world).getCharacteristic(hap.Characteristic.On).value, true);
        assert.deepEqual(await session(world).read([world.on]), [{ ...world.on, status: 0, value: true }]);
      },
    },
    {
      title: 'fifty questions at once are answered each',
      async run(world) {
        const values = await Promise.all(Array.from({ length: 50 }, () => session(world).read([world.on])));
        assert(values.every(([one]) => one?.value === true));
      },
    },
    {
      title: 'a write that is refused names the characteristic and the status, and the session lives on',
      async run(world) {
        const error = await refused(
          session(world).write([
            { aid: 1, iid: 2, value: 'x' },
            { ...world.on, value: false },
          ]),
        );
        assert.deepEqual([error.kind, error.step, error.refused.length], ['hap-status', 'write', 1]);
        assert.equal(error.hapStatus, error.refused[0]?.status);
        assert.equal((await session(world).read([world.on]))[0]?.value, false);
        const [missing] = await session(world).read([{ aid: 1, iid: 9_999 }]);
        assert((missing?.status ?? 0) < 0);
      },
    },
    {
      title: 'a timed write is done in time',
      async run(world) {
        await session(world).timedWrite([{ ...world.on, value: true }], 5_000);
        assert.equal(bulbOf(world).getCharacteristic(hap.Characteristic.On).value, true);
      },
    },
    {
      title: 'a subscription hears each change until it is stopped',
      async run(world) {
        const heard: unknown[] = [];
        let wake = (): void => {};
        const stop = await session(world).subscribe([world.on], (changes) => {
          heard.push(...changes.map(({ value }) => value));
          wake();
        });
        const next = (): Promise<void> =>
          new Promise((done) => {
            wake = done;
          });
        const one = next();
        bulbOf(world).updateCharacteristic(hap.Characteristic.On, false);
        await one;
        const two = next();
        bulbOf(world).updateCharacteristic(hap.Characteristic.On, true);
        await two;
        assert.deepEqual(heard, [false, true]);
        await stop();
        bulbOf(world).updateCharacteristic(hap.Characteristic.On, false);
        await session(world).read([world.on]);
        assert.equal(heard.length, 2);
      },
    },
    {
      title: 'another controller is added, listed, verified, and may list nothing itself',
      async run(world) {
        const other = newIdentity();
        await session(world).addPairing({ id: other.id, publicKey: other.publicKey, admin: false });
        const listed = await session(world).listPairings();
        assert.deepEqual(
          listed.map(({ id, admin }) => [id, admin]).sort(),
          [
            [world.identity.id, true],
            [other.id, false],
          ].sort(),
        );
        assert(listed.some(({ publicKey }) => other.publicKey.equals(publicKey)));
        const others = await openSession(ADDRESS, { ...paired(world), identity: other });
        const error = await refused(others.listPairings());
        assert.deepEqual([error.kind, error.tlvError], ['tlv-error', TLV_ERROR.authentication]);
        assert.equal((await others.read([world.on]))[0]?.status, 0);
        await session(world).removePairing(other.id);
        assert(await others.closed);
        assert.equal((await session(world).listPairings()).length, 1);
        assert.equal(
          (await refused(openSession(ADDRESS, { ...paired(world), identity: other }))).step,
          'pair-verify M4',
        );
      },
    },
    {
      title: 'another key or another accessory is told apart at M2 of pair-verify',
      async run(world) {
        const stranger = newIdentity();
        const key = await refused(openSession(ADDRESS, { ...paired(world), accessoryLtpk: stranger.publicKey }));
        assert.deepEqual([key.kind, key.step, key.facts['check']], ['authentication', 'pair-verify M2', 'signature']);
        const id = await refused(openSession(ADDRESS, { ...paired(world), accessoryId: '00:00:00:00:00:00' }));
        assert.deepEqual([id.kind, id.step, id.facts['check']], ['authentication', 'pair-verify M2', 'accessory-id']);
      },
    },
    {
      title: 'removing our own pairing ends the session, and it can be paired again',
      async run(world) {
        await session(world).removePairing(world.identity.id);
        assert.equal(await session(world).closed, undefined);
        const again = await pairSetup(ADDRESS, CODE, newIdentity());
        assert.equal(again.accessoryId, ID);
      },
    },
  ],
};
