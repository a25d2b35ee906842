/** Reading one attempt's case: one statement, hence one snapshot, for all that ask at the same time. */
import type { Code, Grant, Hold } from '../../core/model.ts';
import { tooMany } from '../errors.ts';
import type { Ask, Loaded } from '../port.ts';
import { type CodeRow, type GrantRow, toCode, toGrant, toHold } from '../rows.ts';
import { COLUMNS } from '../upkeep.ts';
import { type Connections, reading, rowsOf } from './connection.ts';
import { givenRow, keepable } from './tables.ts';

const CODE = COLUMNS.codes.join(', ');

/** Four kinds of row in one statement, hence in one snapshot; the columns are those of a code, and others lend them. */
const LOAD = {
  name: 'counterfoil-load',
  text: `WITH asked AS MATERIALIZED (SELECT ${CODE} FROM codes WHERE id = ANY($1::text[])),
found AS MATERIALIZED (
  SELECT * FROM asked UNION ALL
  SELECT ${CODE} FROM codes WHERE id = ANY(ARRAY(
    SELECT next FROM asked WHERE next IS NOT NULL AND next <> ALL($1::text[])))),
owned AS MATERIALIZED (
  SELECT id, parent, client, starts, ends, state, ended_at, ended_by, rev, body
  FROM grants WHERE id = ANY($2::text[] || ARRAY(SELECT grant_id FROM found)))
SELECT 'meta' AS kind, NULL::text AS id, NULL::text AS grant_id, clock AS starts, generation AS ends,
  NULL::bigint AS total, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS used, NULL::bigint AS used_at,
  NULL::text AS state, NULL::text AS next, NULL::bigint AS generation, NULL::bigint AS rev, NULL::text AS body,
  NULL::text AS ended_by, records FROM meta WHERE id = 1
UNION ALL SELECT 'code', ${CODE}, NULL, NULL FROM found
UNION ALL SELECT 'grant', id, parent, starts, ends, NULL, NULL, ended_at, state, client, NULL, rev, body, ended_by, NULL
  FROM owned
UNION ALL SELECT 'hold', key, NULL, until, NULL, NULL, NULL, NULL, NULL, NULL, NULL, rev, body, NULL, NULL
  FROM holds WHERE key = ANY($3::text[])
UNION ALL SELECT 'once', key, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM once WHERE key = ANY($4::text[])`,
};

/** Asks in one statement. */
const ASKS_MAX = 256;
/** Statements on their way at once. */
const LOADS_MAX = 2;

interface Waiting {
  readonly ask: Ask;
  readonly resolve: (loaded: Loaded) => void;
  readonly reject: (reason: unknown) => void;
}

/** Everything that one statement has read. */
interface Batch {
  readonly now: number;
  readonly generation: number;
  readonly records: number;
  readonly codes: Map<string, Code>;
  readonly grants: Map<string, Grant>;
  readonly holds: Map<string, Hold>;
  readonly once: Set<string>;
}

/** Loads: those that are asked for in the same tick, or while others are on their way, share a statement. */
export interface Loader {
  load(ask: Ask): Promise<Loaded>;
  /** Resolves when nothing is on its way any more. */
  idle(): Promise<void>;
}

