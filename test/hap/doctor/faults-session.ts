/** The session, and what is asked over it. */
import type { Fault, HapStatus } from '../../../src/protocols/hap/accessory/index.ts';
import { faultAt, LAMP, MAX_PEERS } from '../../../src/protocols/hap/accessory/index.ts';
import { identify } from '../../../src/protocols/hap/controller.ts';
import { newIdentity } from '../../../src/protocols/hap/keys.ts';
import type { Session } from '../../../src/protocols/hap/session.ts';
import { attempt, type FaultClass, flipped, late, prelude, stubbornly } from './class.ts';
import { type Scene, sessionWith, smallTalk } from './scene.ts';
import { HTTP_CAUSE } from './scripted.ts';

type Expect = FaultClass['expect'];
const ON = { aid: LAMP.aid, iid: LAMP.on } as const;

/** A request over a session that stood, with one fault. */
function asking(id: string, expect: Expect, fault: (scene: Scene) => Fault, hurried = false): FaultClass {
  return {
    id,
    expect,
    async play(scene) {
      const doing = scene.random.pick(['accessories', 'read', 'write', 'subscribe'] as const);
      // the script wakes up when the small talk is over
      let awake = false;
      const spoiled = fault(scene);
      const lamp = await scene.lamp({
        pairings: 1,
        faults: (point) => (awake && point === doing ? spoiled : undefined),
      });
      await prelude(scene, lamp);
      const session = await sessionWith(scene, lamp, lamp.address, hurried ? scene.hurried : scene.options);
      await smallTalk(scene, session);
      awake = true;
      await stubbornly(scene, () => request(session, doing));
    },
  };
}

function request(session: Session, doing: 'accessories' | 'read' | 'write' | 'subscribe'): Promise<unknown> {
  if (doing === 'accessories') return session.accessories();
  if (doing === 'read') return session.read([ON]);
  if (doing === 'write') return session.write([{ ...ON, value: true }]);
  return session.subscribe([ON], () => undefined);
}

/** A session whose frames a proxy spoils after the dialogue: M2, M4, and then frames. */
function framed(id: string, expect: Expect, spoil: (scene: Scene, bytes: Buffer) => readonly Buffer[]): FaultClass {
  return {
    id,
    expect,
    async play(scene) {
      const lamp = await scene.lamp({ pairings: 1 });
      let awake = false;
      const at = await scene.through(lamp, (bytes, n) => ({ bytes: awake && n > 2 ? spoil(scene, bytes) : [bytes] }));
      const session = await sessionWith(scene, lamp, at, scene.options);
      await smallTalk(scene, session);
      awake = true;
      await attempt(scene.random.chance(0.5) ? session.read([ON]) : session.accessories());
      await attempt(session.read([ON]));
    },
  };
}

const STATUSES: Readonly<Record<HapStatus, string>> = {
  0: '',
  [-70401]: 'privileges',
  [-70402]: 'communication',
  [-70403]: 'busy',
  [-70404]: 'read-only',
  [-70405]: 'write-only',
  [-70406]: 'no-notify',
  [-70407]: 'resources',
  [-70408]: 'timeout',
  [-70409]: 'no-resource',
  [-70410]: 'invalid-value',
  [-70411]: 'authorization',
  [-70412]: 'not-now',
};

/** A status of HAP for a read, a write or a subscription. */
function refusing(status: HapStatus): FaultClass {
  return {
    id: `status${status}`,
    expect: [`hap.request-status/${STATUSES[status]}`],
    async play(scene) {
      const doing = scene.random.pick(['read', 'write', 'subscribe'] as const);
      let awake = false;
      const lamp = await scene.lamp({
        pairings: 1,
        faults: (point) => (awake && point === doing ? { kind: 'hap-status', status } : undefined),
      });
      await prelude(scene, lamp);
      const session = await sessionWith(scene, lamp);
      await smallTalk(scene, session);
      awake = true;
      await stubbornly(scene, () => request(session, doing));
    },
  };
}

