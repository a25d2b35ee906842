/** What is alive of one application: shown before something is changed about it. */
import type { Operations } from './operations.ts';
import type { AppHoldings } from './pages/app-remove.ts';

/** Most that a store lists at once. */
const COUNTED_MAX = 1_000;

/** Active grants, and codes and tokens that can still be used; `more` where there are more than were counted. */
export async function holdingsOf(
  operations: Pick<Operations, 'status' | 'grants' | 'codes'>,
  client: string,
): Promise<AppHoldings> {
  const { now } = await operations.status();
  const query = { client, liveAt: now, limit: COUNTED_MAX };
  const [grants, codes] = await Promise.all([operations.grants(query), operations.codes(query)]);
  const more = grants.length === COUNTED_MAX || codes.length === COUNTED_MAX;
  return { grants: grants.length, live: codes.length, ...(more && { more }) };
}
