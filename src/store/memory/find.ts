/** Lists for people: every row is looked at. */
import type { Code, Grant } from '../../core/model.ts';
import type { Verdict } from '../../core/verdict.ts';
import { anyOf, bucketsOf, GROWS_MS, rowsOf, TALLIES_MAX } from '../bounds.ts';
import type { Kept, Listing, Query, Tally } from '../port.ts';
import { toVerdict } from '../rows.ts';
import type { Tables } from './tables.ts';

/** What a filter looks at in one row. What a kind has not, it is not filtered by. */
interface Facets<T> {
  readonly value: () => T;
  readonly id: string;
  readonly time: number;
  readonly grants: readonly (string | null | undefined)[];
  readonly client: string | null | undefined;
  readonly profile: string | undefined;
  readonly verdict?: {
    readonly ok: () => boolean;
    readonly causes: readonly (string | null)[];
    readonly lastAt: number;
  };
  readonly state?: string;
  readonly live?: (at: number) => boolean;
}

/** Lists, newest first. */
export function find<K extends keyof Listing>(tables: Tables, kind: K, query: Query): Listing[K][] {
  if (kind === 'tallies') return tallies(tables, query) as Listing[K][];
  const found = after(rows(tables, kind as Kept), kind as Kept, query.before).filter((row) => passes(row, query));
  return found.slice(0, rowsOf(query.limit)).map((row) => row.value() as Listing[K]);
}

function passes(row: Facets<unknown>, query: Query): boolean {
  const is = <V>(wanted: V | undefined, test: (wanted: V) => boolean): boolean => wanted === undefined || test(wanted);
  const { verdict, state, live } = row;
  return (
    is(query.id, (id) => row.id.startsWith(id)) &&
    is(query.grant, (grant) => row.grants.includes(grant)) &&
    is(anyOf(query.client), (clients) => row.client != null && clients.includes(row.client)) &&
    is(query.profile, (profile) => row.profile === profile) &&
    is(query.since, (since) => row.time >= since) &&
    is(query.until, (until) => row.time <= until) &&
    (!verdict ||
      (is(query.ok, (ok) => verdict.ok() === ok) &&
        is(query.cause, (cause) => verdict.causes.includes(cause)) &&
        is(query.touchedSince, (from) => verdict.lastAt >= from && row.time >= from - GROWS_MS))) &&
    (state === undefined || is(anyOf(query.state), (states) => states.includes(state))) &&
    (!live || is(query.liveAt, live))
  );
}

/** The rows that come strictly later in the list; `written` is every kind's order among equals. */
function after<T>(all: Facets<T>[], kind: Kept, before: Query['before']): Facets<T>[] {
  if (!before) return all;
  const written = all.findIndex(({ id }) => id === before.id);
  if (kind !== 'verdicts') return written < 0 ? [] : all.slice(written + 1);
  return all.filter(({ time }, i) => time < before.at || (time === before.at && written >= 0 && i > written));
}

function tallies(tables: Tables, query: Query): Tally[] {
  const { bucketMs = 1, before: _, ...rest } = query;
  bucketsOf(query);
  const counts = new Map<string, Tally>();
  for (const row of rows(tables, 'verdicts')) {
    if (!passes(row, rest)) continue;
    const { ok, cause = null, at: time, times } = row.value();
    const at = Math.floor(time / bucketMs) * bucketMs;
    const key = JSON.stringify([at, ok, cause]);
    counts.set(key, { at, ok, cause, count: times + (counts.get(key)?.count ?? 0) });
  }
  return [...counts.values()].sort(byBucket).slice(0, TALLIES_MAX);
}

function byBucket(a: Tally, b: Tally): number {
  const byCause = (a.cause ?? '') < (b.cause ?? '') || a.cause === null ? -1 : 1;
  return b.at - a.at || Number(b.ok) - Number(a.ok) || byCause;
}

/** All rows of a kind, in the order of its listing. */
function rows<K extends Kept>(tables: Tables, kind: K): Facets<Listing[K]>[] {
  const all: { readonly [L in Kept]: () => Facets<Listing[L]>[] } = {
    verdicts: () => verdicts(tables),
    codes: () => [...tables.codes.values()].reverse().map((code) => codeFacets(tables, code)),
    grants: () => [...tables.grants.values()].reverse().map(grantFacets),
    effects: () =>
      [...tables.effects.values()].reverse().map(({ effect: value, at: time }) => {
        const { id, grant, state } = value;
        return { value: () => value, id, time, state, grants: [grant], ...ofGrant(tables, grant) };
      }),
  };
  return all[kind]();
}

function ofGrant(tables: Tables, id: string): Pick<Facets<unknown>, 'client' | 'profile'> {
  const grant = tables.grants.get(id);
  return { client: grant?.to, profile: grant?.profile };
}

function verdicts(tables: Tables): Facets<Verdict>[] {
  return [...tables.verdicts.values()]
    .reverse()
    .sort((a, b) => b.at - a.at)
    .map((row) => {
      const { id, at: time, grant_id: grant, subject: client, cause, decisive, last_at: lastAt } = row;
      return {
        value: () => toVerdict(row),
        id,
        time,
        grants: [grant],
        client,
        get profile() {
          return toVerdict(row).profile;
        },
        verdict: { ok: () => toVerdict(row).ok, causes: [cause, decisive], lastAt },
      };
    });
}

function codeFacets(tables: Tables, value: Code): Facets<Code> {
  const { id, from: time, grant, state, total, used, until, generation } = value;
  const usable = state === 'live' && (total === null || used < total) && generation === tables.generation;
  const live = (at: number): boolean => usable && until >= at;
  return { value: () => value, id, time, state, live, grants: [grant], ...ofGrant(tables, grant) };
}

function grantFacets(value: Grant): Facets<Grant> {
  const { id, from: time, to: client, parent, state, profile, until } = value;
  const live = (at: number): boolean => state === 'active' && (until === null || until >= at);
  return { value: () => value, id, time, state, live, grants: [id, parent], client, profile };
}
