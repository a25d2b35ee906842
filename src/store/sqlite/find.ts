/** Lists for people; never on the way of a redemption. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { anyOf, bucketsOf, GROWS_MS, rowsOf, TALLIES_MAX } from '../bounds.ts';
import { closed } from '../errors.ts';
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

interface Source<T> {
  /** The time that `since` and `until` look at. */
  readonly time: string;
  readonly order: string;
  readonly before: string;
  readonly grant: string;
  /** Begins a comparison; the clients follow in brackets. */
  readonly client: readonly [before: string, after: string];
  readonly profile: string;
  readonly live?: string;
  readonly toValue: (row: never) => T;
}

const GRANT_NO = '(SELECT rowid FROM grants WHERE id = $grant)';
const NOS = 'grant_no IN (SELECT rowid FROM grants WHERE';
const IDS = 'grant_id IN (SELECT id FROM grants WHERE';
const PROFILE = `body ->> 'profile' = $profile`;
const WRITTEN = 'rowid DESC';
const rowOf = (table: Kept): string => `(SELECT rowid FROM ${table} WHERE id = $before)`;

const SOURCES: { readonly [K in Kept]: Source<Listing[K]> } = {
  verdicts: {
    time: 'at',
    order: 'at DESC, rowid DESC',
    // A row that is gone is null: then only what has an older time comes before it.
    before: `(at, rowid) < ($beforeAt, ${rowOf('verdicts')})`,
    // Nearly always the first; the second finds what names a grant that was not kept when it was written.
    grant: `(grant_no = ${GRANT_NO} OR (grant_no IS NULL AND grant_id = $grant))`,
    client: ['subject IN', ''],
    profile: PROFILE,
    toValue: toVerdict as (row: VerdictRow) => Listing['verdicts'],
  },
  codes: {
    time: 'starts',
    order: WRITTEN,
    before: `rowid < ${rowOf('codes')}`,
    grant: `grant_no = ${GRANT_NO}`,
    client: [`${NOS} client IN`, ')'],
    profile: `${NOS} ${PROFILE})`,
    live: `state = 'live' AND ends >= $liveAt AND (total IS NULL OR used < total)
      AND generation = (SELECT generation FROM meta)`,
    toValue: toCode as (row: CodeRow) => Listing['codes'],
  },
  grants: {
    time: 'starts',
    order: WRITTEN,
    before: `rowid < ${rowOf('grants')}`,
    grant: '(id = $grant OR parent = $grant)',
    client: ['client IN', ''],
    profile: PROFILE,
    live: `state = 'active' AND (ends IS NULL OR ends >= $liveAt)`,
    toValue: toGrant as (row: GrantRow) => Listing['grants'],
  },
  effects: {
    time: 'at',
    order: WRITTEN,
    before: `rowid < ${rowOf('effects')}`,
    grant: 'grant_id = $grant',
    client: [`${IDS} client IN`, ')'],
    profile: `${IDS} ${PROFILE})`,
    toValue: toEffect as (row: EffectRow) => Listing['effects'],
  },
};

interface Filters {
  /** ` WHERE …`, or nothing. */
  readonly where: string;
  readonly values: Record<string, SQLInputValue>;
}

/** The conditions of a query and their values. */
function filtersOf(kind: Kept, query: Query): Filters {
  const { time, before, grant, client, profile, live } = SOURCES[kind];
  const where: string[] = [];
  const values: Record<string, SQLInputValue> = {};
  const filter = (value: SQLInputValue | undefined, name: string, sql: string | undefined): void => {
    if (value === undefined || sql === undefined) return;
    where.push(sql);
    values[name] = value;
  };
  const among = (wanted: Query['client'], name: string, [start, end]: readonly [string, string]): void => {
    const list = anyOf(wanted);
    if (!list) return;
    where.push(`${start} (${list.map((_, i) => `$${name}${i}`).join(', ')})${end}`);
    for (const [i, one] of list.entries()) values[`${name}${i}`] = one;
  };
  const ofVerdicts = (sql: string): string | undefined => (kind === 'verdicts' ? sql : undefined);
  const { id, ok, touchedSince } = query;
  // A range, not LIKE: nothing in an id is a wildcard, and the index on `id` serves it.
  filter(id, 'id', 'id >= $id');
  filter(id === undefined ? undefined : `${id}\u{10ffff}`, 'idEnd', 'id < $idEnd');
  filter(query.grant, 'grant', grant);
  among(query.client, 'client', client);
  filter(query.profile, 'profile', profile);
  filter(ok === undefined ? undefined : Number(ok), 'ok', ofVerdicts(`body ->> 'ok' = $ok`));
  filter(query.cause, 'cause', ofVerdicts('(cause = $cause OR decisive = $cause)'));
  if (kind !== 'verdicts') among(query.state, 'state', ['state IN', '']);
  filter(query.liveAt, 'liveAt', live);
  filter(query.since, 'since', `${time} >= $since`);
  filter(query.until, 'until', `${time} <= $until`);
  // The second is for the index: it bounds the rows that are looked at.
  filter(touchedSince, 'touched', ofVerdicts(`last_at >= $touched AND at >= $touched - ${GROWS_MS}`));
  filter(query.before?.id, 'before', before);
  if (query.before && kind === 'verdicts') values['beforeAt'] = query.before.at;
  return { where: where.length > 0 ? ` WHERE ${where.join(' AND ')}` : '', values };
}

/** Prepares listing. Statements are prepared when they are asked for: the combinations of filters are too many to keep. */
export function finder(db: DatabaseSync): <K extends keyof Listing>(kind: K, query: Query) => Promise<Listing[K][]> {
  return async (kind, query) => {
    if (!db.isOpen) throw closed();
    if (kind === 'tallies') return (await tallies(db, query)) as Listing[typeof kind][];
    const table = kind as Kept;
    const { order, toValue } = SOURCES[table];
    const { where, values } = filtersOf(table, query);
    const statement = db.prepare(`SELECT * FROM ${table}${where} ORDER BY ${order} LIMIT ${rowsOf(query.limit)}`);
    return statement.all(values).map((row) => toValue(row as never) as Listing[typeof kind]);
  };
}

/** Counts bucket by bucket, and lets others have their turn in between: a hundred thousand rows are 100 ms of reading. */
async function tallies(db: DatabaseSync, query: Query): Promise<Tally[]> {
  const { starts, since, until } = bucketsOf(query);
  const { before: _, bucketMs = 1, ...rest } = query;
  const { where, values } = filtersOf('verdicts', { ...rest, since, until });
  // The rows are read before they are sorted, or their bodies would be sorted with them.
  const statement = db.prepare(`WITH v AS MATERIALIZED (SELECT cause, body ->> 'ok' AS ok, times FROM verdicts${where})
    SELECT cause, ok, sum(times) AS count FROM v GROUP BY ok, cause ORDER BY ok DESC, cause`);
  const found: Tally[] = [];
  for (const at of starts) {
    if (!db.isOpen) throw closed();
    const span = { since: Math.max(at, since), until: Math.min(at + bucketMs - 1, until) };
    const rows = statement.all({ ...values, ...span });
    for (const { cause, ok, count } of rows as { cause: string | null; ok: number; count: number }[]) {
      found.push({ at, ok: ok === 1, cause, count });
    }
    if (found.length >= TALLIES_MAX) return found.slice(0, TALLIES_MAX);
    await turn();
  }
  return found;
}
