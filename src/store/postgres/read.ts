/** Lists for people; never on the way of a redemption. One attempt's case is read in `load.ts`. */
import type { Grant } from '../../core/model.ts';
import { rowsOf as boundOf } from '../bounds.ts';
import type { Listing, Query } from '../port.ts';
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
import { asGiven, givenRow, keepable } from './tables.ts';

interface Source<T> {
  /** The time that `since` and `until` look at. */
  readonly time: string;
  readonly order: string;
  readonly grant: string;
  readonly client: string;
  readonly toValue: (row: never) => T;
}

const WRITTEN = 'no DESC';
const OF_CLIENT = 'grant_id IN (SELECT id FROM grants WHERE client = $)';

/** `$` in `grant` and `client` is the value. */
const SOURCES: { readonly [K in keyof Listing]: Source<Listing[K]> } = {
  verdicts: {
    time: 'at',
    order: 'at DESC, no DESC',
    grant: 'grant_id = $',
    client: 'subject = $',
    toValue: toVerdict as (row: VerdictRow) => Listing['verdicts'],
  },
  codes: {
    time: 'starts',
    order: WRITTEN,
    grant: 'grant_id = $',
    client: OF_CLIENT,
    toValue: toCode as (row: CodeRow) => Listing['codes'],
  },
  grants: {
    time: 'starts',
    order: WRITTEN,
    grant: '(id = $ OR parent = $)',
    client: 'client = $',
    toValue: toGrant as (row: GrantRow) => Listing['grants'],
  },
  effects: {
    time: 'at',
    order: WRITTEN,
    grant: 'grant_id = $',
    client: OF_CLIENT,
    toValue: toEffect as (row: EffectRow) => Listing['effects'],
  },
};

/** Lists, newest first. */
export async function find<K extends keyof Listing>(
  connections: Connections,
  kind: K,
  query: Query,
): Promise<Listing[K][]> {
  const { time, order, grant, client, toValue } = SOURCES[kind];
  const where: string[] = [];
  const values: unknown[] = [];
  const filter = (value: string | number | undefined, sql: string): void => {
    if (value === undefined) return;
    values.push(typeof value === 'string' ? keepable(value) : value);
    where.push(sql.replaceAll('$', `$${values.length}`));
  };
  // A range, not LIKE: nothing in an id is a wildcard, and the index on `id` serves it.
  filter(query.id, 'id >= $');
  filter(query.id === undefined ? undefined : `${query.id}\u{10ffff}`, 'id < $');
  filter(query.grant, grant);
  filter(query.client, client);
  filter(kind === 'verdicts' ? query.cause : undefined, '(cause = $ OR decisive = $)');
  filter(query.since, `${time} >= $`);
  filter(query.until, `${time} <= $`);
  const all = where.length > 0 ? `WHERE ${where.join(' AND ')}` : '';
  const text = `SELECT ${COLUMNS[kind].join(', ')} FROM ${kind} ${all} ORDER BY ${order} LIMIT ${boundOf(query.limit)}`;
  const { rows } = await reading(connections, () => connections.cold.query({ text, values }));
  return rows.map((row) => toValue(givenRow(row as object) as never));
}

/** The ids of grants that somebody decided. Read whole: nothing else asks for them by this. */
export async function decidedBy(
  connections: Connections,
  by: string,
  each: (rows: readonly GrantRow[]) => Promise<void>,
): Promise<string[]> {
  const ids: string[] = [];
  for (let after = ''; ; ) {
    const text = `SELECT ${COLUMNS.grants.join(', ')} FROM grants WHERE id > $1 ORDER BY id LIMIT 500`;
    const { rows } = await reading(connections, () => connections.cold.query({ text, values: [after] }));
    const last = rows.at(-1) as GrantRow | undefined;
    if (!last) return ids;
    after = last.id;
    const decided = (rows as GrantRow[]).map(givenRow).filter(({ body }) => (JSON.parse(body) as Grant).by === by);
    ids.push(...decided.map(({ id }) => asGiven(id)));
    await each(decided);
  }
}
