/** Lists for people; never on the way of a redemption. One attempt's case is read in `load.ts`. */
import { anyOf, rowsOf as boundOf, bucketsOf, GROWS_MS, TALLIES_MAX } from '../bounds.ts';
import type { Kept, Listing, Query, Tally } from '../port.ts';
import {
  type CodeRow,
  type EffectRow,
  type GrantRow,
  toCode,
  toEffect,
  toGrant,
  toVerdict,
  type VerdictRow,
} from '../rows.ts';
import { COLUMNS } from '../upkeep.ts';
import { type Connections, reading } from './connection.ts';
import { givenRow, keepable, kept } from './tables.ts';

interface Source<T> {
  /** The time that `since` and `until` look at. */
  readonly time: string;
  readonly order: string;
  readonly before: string;
  readonly grant: string;
  readonly client: string;
  readonly profile: string;
  readonly live?: string;
  readonly toValue: (row: never) => T;
}

const WRITTEN = 'no DESC';
const OF_GRANT = 'grant_id IN (SELECT id FROM grants WHERE';
const CLIENT = 'client = ANY($::text[])';
// How these begin is said in `../rows.ts`. Only the beginning is unpacked.
const HEAD = 'substr(body, 1, 200)';
const PROFILE = `starts_with(${HEAD}, $)`;
const OK = `starts_with(split_part(${HEAD}, '"ok":', 2), 'true')`;

/** `$` is the value. */
const SOURCES: { readonly [K in Kept]: Source<Listing[K]> } = {
  verdicts: {
    time: 'at',
    order: 'at DESC, no DESC',
    // A row that is gone is null: then only what has an older time comes before it.
    before: '(at, no) < ($At, (SELECT no FROM verdicts WHERE id = $))',
    grant: 'grant_id = $',
    client: 'subject = ANY($::text[])',
    profile: PROFILE,
    toValue: toVerdict as (row: VerdictRow) => Listing['verdicts'],
  },
  codes: {
    time: 'starts',
    order: WRITTEN,
    before: 'no < (SELECT no FROM codes WHERE id = $)',
    grant: 'grant_id = $',
    client: `${OF_GRANT} ${CLIENT})`,
    profile: `${OF_GRANT} ${PROFILE})`,
    live: `state = 'live' AND ends >= $ AND (total IS NULL OR used < total) AND generation = (SELECT generation FROM meta)`,
    toValue: toCode as (row: CodeRow) => Listing['codes'],
  },
  grants: {
    time: 'starts',
    order: WRITTEN,
    before: 'no < (SELECT no FROM grants WHERE id = $)',
    grant: '(id = $ OR parent = $)',
    client: CLIENT,
    profile: PROFILE,
    live: `state = 'active' AND (ends IS NULL OR ends >= $)`,
    toValue: toGrant as (row: GrantRow) => Listing['grants'],
  },
  effects: {
    time: 'at',
    order: WRITTEN,
    before: 'no < (SELECT no FROM effects WHERE id = $)',
    grant: 'grant_id = $',
    client: `${OF_GRANT} ${CLIENT})`,
    profile: `${OF_GRANT} ${PROFILE})`,
    toValue: toEffect as (row: EffectRow) => Listing['effects'],
  },
};

interface Filters {
  /** ` WHERE …`, or nothing. */
  readonly where: string;
  readonly values: unknown[];
}

/** The conditions of a query and their values. */
function filtersOf(kind: Kept, query: Query): Filters {
  const { time, before, grant, client, profile, live } = SOURCES[kind];
  const where: string[] = [];
  const values: unknown[] = [];
  const filter = (value: string | number | readonly string[] | undefined, sql: string | undefined): void => {
    if (value === undefined || sql === undefined) return;
    values.push(typeof value === 'object' ? value.map(keepable) : kept(value));
    where.push(sql.replaceAll(/\$(?!\d)/g, `$${values.length}`));
  };
  const ofVerdicts = (sql: string): string | undefined => (kind === 'verdicts' ? sql : undefined);
  const { id, touchedSince } = query;
  // A range, not LIKE: nothing in an id is a wildcard, and the index on `id` serves it.
  filter(id, 'id >= $');
  filter(id === undefined ? undefined : `${id}\u{10ffff}`, 'id < $');
  filter(query.grant, grant);
  filter(anyOf(query.client), client);
  filter(query.profile === undefined ? undefined : `{"profile":${JSON.stringify(query.profile)},`, profile);
  if (query.ok !== undefined && kind === 'verdicts') where.push(query.ok ? OK : `NOT ${OK}`);
  filter(query.cause, ofVerdicts('(cause = $ OR decisive = $)'));
  filter(kind === 'verdicts' ? undefined : anyOf(query.state), 'state = ANY($::text[])');
  filter(query.liveAt, live);
  filter(query.since, `${time} >= $`);
  filter(query.until, `${time} <= $`);
  // The second is for the index: it bounds the rows that are looked at.
  filter(touchedSince, ofVerdicts(`last_at >= $ AND at >= $ - ${GROWS_MS}`));
  if (query.before && kind === 'verdicts') values.push(query.before.at);
  filter(query.before?.id, before.replace('$At', `$${values.length}::bigint`));
  return { where: where.length > 0 ? ` WHERE ${where.join(' AND ')}` : '', values };
}

/** Lists, newest first. */
export async function find<K extends keyof Listing>(
  connections: Connections,
  kind: K,
  query: Query,
): Promise<Listing[K][]> {
  if (kind === 'tallies') return (await tallies(connections, query)) as Listing[K][];
  const table = kind as Kept;
  const { order, toValue } = SOURCES[table];
  const { where, values } = filtersOf(table, query);
  const text = `SELECT ${COLUMNS[table].join(', ')} FROM ${table}${where} ORDER BY ${order} LIMIT ${boundOf(query.limit)}`;
  const { rows } = await reading(connections, () => connections.cold.query({ text, values }));
  return rows.map((row) => toValue(givenRow(row as object) as never) as Listing[K]);
}

async function tallies(connections: Connections, query: Query): Promise<Tally[]> {
  bucketsOf(query);
  const { before: _, bucketMs = 1, ...rest } = query;
  const { where, values } = filtersOf('verdicts', rest);
  const text = `SELECT at - at % ${bucketMs} AS at, ${OK} AS ok, cause, sum(times)::bigint AS count
FROM verdicts${where} GROUP BY 1, 2, 3 ORDER BY 1 DESC, 2 DESC, 3 NULLS FIRST LIMIT ${TALLIES_MAX}`;
  const { rows } = await reading(connections, () => connections.cold.query({ text, values }));
  return rows.map((row) => givenRow(row as object) as Tally);
}
