/** The hub's lamp as tests use it: over HAP, by the hub's own pairing. */
import { LAMP } from '../../src/protocols/hap/accessory/lamp.ts';
import { openSession } from '../../src/protocols/hap/controller.ts';
import { identityFrom } from '../../src/protocols/hap/keys.ts';
import type { Session } from '../../src/protocols/hap/session.ts';
import type { Hub } from '../../src/server/hub.ts';
import type { ProofKey } from './dpop.ts';

/** Switches it as the hub. */
export function switchLamp({ hub }: { readonly hub: Hub }, on: boolean): Promise<void> {
  return hub.lamp.write([{ aid: LAMP.aid, iid: LAMP.on, value: on }]);
}

/** A session of an app of its own, by the key that it signs its proofs with. */
export async function directSession(
  { hub }: { readonly hub: Hub },
  pairing: string,
  { secretJwk }: ProofKey,
): Promise<Session> {
  const { id, key } = await hub.lamp.identity();
  const paired = {
    accessoryId: id,
    accessoryLtpk: Buffer.from(key, 'base64url'),
    identity: identityFrom(pairing, Buffer.from(secretJwk.d ?? '', 'base64url')),
  };
  return openSession(await hub.lamp.address(), paired);
}

/** What it lists beside the hub's own pairing. */
export async function appPairings({ hub }: { readonly hub: Hub }): Promise<{ id: string; key: string }[]> {
  const listed = await hub.lamp.listPairings();
  return listed.filter(({ id }) => id !== hub.house.identity.id).map(({ id, key }) => ({ id, key }));
}
