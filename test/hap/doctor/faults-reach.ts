/** Before anything is said: the code as it is typed, who announces itself, the way there. */
import { pairSetup } from '../../../src/protocols/hap/controller.ts';
import { newIdentity } from '../../../src/protocols/hap/keys.ts';
import { TRIVIAL_SETUP_CODES } from '../../../src/protocols/hap/setup-code.ts';
import { setupHash } from '../../../src/protocols/hap/txt.ts';
import { attempt, type FaultClass, neighbours, prelude } from './class.ts';
import { type Scene, sessionWith, setupCode, smallTalk } from './scene.ts';

/** Pairs with a code that is not written like one. */
function written(id: string, code: (scene: Scene) => string): FaultClass {
  return {
    id: `code-${id}`,
    expect: [`hap.setup-code-form/${id}`],
    async play(scene) {
      const lamp = await scene.lamp();
      await prelude(scene, lamp);
      await attempt(pairSetup(lamp.address, code(scene), newIdentity(), scene.options));
    },
  };
}

/** The sighting says one thing, and the connection does another. */
const CODE: readonly FaultClass[] = [
  written('length', ({ random }) => String(random.below(9_000_000) + 1_000_000).slice(random.below(3))),
  written(
    'characters',
    ({ random }) => `${random.pick(['X-HM://0023ISYWY', 'O31-45-154', 'hap5.1-authcode:abc', '123-4A-678'])}`,
  ),
  written('trivial', ({ random }) => random.pick(TRIVIAL_SETUP_CODES)),
];

const DISCOVERY: readonly FaultClass[] = [
  {
    id: 'not-found',
    expect: ['hap.accessory-found/silent'],
    async play(scene) {
      const lamp = await scene.lamp();
      const other = await scene.lamp();
      if (scene.random.chance(0.5)) scene.sight(other);
      scene.record('discover', 'timeout', {
        expected: lamp.identity.id,
        deadline_ms: 2_000 + scene.random.below(8_000),
      });
    },
  },
  {
    id: 'gone',
    expect: ['hap.accessory-found/gone'],
    async play(scene) {
      const lamp = await scene.lamp({ pairings: 1 });
      scene.sight(lamp);
      scene.sight(lamp, { presented: 'gone' });
      await lamp.server.close();
      await attempt(sessionWith(scene, lamp));
    },
  },
  {
    id: 'other-version',
    expect: ['hap.protocol-version/other'],
    async play(scene) {
      const faults = () => ({ kind: 'http-status', status: scene.random.pick([400, 404, 500]) }) as const;
      const lamp = await scene.lamp({ faults });
      if (scene.random.chance(0.5)) neighbours(scene, lamp);
      scene.sight(lamp, { txt_pv: scene.random.pick(['2.0', '3.1', '0.9', '5.1']) });
      await attempt(pairSetup(lamp.address, lamp.code, newIdentity(), scene.options));
    },
  },
  {
    id: 'other-label',
    expect: ['hap.setup-label/other-label'],
    async play(scene) {
      const setupId = scene.random.pick(['7OSX', 'AB12', 'ZZZ9']);
      const lamp = await scene.lamp({ more: { setupId } });
      const hash = (id: string): string => setupHash(id, lamp.identity.id);
      scene.sight(lamp);
      scene.record('discover', 'failed', { check: 'setup-hash', expected: hash(setupId), presented: hash('QQQQ') });
      if (scene.random.chance(0.5))
        await attempt(pairSetup(lamp.address, setupCode(scene.random), newIdentity(), scene.options));
    },
  },
  {
    id: 'reset-kept-id',
    expect: ['hap.pairing-standing/reset'],
    async play(scene) {
      const old = await scene.lamp({ pairings: 1 });
      const clone = await scene.lamp({ identity: newIdentity(old.identity.id) });
      scene.record('connect', 'known', { paired_here: true, accessory_id: old.identity.id });
      if (scene.random.chance(0.5)) neighbours(scene, old);
      scene.sight(clone);
      await attempt(sessionWith(scene, old, clone.address));
    },
  },
];

const CONNECTION: readonly FaultClass[] = [
  {
    id: 'refused',
    expect: ['hap.address-reachable/refused'],
    async play(scene) {
      const lamp = await scene.lamp({ pairings: 1 });
      await attempt(sessionWith(scene, lamp, { host: '127.0.0.1', port: await scene.closedPort() }));
    },
  },
  {
    id: 'port-moved',
    expect: ['hap.address-current/port-moved'],
    async play(scene) {
      const lamp = await scene.lamp({ pairings: 1 });
      const port = await scene.closedPort();
      scene.record('connect', 'known', { last_address: '127.0.0.1', last_port: port, paired_here: true });
      scene.sight(lamp);
      await attempt(sessionWith(scene, lamp, { host: '127.0.0.1', port }));
    },
  },
  {
    id: 'address-moved',
    expect: ['hap.address-current/address-moved'],
    async play(scene) {
      const lamp = await scene.lamp({ pairings: 1 });
      const host = `127.0.0.${2 + scene.random.below(200)}`;
      scene.record('connect', 'known', { last_address: host, last_port: lamp.address.port, paired_here: true });
      scene.sight(lamp);
      await attempt(sessionWith(scene, lamp, { host, port: lamp.address.port }));
    },
  },
  {
    id: 'unreachable',
    expect: ['hap.address-reachable/unreachable'],
    async play(scene) {
      const lamp = await scene.lamp();
      // the broadcast address takes no connection: the kernel says so at once, and sends nothing
      const nowhere = { host: '255.255.255.255', port: 1 + scene.random.below(60_000) };
      await attempt(pairSetup(nowhere, lamp.code, newIdentity(), scene.options));
    },
  },
  {
    id: 'silent-port',
    expect: ['hap.address-reachable/silent'],
    async play(scene) {
      const lamp = await scene.lamp({ pairings: 1 });
      await attempt(sessionWith(scene, lamp, scene.silent, scene.hurried));
    },
  },
  {
    id: 'one-address-dead',
    expect: ['ok'],
    warns: 'hap.address-agrees/one-dead',
    async play(scene) {
      const lamp = await scene.lamp({ pairings: 1 });
      scene.sight(lamp, { address: `127.0.0.9 ${lamp.address.host}` });
      await attempt(sessionWith(scene, lamp, { host: '127.0.0.9', port: lamp.address.port }));
      await smallTalk(scene, await sessionWith(scene, lamp));
    },
  },
];

/** All of them. */
export const REACH: readonly FaultClass[] = [...CODE, ...DISCOVERY, ...CONNECTION];
