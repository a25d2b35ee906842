/** Reading: one attempt's case, and lists for people. */
import type { Code, Grant, Hold } from '../../core/model.ts';
import { rowsOf } from '../bounds.ts';
import type { Ask, Listing, Loaded, Query } from '../port.ts';
import { toVerdict } from '../rows.ts';
import type { Tables } from './tables.ts';

/** Reads one attempt's case. */
export function load(tables: Tables, ask: Ask, now: number): Loaded {
  const codes = new Map<string, Code>();
  const grants = new Map<string, Grant>();
  const readGrant = (id: string): void => {
    const grant = tables.grants.get(id);
    if (grant) grants.set(id, grant);
  };
  const readCode = (id: string): Code | undefined => {
    const code = tables.codes.get(id);
    if (!code) return undefined;
    codes.set(id, code);
    readGrant(code.grant);
    return code;
  };
  for (const id of ask.codes ?? []) {
    const next = readCode(id)?.next;
    if (next !== undefined) readCode(next);
  }
  for (const id of ask.grants ?? []) readGrant(id);
  const holds = new Map<string, Hold>();
  for (const key of ask.holds ?? []) {
    const hold = tables.holds.get(key);
    if (hold) holds.set(key, hold);
  }
  const once = new Set((ask.once ?? []).filter((key) => tables.once.has(key)));
  return { now, generation: tables.generation, records: tables.recordsRev, codes, grants, holds, once };
}

/** What a filter looks at in one row. */
interface Facets<T> {
  readonly value: () => T;
  readonly id: string;
  readonly time: number;
  readonly grants: readonly (string | null | undefined)[];
  readonly client: string | null | undefined;
  readonly causes: readonly (string | null)[] | undefined;
}

/** Lists, newest first. */
export function find<K extends keyof Listing>(tables: Tables, kind: K, query: Query): Listing[K][] {
  return rows(tables, kind)
    .filter(
      (row) =>
        (query.id === undefined || row.id.startsWith(query.id)) &&
        (query.grant === undefined || row.grants.includes(query.grant)) &&
        (query.client === undefined || row.client === query.client) &&
        (query.cause === undefined || row.causes === undefined || row.causes.includes(query.cause)) &&
        (query.since === undefined || row.time >= query.since) &&
        (query.until === undefined || row.time <= query.until),
    )
    .slice(0, rowsOf(query.limit))
    .map((row) => row.value());
}

/** All rows of a kind, in the order of its listing. */
function rows<K extends keyof Listing>(tables: Tables, kind: K): Facets<Listing[K]>[] {
  const clientOf = (grant: string): string | undefined => tables.grants.get(grant)?.to;
  const all: { readonly [L in keyof Listing]: () => Facets<Listing[L]>[] } = {
    verdicts: () =>
      [...tables.verdicts.values()]
        .reverse()
        .sort((a, b) => b.at - a.at)
        .map((row) => {
          const { id, at: time, grant_id: grant, subject: client, cause, decisive } = row;
          return { value: () => toVerdict(row), id, time, grants: [grant], client, causes: [cause, decisive] };
        }),
    codes: () =>
      [...tables.codes.values()].reverse().map((value) => {
        const { id, from: time, grant } = value;
        return { value: () => value, id, time, grants: [grant], client: clientOf(grant), causes: undefined };
      }),
    grants: () =>
      [...tables.grants.values()].reverse().map((value) => {
        const { id, from: time, to: client, parent } = value;
        return { value: () => value, id, time, grants: [id, parent], client, causes: undefined };
      }),
    effects: () =>
      [...tables.effects.values()].reverse().map(({ effect: value, at: time }) => {
        const { id, grant } = value;
        return { value: () => value, id, time, grants: [grant], client: clientOf(grant), causes: undefined };
      }),
  };
  return all[kind]();
}
