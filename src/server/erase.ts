/** Erasing what is personal, and ending what a person decided. What was decided, when, and why stays in the ledger. */
import type { Grant } from '../core/model.ts';
import type { Store } from '../store/port.ts';
import type { Registry } from '../store/registry.ts';
import type { Erased, Erasure, Upkeep } from '../store/upkeep.ts';
import { forgetAccountEvents } from './account-events.ts';
import { revokeEach } from './grants.ts';
import { eraseShares } from './share.ts';
import { endSignIns } from './users.ts';

/** What erasing came to. */
export interface Erasing extends Erased {
  readonly revokedGrants: number;
  /** Links to what is erased now. */
  readonly endedShares: number;
  readonly user?: string;
}

/** What erasing works on. */
export interface EraseDeps {
  readonly store: Store;
  readonly registry: Registry;
  readonly upkeep: Upkeep;
}

/**
 * Erases. Of a person (`by`, without times) everything goes: the grants that they gave end, their name leaves them, and
 * they can no longer sign in.
 */
export async function erase({ store, registry, upkeep }: EraseDeps, what: Erasure): Promise<Erasing> {
  const { by } = what;
  const leaves = by !== undefined && what.since === undefined && what.until === undefined && what.grant === undefined;
  if (!leaves) {
    const erased = await upkeep.erase(what);
    return { ...erased, revokedGrants: 0, endedShares: await eraseShares(store, registry) };
  }
  const removed = await registry.remove('user', by);
  await endSignIns(registry, by);
  await forgetAccountEvents(registry, by);
  const given = (grant: Grant): boolean => grant.by === by && (grant.state === 'active' || grant.state === 'pending');
  const revokedGrants = await revokeEach(store, {}, given, 'person-erased');
  const erased = await upkeep.erase(what);
  const endedShares = await eraseShares(store, registry, by);
  return { ...erased, revokedGrants, endedShares, ...(removed && { user: by }) };
}
