/**
 * One pairing on one accessory, added or removed for a grant, and read back. Both may be done again from the beginning, after
 * whatever happened in between.
 */
import type { Effect } from '../../core/model.ts';
import { EXPIRED, LAST_ERRORS } from '../../profiles/home/effects.ts';
import type { Store } from '../../store/port.ts';
import type { Registry } from '../../store/registry.ts';
import type { Accessory, Pairing } from '../accessories/accessory.ts';
import { expectSameKey, hold, release } from '../accessories/holders.ts';

/** Where an effect stands between two steps; a process that dies at any of them leaves what the next one can finish. */
export type EffectStep =
  | 'claimed'
  | 'held'
  | 'added'
  | 'released'
  | 'removed'
  | 'given-away'
  | 'ended'
  | 'verified'
  | 'settled';

/** What carrying an effect out takes. */
export interface Work {
  readonly store: Store;
  readonly registry: Registry;
  /** Told of each step, before the next one begins. For tests. */
  readonly onStep?: ((step: EffectStep) => void) | undefined;
}

/** Adds the pairing; nothing, when its grant has ended. @throws as the accessory does, or when it does not list it */
export async function pair({ store, registry, onStep }: Work, target: Accessory, effect: Effect): Promise<void> {
  const { now, grants } = await store.load({ grants: [effect.grant] });
  const grant = grants.get(effect.grant);
  // It ended since the effect was claimed: nothing is added any more, and what undoes it waits already.
  if (grant?.state !== 'active') return;
  // Its own time was over before its accessory could be reached.
  if (grant.until !== null && grant.until <= now) {
    await store.revoke({ target: { grant: grant.id }, cause: EXPIRED });
    return;
  }
  const { admin, ...asked } = pairingOf(effect);
  const wanted = await hold(registry, target.id, asked, { grant: grant.id, until: grant.until, admin });
  onStep?.('held');
  const listed = async (): Promise<Pairing | undefined> =>
    (await target.listPairings()).find(({ id }) => id === wanted.id);
  const before = await listed();
  if (before) expectSameKey(target.id, before, wanted);
  if (!has(before, wanted)) await target.addPairing(wanted);
  onStep?.('added');
  if (!has(await listed(), wanted)) throw new Error(LAST_ERRORS.lost);
}

/** Only this grant's claim ends: another grant of the same app and key keeps the pairing. */
export async function unpair({ registry, onStep }: Work, target: Accessory, effect: Effect): Promise<void> {
  const { id, key } = pairingOf(effect);
  const kept = await release(registry, target.id, { id, key }, effect.grant);
  onStep?.('released');
  if (kept) return;
  const ours = async (): Promise<boolean> => (await target.listPairings()).some((p) => p.id === id && p.key === key);
  if (await ours()) await target.removePairing(id);
  onStep?.('removed');
  if (await ours()) throw new Error(LAST_ERRORS.kept);
}

/** Listed with the key, and with the rights at least: those of an administrator who added it again are left alone. */
function has(listed: Pairing | undefined, wanted: Pairing): boolean {
  return listed !== undefined && listed.key === wanted.key && (listed.admin || !wanted.admin);
}

function pairingOf({ data }: Effect): Pairing {
  return {
    id: String(data['pairing_id']),
    key: String(data['public_key'] ?? data['jkt']),
    admin: data['permissions'] === 1,
  };
}
