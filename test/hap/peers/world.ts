/** What the steps against a foreign accessory share: what earlier ones left for later ones, and how a refusal is told. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type CharacteristicId, type ListedAccessory, shortType } from '../../../src/protocols/hap/characteristics.ts';
import { openSession } from '../../../src/protocols/hap/controller.ts';
import type { Found } from '../../../src/protocols/hap/discover.ts';
import { HapError, type HapErrorDetails, type HapErrorKind } from '../../../src/protocols/hap/errors.ts';
import type { Identity } from '../../../src/protocols/hap/keys.ts';
import type { Address } from '../../../src/protocols/hap/options.ts';
import type { Paired } from '../../../src/protocols/hap/pair-verify.ts';
import type { Pairing } from '../../../src/protocols/hap/pairings.ts';
import type { Session } from '../../../src/protocols/hap/session.ts';
import type { Step as Where } from '../../../src/protocols/hap/transcript.ts';
import type { Peer } from './start.ts';

/** What the steps share; each finds here what earlier ones left. */
export interface World {
  readonly peer: Peer;
  readonly owner: Identity;
  readonly guest: Identity;
  found?: Found;
  paired?: Paired;
  session?: Session;
  guestSession?: Session;
  accessories?: readonly ListedAccessory[];
}

/** The only interface there is. */
export const LO: { readonly interfaces: readonly string[] } = { interfaces: ['127.0.0.1'] };

const LIGHTBULB = '43';
/** Types of characteristics (HAP §9). */
export const ON = '25';
export const BRIGHTNESS = '8';

/** Something an earlier step should have left. */
export function had<T>(value: T | undefined, what: string): T {
  assert(value !== undefined, `an earlier step left no ${what}`);
  return value;
}

/** Where it was seen. */
export function addressOf({ found }: World): Address {
  const { addresses, port } = had(found, 'sighting');
  return { host: had(addresses[0], 'address'), port };
}

/** That `attempt` ends in a `HapError` at that step, of that kind, with those details. */
export async function refused(
  attempt: Promise<unknown>,
  step: Where,
  kind: HapErrorKind,
  details: HapErrorDetails = {},
): Promise<void> {
  const error = await attempt.then(
    () => assert.fail(`expected ${kind} at ${step}, got success`),
    (thrown: unknown) => thrown,
  );
  assert(error instanceof HapError, String(error));
  assert.deepEqual({ step: error.step, kind: error.kind }, { step, kind }, error.message);
  for (const [name, value] of Object.entries(details)) assert.equal(error[name as 'tlvError'], value, error.message);
}

/** Details of a refusal with an error number of pairing. */
export const tlv = (tlvError: number): HapErrorDetails => ({ tlvError });

/** The guest as the owner would add it. */
export const guestPairing = ({ guest }: World, admin: boolean): Pairing => ({
  id: guest.id,
  publicKey: guest.publicKey,
  admin,
});

/** A session as the guest, with its own key and what the owner knows of the accessory. */
export function openAsGuest(world: World, identity: Identity = world.guest): Promise<Session> {
  return openSession(addressOf(world), { ...had(world.paired, 'pairing'), identity });
}

/** A characteristic of the lamp, by its type. */
export function ofLamp(world: World, type: string): CharacteristicId {
  for (const { aid, services } of had(world.accessories, 'attribute database'))
    for (const service of services)
      if (service.type === LIGHTBULB)
        for (const one of service.characteristics) if (one.type === shortType(type)) return { aid, iid: one.iid };
  assert.fail(`expected a lightbulb with characteristic ${type}`);
}

/** What a characteristic is now. */
export async function currentValue(session: Session, id: CharacteristicId): Promise<unknown> {
  const [read] = await session.read([id]);
  assert.equal(read?.status, 0);
  return read.value;
}

/** Waits until what the peer printed fits. The step's own deadline ends it. */
export async function printed({ peer }: World, fits: RegExp): Promise<void> {
  while (!fits.test(peer.log())) await pause(20);
}
