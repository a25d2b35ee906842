/** The shape of a class of faults: how it is made, and what the doctor must find. */
import { connect } from '../../../src/protocols/hap/connect.ts';
import { HapError } from '../../../src/protocols/hap/errors.ts';
import type { Random } from './random.ts';
import type { Lamp, Scene } from './scene.ts';

/** One class. */
export interface FaultClass {
  readonly id: string;
  /**
   * `rule/cause`, any of which is right as the decisive one; `ok` for a run without a fault. `any`: bytes were spoiled at random;
   * the doctor must find something it can name exactly when the controller did not get through.
   */
  readonly expect: readonly string[];
  /** A warning that must be there beside it. */
  readonly warns?: string;
  /** Says, for `any`, whether the controller got through. */
  play(scene: Scene): Promise<unknown>;
}

/** Waits for an operation of the controller, and says whether it went well; its refusal stands in the transcript. */
export async function attempt(doing: Promise<unknown>): Promise<boolean> {
  try {
    await doing;
    return true;
  } catch (error) {
    if (!(error instanceof HapError)) throw error;
    return false;
  }
}

/**
 * What stands before the fault, by chance: the sighting of it and of its neighbours, wrong codes so far, a first try at an old
 * port that was made good.
 */
export async function prelude(scene: Scene, lamp: Lamp): Promise<void> {
  const { random, record } = scene;
  if (random.chance(0.3)) neighbours(scene, lamp);
  if (random.chance(0.6)) scene.sight(lamp);
  if (random.chance(0.5)) record('pair-setup M1', 'known', { own_failures: random.below(40), policy: 'static' });
  if (random.chance(0.3)) record('connect', 'known', { last_address: lamp.address.host, last_port: lamp.address.port });
  if (random.chance(0.2)) {
    await attempt(connect({ host: '127.0.0.1', port: await scene.closedPort() }, scene.options));
    const made = await connect(lamp.address, scene.options);
    made.close();
  }
}

/** Others on the network, with TXT records that mean nothing for this one. */
export function neighbours(scene: Scene, lamp: Lamp): void {
  const { random } = scene;
  scene.record('connect', 'known', { accessory_id: lamp.identity.id });
  for (let i = 1 + random.below(3); i > 0; i--) {
    const txt_id = `0${random.below(10)}:BB:CC:DD:EE:F${i}`;
    scene.sight(lamp, {
      txt_id,
      port: 1_024 + random.below(60_000),
      txt_sf: random.below(8),
      txt_pv: random.pick(['1.0', '1.1', '2.0']),
    });
  }
}

/** Does it, and by chance does it again: people try twice. */
export async function stubbornly({ random }: Scene, doing: () => Promise<unknown>): Promise<void> {
  for (let times = random.chance(0.3) ? 2 : 1; times > 0; times--) await attempt(doing());
}

/** A byte near the end of what is sent, where seals and signatures are. */
export function late(random: Random, bytes: Buffer): number {
  return bytes.length - 1 - random.below(16);
}

/** The same bytes with one bit turned. */
export function flipped(bytes: Buffer, at: number, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ (1 << bit), at);
  return copy;
}