const SESSION: readonly FaultClass[] = [
  framed('frame-flipped', ['hap.frame-readable/tag'], ({ random }, bytes) => [
    flipped(bytes, late(random, bytes), random.below(8)),
  ]),
  framed('frame-repeated', ['hap.frame-readable/tag'], (_, bytes) => [bytes, bytes]),
  framed('frame-oversized', ['hap.frame-readable/oversized'], ({ random }, bytes) => [
    flipped(bytes, 1, 4 + random.below(4)),
  ]),
  framed('frame-cut', ['hap.message-whole/truncated'], ({ random }, bytes) => [
    bytes.subarray(0, 1 + random.below(15)),
    END,
  ]),
  asking('unverified', ['hap.session-verified/unverified'], () => ({ kind: 'http-status', status: 470 })),
  asking('request-silent', ['hap.answer-in-time/request'], () => ({ kind: 'silence' }), true),
  asking('session-closed', ['hap.connection-kept/session'], ({ random }) => ({
    kind: random.pick(['close', 'reset'] as const),
  })),
  asking('request-not-json', ['hap.message-whole/malformed'], () => ({
    kind: 'body',
    body: Buffer.from('not json'),
    contentType: 'application/hap+json',
  })),
  ...[400, 404, 422, 429, 500, 503].map((status) =>
    asking(`request-http-${status}`, [`hap.http-status/${HTTP_CAUSE[status]}`], () => ({
      kind: 'http-status',
      status,
    })),
  ),
  ...Object.keys(STATUSES)
    .map(Number)
    .filter((status) => status !== 0)
    .map((status) => refusing(status as HapStatus)),
  {
    id: 'no-such-characteristic',
    expect: ['hap.request-status/no-resource'],
    async play(scene) {
      const lamp = await scene.lamp({ pairings: 1 });
      const session = await sessionWith(scene, lamp);
      await smallTalk(scene, session);
      const id = { aid: LAMP.aid, iid: 500 + scene.random.below(500) };
      await attempt(scene.random.chance(0.5) ? session.read([id]) : session.write([{ ...id, value: 1 }]));
    },
  },
  {
    id: 'late-write',
    expect: ['hap.timed-write/late'],
    async play(scene) {
      const ttl = 30 + scene.random.below(150);
      const lamp = await scene.lamp({ pairings: 1 });
      let awake = false;
      let held = 0;
      // the preparation is on time, and the write behind it is slow on its way
      const slow = (): number => (awake && ++held === 2 ? ttl + 60 + scene.random.below(200) : 0);
      const at = await scene.through(lamp, (bytes) => ({ bytes: [bytes] }), slow);
      const session = await sessionWith(scene, lamp, at);
      await smallTalk(scene, session);
      awake = true;
      await attempt(session.timedWrite([{ ...ON, value: true }], ttl));
    },
  },
  {
    id: 'timed-write-value',
    expect: ['hap.timed-write/value'],
    async play(scene) {
      const lamp = await scene.lamp({ pairings: 1 });
      const session = await sessionWith(scene, lamp);
      await smallTalk(scene, session);
      await attempt(
        session.timedWrite([{ aid: LAMP.aid, iid: LAMP.brightness, value: 101 + scene.random.below(900) }], 60_000),
      );
    },
  },
  {
    id: 'identify-paired',
    expect: ['hap.session-verified/paired'],
    async play(scene) {
      const lamp = await scene.lamp({ pairings: 1 });
      await prelude(scene, lamp);
      await attempt(identify(lamp.address, scene.options));
    },
  },
  {
    id: 'events-stopped',
    expect: ['hap.events-arrive/stopped'],
    async play(scene) {
      const lamp = await scene.lamp({ pairings: 1, faults: faultAt('event', { kind: 'silence' }) });
      const session = await sessionWith(scene, lamp);
      let heard = 0;
      await session.subscribe([ON], () => heard++);
      lamp.server.set(LAMP.aid, LAMP.on, true);
      await new Promise((resolve) => setTimeout(resolve, 150));
      // what a watcher does: it reads, sees a change that no event told, and says so
      const [read] = await session.read([ON]);
      if (read?.value === true && heard === 0) scene.record('event', 'timeout', { deadline_ms: 150 });
    },
  },
];

const PAIRINGS: readonly FaultClass[] = [
  {
    id: 'not-admin',
    expect: ['hap.pairing-admin/not-admin'],
    async play(scene) {
      const lamp = await scene.lamp({ pairings: 1, admin: false });
      const session = await sessionWith(scene, lamp);
      await smallTalk(scene, session);
      const { id, publicKey } = newIdentity();
      const doing = scene.random.below(3);
      if (doing === 0) await attempt(session.listPairings());
      else await attempt(doing === 1 ? session.addPairing({ id, publicKey, admin: false }) : session.removePairing(id));
    },
  },
  {
    id: 'id-taken',
    expect: ['hap.pairing-free/taken'],
    async play(scene) {
      const lamp = await scene.lamp({ pairings: 2 });
      const session = await sessionWith(scene, lamp);
      const taken = lamp.server.pairings()[scene.random.below(2)]?.id ?? '';
      await attempt(
        session.addPairing({ id: taken, publicKey: newIdentity().publicKey, admin: scene.random.chance(0.5) }),
      );
    },
  },
  {
    id: 'no-room',
    expect: ['hap.setup-room/full'],
    async play(scene) {
      const real = scene.random.chance(0.5);
      const lamp = await scene.lamp({
        pairings: real ? 16 : 1,
        ...(!real && { faults: faultAt('add-pairing', MAX_PEERS) }),
      });
      const session = await sessionWith(scene, lamp);
      const { id, publicKey } = newIdentity();
      await attempt(session.addPairing({ id, publicKey, admin: false }));
    },
  },
  {
    id: 'removal-unknown',
    expect: ['hap.removal-known/not-there'],
    async play(scene) {
      const lamp = await scene.lamp({
        pairings: 2,
        faults: faultAt('remove-pairing', { kind: 'tlv-error', error: 1 }),
      });
      const session = await sessionWith(scene, lamp);
      await attempt(session.removePairing(newIdentity().id));
    },
  },
  {
    id: 'session-healthy',
    expect: ['ok'],
    async play(scene) {
      const lamp = await scene.lamp({ pairings: 1 });
      await prelude(scene, lamp);
      scene.record('connect', 'known', { paired_here: true });
      const session = await sessionWith(scene, lamp);
      await smallTalk(scene, session);
      await session.timedWrite([{ ...ON, value: true }], 20_000);
      const { id, publicKey } = newIdentity();
      await session.addPairing({ id, publicKey, admin: false });
      await session.removePairing(id);
      session.close();
    },
  },
];

/** No bytes: the proxy hangs up. */
const END = Buffer.alloc(0);

/** All of them. */
export const SESSIONS: readonly FaultClass[] = [...SESSION, ...PAIRINGS];
