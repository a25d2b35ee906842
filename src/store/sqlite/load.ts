/** Reading one attempt's case, in one snapshot. */
import type { DatabaseSync } from 'node:sqlite';
import type { Code, Grant, Hold } from '../../core/model.ts';
import { closed } from '../errors.ts';
import type { Ask, Loaded } from '../port.ts';
import { type CodeRow, type GrantRow, type HoldRow, toCode, toGrant, toHold } from '../rows.ts';

/**
 * Prepares loading. All loads that arrive in one turn of the event loop share one snapshot, other processes' writes
 * included: opening and closing a read transaction costs as much as reading a case.
 */
export function loader(db: DatabaseSync, tick: (floor: number) => number): (ask: Ask) => Promise<Loaded> {
  const begin = db.prepare('BEGIN');
  const commit = db.prepare('COMMIT');
  const meta = db.prepare('SELECT generation, clock, records FROM meta');
  const read = reader(db);
  let waiting: {
    readonly ask: Ask;
    readonly resolve: (loaded: Loaded) => void;
    readonly reject: (e: unknown) => void;
  }[] = [];

  function together(): void {
    const asked = waiting;
    waiting = [];
    try {
      if (!db.isOpen) throw closed();
      begin.run();
      const { generation, clock, records } = meta.get() as { generation: number; clock: number; records: number };
      const moment = { now: tick(clock), generation, records };
      const known = new Map<string, Grant>();
      const answers = asked.map(({ ask }) => ({ ...moment, ...read(ask, known) }));
      for (const [i, { resolve }] of asked.entries()) resolve(answers[i] as Loaded);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    } finally {
      if (db.isOpen && db.isTransaction) commit.run();
    }
  }

  return (ask) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(together);
      waiting.push({ ask, resolve, reject });
    });
}

/** Prepares reading one case inside a snapshot; `known` are the grants by id that were read in it: many ask for the same. */
function reader(
  db: DatabaseSync,
): (ask: Ask, known: Map<string, Grant>) => Omit<Loaded, 'now' | 'generation' | 'records'> {
  const codeOf = db.prepare('SELECT * FROM codes WHERE id = ?');
  const grantOf = db.prepare('SELECT * FROM grants WHERE id = ?');
  const grantAt = db.prepare('SELECT * FROM grants WHERE rowid = ?');
  const holdOf = db.prepare('SELECT key, until, rev, body FROM holds WHERE key = ?');
  const onceTaken = db.prepare('SELECT 1 FROM once WHERE key = ?');
  return (ask, known) => {
    const codes = new Map<string, Code>();
    const grants = new Map<string, Grant>();
    const holds = new Map<string, Hold>();
    const once = new Set<string>();
    const readGrant = (id: string): void => {
      if (grants.has(id)) return;
      const read = known.get(id);
      if (read) {
        grants.set(id, read);
        return;
      }
      const row = grantOf.get(id) as unknown as GrantRow | undefined;
      if (!row) return;
      const grant = toGrant(row);
      grants.set(id, grant);
      known.set(id, grant);
    };
    const readCode = (id: string): Code | undefined => {
      const known = codes.get(id);
      if (known) return known;
      const row = codeOf.get(id) as unknown as (CodeRow & { readonly grant_no: number }) | undefined;
      if (!row) return undefined;
      const code = toCode(row);
      codes.set(id, code);
      if (!grants.has(code.grant)) grants.set(code.grant, toGrant(grantAt.get(row.grant_no) as unknown as GrantRow));
      return code;
    };
    for (const id of ask.codes ?? []) {
      const next = readCode(id)?.next;
      if (next !== undefined) readCode(next);
    }
    for (const id of ask.grants ?? []) readGrant(id);
    for (const key of ask.holds ?? []) {
      const row = holdOf.get(key) as unknown as HoldRow | undefined;
      if (row) holds.set(key, toHold(row));
    }
    for (const key of ask.once ?? []) if (onceTaken.get(key)) once.add(key);
    return { codes, grants, holds, once };
  };
}
