/** Going through all grants, however many, and ending some of them. */
import type { Grant } from '../core/model.ts';
import type { Query, Store } from '../store/port.ts';

const PAGE = 1_000;

/** Revokes those of the grants found that `picks` says, with all that was issued for them; answers how many. */
export async function revokeEach(
  store: Store,
  query: Query,
  picks: (grant: Grant) => boolean,
  cause: string,
): Promise<number> {
  let revoked = 0;
  for await (const grant of eachGrant(store, query)) {
    if (!picks(grant)) continue;
    await store.revoke({ target: { grant: grant.id }, cause });
    revoked += 1;
  }
  return revoked;
}

/** All grants that a query finds, newest first, page by page. */
async function* eachGrant(store: Store, query: Query): AsyncGenerator<Grant> {
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
