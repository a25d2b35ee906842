/** Erasing what is personal, and ending what a person decided. What was decided, when, and why stays in the ledger. */
import type { Grant } from '../core/model.ts';
import type { Store } from '../store/port.ts';
import type { Registry } from '../store/registry.ts';
import type { Erased, Erasure, Upkeep } from '../store/upkeep.ts';
import { revokeEach } from './grants.ts';

/** What erasing came to. */
export interface Erasing extends Erased {
  readonly revokedGrants: number;
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
  if (!leaves) return { ...(await upkeep.erase(what)), revokedGrants: 0 };
  const removed = await registry.remove('user', by);
  const given = (grant: Grant): boolean => grant.by === by && (grant.state === 'active' || grant.state === 'pending');
  const revokedGrants = await revokeEach(store, {}, given, 'person-erased');
  return { ...(await upkeep.erase(what)), revokedGrants, ...(removed && { user: by }) };
}
