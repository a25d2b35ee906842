/** Erasing what is personal, and ending what a person decided. What was decided, when, and why stays in the ledger. */
import type { Grant } from '../core/model.ts';
import type { Query, Store } from '../store/port.ts';
import type { Registry } from '../store/registry.ts';
import type { Erased, Erasure, Upkeep } from '../store/upkeep.ts';

const PAGE = 1_000;

/** All grants that a query finds, newest first, page by page. */
export async function* eachGrant(store: Store, query: Query): AsyncGenerator<Grant> {
  const seen = new Set<string>();
  let until = query.until;
  for (;;) {
    const page = await store.find('grants', { ...query, limit: PAGE, ...(until !== undefined && { until }) });
    const fresh = page.filter((grant) => !seen.has(grant.id));
    // Pages overlap in the millisecond where one ends.
    seen.clear();
    for (const grant of page) seen.add(grant.id);
    yield* fresh;
    const oldest = page.at(-1)?.from;
    if (page.length < PAGE || oldest === undefined || fresh.length === 0) return;
    until = oldest;
  }
}

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
  let revokedGrants = 0;
  for await (const grant of eachGrant(store, {})) {
    if (grant.by !== by || (grant.state !== 'active' && grant.state !== 'pending')) continue;
    await store.revoke({ target: { grant: grant.id }, cause: 'person-erased' });
    revokedGrants += 1;
  }
  return { ...(await upkeep.erase(what)), revokedGrants, ...(removed && { user: by }) };
}
