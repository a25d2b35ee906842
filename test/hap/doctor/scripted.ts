/** Pair-setup with one fault of the accessory's script. */
import { type Fault, type FaultPoint, faultAt } from '../../../src/protocols/hap/accessory/index.ts';
import { pairSetup } from '../../../src/protocols/hap/controller.ts';
import { newIdentity } from '../../../src/protocols/hap/keys.ts';
import { attempt, type FaultClass, prelude, stubbornly } from './class.ts';
import type { Scene } from './scene.ts';

type Expect = FaultClass['expect'];

/** What an HTTP status means here. */
export const HTTP_CAUSE: Readonly<Record<number, string>> = {
  400: 'bad-request',
  404: 'not-found',
  422: 'unprocessable',
  429: 'too-many',
  500: 'server-error',
  503: 'out-of-service',
};

/** Pair-setup with one fault of the script at one point. */
export function scripted(
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
      const lamp = await scene.lamp({ faults: faultAt(point, fault(scene)) });
      await prelude(scene, lamp);
      const pair = (): Promise<unknown> =>
        pairSetup(lamp.address, lamp.code, newIdentity(), hurried ? scene.hurried : scene.options);
      // after M6 the accessory may have kept the pairing, and a second try is another story: half-done, below
      await (point === 'pair-setup M6' ? attempt(pair()) : stubbornly(scene, pair));
    },
  };
}

/** The answers of pair-setup. */
export const SETUP_POINTS = ['pair-setup M2', 'pair-setup M4', 'pair-setup M6'] as const;
/** One of them. */
export const anyPoint = ({ random }: Scene): (typeof SETUP_POINTS)[number] => random.pick(SETUP_POINTS);

/** The same at a point by chance. */
export function anywhere(id: string, fault: (scene: Scene) => Fault, expect: Expect): FaultClass {
  return {
    id,
    expect,
    async play(scene) {
      const lamp = await scene.lamp({ faults: faultAt(anyPoint(scene), fault(scene)) });
      await prelude(scene, lamp);
      await attempt(pairSetup(lamp.address, lamp.code, newIdentity(), scene.options));
    },
  };
}
