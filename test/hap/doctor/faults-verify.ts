/** Proving a pairing: who answers, whether it is the one that was meant, whether it still knows us. */
import { type Fault, type FaultPoint, faultAt } from '../../../src/protocols/hap/accessory/index.ts';
import { openSession } from '../../../src/protocols/hap/controller.ts';
import { newIdentity } from '../../../src/protocols/hap/keys.ts';
import { attempt, type FaultClass, flipped, late, prelude, stubbornly } from './class.ts';
import { type Lamp, type Scene, sessionWith } from './scene.ts';

type Expect = FaultClass['expect'];

/** Pair-verify with one fault of the script. */
function verifying(
  id: string,
  point: FaultPoint,
  fault: (scene: Scene) => Fault,
  expect: Expect,
  hurried = false,
): FaultClass {
  return {
    id,
    expect,
    async play(scene) {
      const lamp = await scene.lamp({ pairings: 1 + scene.random.below(3), faults: faultAt(point, fault(scene)) });
      await prelude(scene, lamp);
      if (scene.random.chance(0.4)) scene.record('connect', 'known', { paired_here: true });
      await stubbornly(scene, () => sessionWith(scene, lamp, lamp.address, hurried ? scene.hurried : scene.options));
    },
  };
}

/** All of them. */
export const VERIFY: readonly FaultClass[] = [
  {
    id: 'another-accessory',
    expect: ['hap.accessory-identity/other'],
    async play(scene) {
      const lamp = await scene.lamp({ pairings: 1 });
      const neighbour = await scene.lamp({ pairings: scene.random.below(2) });
      await attempt(sessionWith(scene, lamp, neighbour.address));
    },
  },
  {
    id: 'clone',
    expect: ['hap.accessory-key/other-key'],
    async play(scene) {
      const lamp = await scene.lamp({ pairings: 1 });
      const clone = await scene.lamp({ pairings: scene.random.below(2), identity: newIdentity(lamp.identity.id) });
      await attempt(sessionWith(scene, lamp, clone.address));
    },
  },
  verifying(
    'verify-forged',
    'pair-verify M2',
    ({ random }) => ({ kind: random.pick(['wrong-signature', 'wrong-key'] as const) }),
    ['hap.accessory-key/other-key'],
  ),
  verifying('verify-other-id', 'pair-verify M2', () => ({ kind: 'wrong-id' }), ['hap.accessory-identity/other']),
  {
    id: 'verify-sealed',
    expect: ['hap.verify-sealed/tag'],
    async play(scene) {
      const lamp = await scene.lamp({ pairings: 1 });
      await prelude(scene, lamp);
      const spoil = (bytes: Buffer): Buffer => flipped(bytes, late(scene.random, bytes), scene.random.below(8));
      const at = await scene.through(lamp, (bytes, n) => ({ bytes: [n === 1 ? spoil(bytes) : bytes] }));
      await attempt(sessionWith(scene, lamp, at));
    },
  },
  {
    id: 'removed-there',
    expect: ['hap.pairing-kept/removed'],
    async play(scene) {
      const lamp = await scene.lamp({ pairings: 2 });
      await prelude(scene, lamp);
      scene.record('connect', 'known', { paired_here: true });
      const stranger = { ...(lamp.paired as NonNullable<Lamp['paired']>), identity: newIdentity() };
      await attempt(sessionWith(scene, { ...lamp, paired: stranger }));
    },
  },
  {
    id: 'ltpk-length',
    expect: ['hap.ltpk-length/length'],
    async play(scene) {
      const lamp = await scene.lamp({ pairings: 1 });
      const { paired } = lamp as Lamp & { paired: NonNullable<Lamp['paired']> };
      // base64 that was never decoded, hex that was never decoded, a byte lost
      const wrong = [
        Buffer.from(Buffer.from(paired.accessoryLtpk).toString('base64')),
        Buffer.from(Buffer.from(paired.accessoryLtpk).toString('hex')),
        Buffer.from(paired.accessoryLtpk).subarray(1),
      ];
      await attempt(openSession(lamp.address, { ...paired, accessoryLtpk: scene.random.pick(wrong) }, scene.options));
    },
  },
  verifying('verify-silent-m2', 'pair-verify M2', () => ({ kind: 'silence' }), ['hap.answer-in-time/verify-m2'], true),
  verifying('verify-silent-m4', 'pair-verify M4', () => ({ kind: 'silence' }), ['hap.answer-in-time/verify-m4'], true),
  {
    id: 'verify-closed',
    expect: ['hap.connection-kept/verify'],
    async play(scene) {
      const point = scene.random.pick(['pair-verify M2', 'pair-verify M4'] as const);
      const lamp = await scene.lamp({
        pairings: 1,
        faults: faultAt(point, { kind: scene.random.pick(['close', 'reset'] as const) }),
      });
      await prelude(scene, lamp);
      await attempt(sessionWith(scene, lamp));
    },
  },
  {
    id: 'stopped-by-caller',
    expect: ['ok'],
    warns: 'hap.end-explained/stopped',
    async play(scene) {
      const point = scene.random.pick(['pair-verify M2', 'pair-verify M4'] as const);
      const lamp = await scene.lamp({ pairings: 1, faults: faultAt(point, { kind: 'silence' }) });
      await prelude(scene, lamp);
      const signal = AbortSignal.timeout(50 + scene.random.below(100));
      await attempt(sessionWith(scene, lamp, lamp.address, { ...scene.options, signal }));
    },
  },
  {
    // whether the question was out already when the connection went is a matter of microseconds
    id: 'dropped',
    expect: ['hap.address-reachable/dropped', 'hap.connection-kept/verify'],
    async play(scene) {
      const kind = scene.random.pick(['close', 'reset'] as const);
      const lamp = await scene.lamp({ pairings: 1, faults: faultAt('connect', { kind }) });
      if (scene.random.chance(0.5)) scene.sight(lamp);
      await stubbornly(scene, () => sessionWith(scene, lamp));
    },
  },
  verifying('verify-busy', 'pair-verify M2', () => ({ kind: 'tlv-error', error: 7 }), ['hap.setup-free/busy']),
  verifying('verify-state', 'pair-verify M2', () => ({ kind: 'wrong-state' }), ['hap.message-state/other']),
  verifying('verify-truncated', 'pair-verify M2', ({ random }) => ({ kind: 'truncate', bytes: 1 + random.below(60) }), [
    'hap.message-whole/truncated',
  ]),
  {
    id: 'answer-repeated',
    expect: ['hap.message-state/unasked'],
    async play(scene) {
      const lamp = await scene.lamp({ pairings: 1 });
      await prelude(scene, lamp);
      const at = await scene.through(lamp, (bytes, n) => ({
        bytes: n === 1 ? [Buffer.concat([bytes, bytes])] : [bytes],
      }));
      await attempt(sessionWith(scene, lamp, at));
    },
  },
];
