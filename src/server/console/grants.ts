/** `/grants`: what is live, who holds it, for what, and what devices are still owed. */
import type { Grant } from '../../core/model.ts';
import { listOf } from '../../profiles/oauth/case.ts';
import type { Outgoing, Route } from '../../protocols/http/exchange.ts';
import type { Query } from '../../store/port.ts';
import type { Operations } from '../operations.ts';
import { GRANT_STATES, type GrantRow, type GrantsFilter, grantsPage } from '../pages/grants.ts';
import { PATHS } from '../pages/layout.ts';
import { grantStanding } from '../standing.ts';
import { forOperator, frame, html, type PageDeps, queryOf, type Visit } from '../visit.ts';
import { allowedOf, counted, otherHolders, owedOn } from './lookups.ts';

/** The list of grants. */
export function grantRoutes(deps: PageDeps): readonly Route[] {
  return [{ method: 'GET', path: PATHS.grants, handle: forOperator(deps, list) }];
}

/** Grants on one page. */
const PAGE = 50;
/** Live codes that are counted for each grant of the list. */
const COUNTED = 100;
/** Profiles that decide something; others appear once they have. */
const PROFILES = ['oauth', 'home', 'payments'] as const;

async function list(visit: Visit): Promise<Outgoing> {
  const { operations, meanings } = visit.deps;
  const asked = queryOf(visit.request);
  const filter = filterOf(asked);
  const [{ now }, apps, others, owed] = await Promise.all([
    operations.status(),
    operations.listApps(),
    otherHolders(operations),
    owedOn(operations),
  ]);
  const byGrant = Map.groupBy(owed, ({ grant }) => grant);
  const found = await grantsFor(operations, filter, asked.get('before'), now, [...byGrant.keys()]);
  const shown = found.slice(0, PAGE);
  const means = await meanings([...new Set(shown.flatMap(({ terms }) => listOf(terms['scope'])))]);
  const rows = await Promise.all(
    shown.map(async (grant): Promise<GrantRow> => {
      const app = apps.find(({ id }) => id === grant.to);
      return {
        grant,
        standing: grantStanding(grant, now),
        ...(app && { app }),
        allowed: allowedOf(listOf(grant.terms['scope']), means),
        live: await liveOf(operations, grant, now),
        owed: byGrant.get(grant.id) ?? [],
      };
    }),
  );
  const last = shown.at(-1);
  const older = found.length > PAGE && last !== undefined ? olderPath(filter, last.id) : undefined;
  const profiles = [...new Set<string>([...PROFILES, ...rows.map(({ grant }) => grant.profile)])];
  return html(
    200,
    grantsPage({
      ...frame(visit),
      rows,
      filter,
      holders: [...apps, ...others.map((id) => ({ id, name: id }))],
      profiles,
      owing: owed,
      ...(older !== undefined && { older }),
    }),
  );
}

function filterOf(asked: ReadonlyMap<string, string>): GrantsFilter {
  const named = (name: string): string | undefined => {
    const value = (asked.get(name) ?? '').slice(0, 200);
    return value === '' ? undefined : value;
  };
  const [client, profile] = [named('client'), named('profile')];
  return {
    ...(client !== undefined && { client }),
    ...(profile !== undefined && { profile }),
    state: GRANT_STATES.find((state) => state === asked.get('state')) ?? 'live',
  };
}

function olderPath({ client, profile, state }: GrantsFilter, before: string): string {
  const query = new URLSearchParams({
    ...(client !== undefined && { client }),
    ...(profile !== undefined && { profile }),
    state,
    before,
  });
  return `${PATHS.grants}?${query}`;
}

/** One more than a page of them, newest first; of those still due, what was redeemed last is first. */
async function grantsFor(
  operations: Operations,
  { client, profile, state }: GrantsFilter,
  before: string | undefined,
  now: number,
  owed: readonly string[],
): Promise<readonly Grant[]> {
  const like: Query = { ...(client !== undefined && { client }), ...(profile !== undefined && { profile }) };
  if (state !== 'due') {
    const wanted: Query = {
      ...like,
      ...(before !== undefined && { before: { at: 0, id: before } }),
      limit: PAGE + 1,
    };
    return operations.grants({ ...wanted, ...(state === 'live' ? { liveAt: now } : state !== 'any' && { state }) });
  }
  // In the order of what is owed, which is not that of grants: `before` is a place in this list, and no store knows it.
  const found: Grant[] = [];
  for (
    let at = before === undefined ? 0 : owed.indexOf(before) + 1;
    at < owed.length && found.length <= PAGE;
    at += PAGE + 1
  ) {
    const some = owed.slice(at, at + PAGE + 1).map((id) => operations.grants({ ...like, id, limit: 1 }));
    found.push(...(await Promise.all(some)).flat());
  }
  return found.slice(0, PAGE + 1);
}

async function liveOf(operations: Operations, grant: Grant, now: number): Promise<GrantRow['live']> {
  if (grant.state !== 'active') return { codes: 0, tokens: 0 };
  const live = await operations.codes({ grant: grant.id, liveAt: now, limit: COUNTED });
  return { ...counted(live), ...(live.length === COUNTED && { more: true }) };
}
