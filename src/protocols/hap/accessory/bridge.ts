/**
 * The hub as an accessory: a bridge (HAP §2.5.3) with a long-term key of its own, and behind it whatever it lets others see. Whoever
 * pairs with it has learned that key, and can tell this hub from any other from then on.
 */
import type { Accessory, Database } from './database.ts';
import { accessoryInformation, type Label, protocolInformation } from './services.ts';

/** The bridge's own accessory id. */
export const BRIDGE_AID = 1;

/**
 * The database of a bridge. Ids of bridged accessories are the caller's and never used again for another one (HAP §2.6.1).
 *
 * @throws RangeError when a bridged accessory has the bridge's id
 */
export function bridgeDatabase(label: Label, bridged: readonly Accessory[]): Database {
  if (bridged.some(({ aid }) => aid === BRIDGE_AID))
    throw new RangeError(
      `expected bridged accessories with ids from ${BRIDGE_AID + 1}, got ${BRIDGE_AID}: take another id`,
    );
  return [{ aid: BRIDGE_AID, services: [accessoryInformation(label), protocolInformation()] }, ...bridged];
}
