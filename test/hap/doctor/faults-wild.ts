/** Bytes spoiled at random on their way: nobody can say beforehand what it will look like. */
import { LAMP } from '../../../src/protocols/hap/accessory/index.ts';
import { openSession, pairSetup } from '../../../src/protocols/hap/controller.ts';
import { newIdentity } from '../../../src/protocols/hap/keys.ts';
import { attempt, type FaultClass, flipped, prelude } from './class.ts';
import type { Alter } from './proxy.ts';
import type { Random } from './random.ts';
import { type Lamp, type Scene, smallTalk } from './scene.ts';

/** Spoils one message of a connection. */
function spoiler(random: Random, among: number): Alter {
  const victim = 1 + random.below(among);
  return (bytes, n) => ({ bytes: n === victim ? spoiled(random, bytes) : [bytes] });
}

function spoiled(random: Random, bytes: Buffer): readonly Buffer[] {
  const at = random.below(bytes.length);
  switch (random.below(6)) {
    case 0:
      return [flipped(bytes, at, random.below(8))];
    case 1:
      return [flipped(flipped(bytes, at, random.below(8)), random.below(bytes.length), random.below(8))];
    case 2:
      return [bytes.subarray(0, at), Buffer.alloc(0)];
    case 3:
      return [bytes.subarray(0, at), bytes.subarray(Math.max(0, at - 1 - random.below(4)))];
    case 4:
      return [bytes.subarray(0, at), Buffer.from([random.below(256)]), bytes.subarray(at)];
    default:
      return [bytes, bytes.subarray(at)];
  }
}

async function talk(scene: Scene, lamp: Lamp, alter: Alter): Promise<boolean> {
  const at = await scene.through(lamp, alter);
  if (!lamp.paired) return attempt(pairSetup(at, lamp.code, newIdentity(), scene.hurried));
  const { paired } = lamp;
  return attempt(
    (async () => {
      const session = await openSession(at, paired, scene.hurried);
      scene.defer(() => session.close());
      await session.accessories();
      await smallTalk(scene, session);
      await session.write([{ aid: LAMP.aid, iid: LAMP.on, value: true }]);
    })(),
  );
}

/** A kind of run, spoiled. */
function wild(id: string, pairings: number, messages: number): FaultClass {
  return {
    id,
    expect: ['any'],
    async play(scene) {
      const lamp = await scene.lamp({ pairings });
      await prelude(scene, lamp);
      return talk(scene, lamp, spoiler(scene.random, messages));
    },
  };
}

/** All of them. */
export const WILD: readonly FaultClass[] = [
  wild('wild-setup', 0, 3),
  wild('wild-verify', 1, 2),
  wild('wild-session', 1, 4),
  wild('wild-setup-again', 0, 3),
  wild('wild-session-again', 1, 4),
];