/** Makes the loader. `tick` takes what the database says of the time. */
export function openLoader(
  connections: Connections,
  tick: (floor: number) => number,
  ownClock: boolean,
  maxQueue: number,
): Loader {
  let waiting: Waiting[] = [];
  let running = 0;
  let scheduled = false;
  let rested = (): void => {};

  async function read(asks: readonly Ask[]): Promise<Batch> {
    const keys = (of: (ask: Ask) => readonly string[] | undefined): string[] => [
      ...new Set(asks.flatMap((ask) => of(ask) ?? [])),
    ];
    const wanted = [keys((a) => a.codes), keys((a) => a.grants), keys((a) => a.holds), keys((a) => a.once)];
    const rows = await rowsOf<LoadRow>(
      connections.hot,
      LOAD,
      wanted.map((some) => some.map(keepable)),
    );
    return collected(rows, tick, ownClock);
  }

  async function serve(batch: readonly Waiting[]): Promise<void> {
    running += 1;
    try {
      const all = await reading(connections, () => read(batch.map(({ ask }) => ask)));
      for (const { ask, resolve } of batch) resolve(answerTo(ask, all));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    running -= 1;
    if (running === 0 && waiting.length === 0) rested();
    schedule();
  }

  function schedule(): void {
    if (scheduled || waiting.length === 0 || running >= LOADS_MAX) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      const batch = waiting.slice(0, ASKS_MAX);
      waiting = waiting.slice(ASKS_MAX);
      void serve(batch);
      schedule();
    });
  }

  return {
    load(ask) {
      if (waiting.length >= maxQueue) return Promise.reject(tooMany(maxQueue, 'readings'));
      return new Promise((resolve, reject) => {
        waiting.push({ ask, resolve, reject });
        schedule();
      });
    },
    idle: () =>
      running === 0 && waiting.length === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            rested = resolve;
          }),
  };
}

interface LoadRow extends Omit<CodeRow, 'id' | 'grant_id' | 'state' | 'body'> {
  readonly kind: 'meta' | 'code' | 'grant' | 'hold' | 'once';
  readonly id: string;
  readonly grant_id: string | null;
  readonly state: string;
  readonly body: string;
  readonly ended_by: string | null;
  readonly records: number;
}

function collected(rows: readonly LoadRow[], tick: (floor: number) => number, ownClock: boolean): Batch {
  const codes = new Map<string, Code>();
  const grants = new Map<string, Grant>();
  const holds = new Map<string, Hold>();
  const once = new Set<string>();
  let [now, generation, records] = [0, 0, 0];
  for (const asKept of rows) {
    const { kind, ...row } = givenRow(asKept);
    if (kind === 'meta') {
      now = tick(Math.max(row.starts, ownClock ? 0 : row.used));
      generation = row.ends;
      records = row.records;
    } else if (kind === 'code') codes.set(row.id, toCode(row as CodeRow));
    else if (kind === 'grant') grants.set(row.id, toGrant(grantOf(row)));
    else if (kind === 'hold')
      holds.set(row.id, toHold({ key: row.id, until: row.starts, rev: row.rev, body: row.body }));
    else once.add(row.id);
  }
  return { now, generation, records, codes, grants, holds, once };
}

function grantOf(row: Omit<LoadRow, 'kind'>): GrantRow {
  const { id, grant_id: parent, next, starts, ends, state, used_at: ended_at, ended_by, rev, body } = row;
  return {
    id,
    parent,
    client: next ?? '',
    starts,
    ends,
    state: state as Grant['state'],
    ended_at,
    ended_by,
    rev,
    body,
  };
}

/** What one of those who share a statement has asked for. */
function answerTo(ask: Ask, all: Batch): Loaded {
  const codes = new Map<string, Code>();
  const grants = new Map<string, Grant>();
  const addGrant = (id: string): void => {
    const grant = all.grants.get(id);
    if (grant) grants.set(id, grant);
  };
  const addCode = (id: string): Code | undefined => {
    const code = all.codes.get(id);
    if (!code) return undefined;
    codes.set(id, code);
    addGrant(code.grant);
    return code;
  };
  for (const id of ask.codes ?? []) {
    const next = addCode(id)?.next;
    if (next !== undefined) addCode(next);
  }
  for (const id of ask.grants ?? []) addGrant(id);
  const holds = new Map<string, Hold>();
  for (const key of ask.holds ?? []) {
    const hold = all.holds.get(key);
    if (hold) holds.set(key, hold);
  }
  const once = new Set((ask.once ?? []).filter((key) => all.once.has(key)));
  const { now, generation, records } = all;
  return { now, generation, records, codes, grants, holds, once };
}
