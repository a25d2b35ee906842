/** Pairing: whom an accessory refuses, and for which codes. */
import {
  BUSY,
  backoff,
  type Fault,
  type FaultPoint,
  faultAt,
  MAX_PEERS,
  MAX_TRIES,
  UNAVAILABLE,
} from '../../../src/protocols/hap/accessory/index.ts';
import { pairSetup } from '../../../src/protocols/hap/controller.ts';
import { newIdentity } from '../../../src/protocols/hap/keys.ts';
import { attempt, type FaultClass, prelude } from './class.ts';
import { type Lamp, type Scene, setupCode } from './scene.ts';
import { anyPoint, anywhere, scripted } from './scripted.ts';

/** Pairs with another code than the lamp's. */
async function wrongCode(scene: Scene, lamp: Lamp): Promise<void> {
  const code = setupCode(scene.random);
  await attempt(pairSetup(lamp.address, code === lamp.code ? '948-12-306' : code, newIdentity(), scene.options));
}

const REFUSALS: readonly FaultClass[] = [
  {
    id: 'paired-elsewhere',
    expect: ['hap.setup-unpaired/paired'],
    async play(scene) {
      const lamp = await scene.lamp({ pairings: 1 + scene.random.below(5) });
      await prelude(scene, lamp);
      await attempt(pairSetup(lamp.address, lamp.code, newIdentity(), scene.options));
    },
  },
  {
    id: 'half-done',
    expect: ['hap.setup-unpaired/half-done'],
    async play(scene) {
      const fault = scene.random.pick<Fault>([
        { kind: 'close', carriedOut: true },
        { kind: 'silence', carriedOut: true },
        { kind: 'wrong-signature' },
      ]);
      const lamp = await scene.lamp({ faults: faultAt('pair-setup M6', fault) });
      await prelude(scene, lamp);
      await attempt(pairSetup(lamp.address, lamp.code, newIdentity(), scene.hurried));
      await attempt(pairSetup(lamp.address, lamp.code, newIdentity(), scene.options));
    },
  },
  {
    id: 'paired-here',
    expect: ['hap.setup-unpaired/paired-here'],
    async play(scene) {
      const lamp = await scene.lamp({ pairings: 1 });
      await prelude(scene, lamp);
      scene.record('pair-setup M1', 'known', { paired_here: true, admin: true });
      await attempt(pairSetup(lamp.address, lamp.code, newIdentity(), scene.options));
    },
  },
  scripted('unavailable-scripted', 'pair-setup M2', () => UNAVAILABLE, ['hap.setup-unpaired/paired']),
  {
    id: 'max-tries',
    expect: ['hap.setup-tries/exhausted'],
    async play(scene) {
      const lamp = await scene.lamp({ failures: 101 + scene.random.below(50) });
      await prelude(scene, lamp);
      await attempt(
        pairSetup(
          lamp.address,
          scene.random.chance(0.5) ? lamp.code : setupCode(scene.random),
          newIdentity(),
          scene.options,
        ),
      );
    },
  },
  scripted('max-tries-scripted', 'pair-setup M2', () => MAX_TRIES, ['hap.setup-tries/exhausted']),
  {
    id: 'busy',
    expect: ['hap.setup-free/busy'],
    async play(scene) {
      // somebody else gets M2 and then hesitates
      const holding = Promise.withResolvers<void>();
      let asked = 0;
      const faults = (point: FaultPoint): Fault | undefined => {
        if (point !== 'pair-setup M4' || ++asked > 1) return undefined;
        holding.resolve();
        return { kind: 'silence' };
      };
      const lamp = await scene.lamp({ faults });
      await prelude(scene, lamp);
      const stop = new AbortController();
      const other = attempt(pairSetup(lamp.address, lamp.code, newIdentity(), { signal: stop.signal }));
      await holding.promise;
      await attempt(pairSetup(lamp.address, lamp.code, newIdentity(), scene.options));
      stop.abort();
      await other;
    },
  },
  scripted('busy-scripted', 'pair-setup M2', () => BUSY, ['hap.setup-free/busy']),
  {
    id: 'backoff',
    expect: ['hap.setup-backoff/wait'],
    async play(scene) {
      const lamp = await scene.lamp({ more: { backoffSeconds: () => 30 } });
      await attempt(pairSetup(lamp.address, '948-12-306', newIdentity()));
      await prelude(scene, lamp);
      await attempt(pairSetup(lamp.address, lamp.code, newIdentity(), scene.options));
    },
  },
  scripted('backoff-scripted', 'pair-setup M2', ({ random }) => backoff(1 + random.below(300)), [
    'hap.setup-backoff/wait',
  ]),
  {
    id: 'max-peers',
    expect: ['hap.setup-room/full'],
    async play(scene) {
      const lamp = await scene.lamp({ faults: faultAt(anyPoint(scene), MAX_PEERS) });
      await prelude(scene, lamp);
      await attempt(pairSetup(lamp.address, lamp.code, newIdentity(), scene.options));
    },
  },
  anywhere('unknown-error', () => ({ kind: 'tlv-error', error: 1 }), ['hap.error-known/unknown']),
  anywhere('error-out-of-place', ({ random }) => ({ kind: 'tlv-error', error: 8 + random.below(90) }), [
    'hap.error-known/out-of-place',
  ]),
];

const CODE: readonly FaultClass[] = [
  {
    id: 'wrong-code',
    expect: ['hap.setup-code/wrong'],
    async play(scene) {
      const lamp = await scene.lamp();
      await prelude(scene, lamp);
      await wrongCode(scene, lamp);
    },
  },
  {
    id: 'nearly-locked',
    expect: ['hap.setup-code/nearly-locked'],
    async play(scene) {
      const own_failures = 90 + scene.random.below(10);
      const lamp = await scene.lamp({ failures: own_failures });
      scene.record('pair-setup M1', 'known', { own_failures });
      await wrongCode(scene, lamp);
    },
  },
  {
    id: 'code-rotated',
    expect: ['hap.setup-code/rotated'],
    async play(scene) {
      const next = (): string => setupCode(scene.random);
      const lamp = await scene.lamp({ more: { setupCode: { policy: 'rotating', next } } });
      scene.record('pair-setup M1', 'known', { policy: 'rotating', own_failures: scene.random.below(3) });
      await attempt(pairSetup(lamp.address, '948-12-306', newIdentity(), scene.options));
    },
  },
  {
    id: 'out-of-memory',
    expect: ['hap.setup-code/out-of-memory'],
    async play(scene) {
      const fault = scene.random.pick<Fault>([
        { kind: 'tlv-error', error: 2 },
        { kind: 'tlv-error', error: 1 },
        { kind: 'http-status', status: 500 },
        { kind: 'http-status', status: 503 },
      ]);
      const lamp = await scene.lamp({ faults: faultAt('pair-setup M4', fault) });
      const slow = await scene.through(lamp, (bytes, n) => ({ bytes: [bytes], afterMs: n === 2 ? 8_100 : 0 }));
      await attempt(pairSetup(slow, lamp.code, newIdentity(), scene.options));
    },
  },
];

/** All of them. */
export const SETUP: readonly FaultClass[] = [...REFUSALS, ...CODE];
