/** Appending rows of the model; how a value becomes a row is in `../rows.ts`. */
import type { DatabaseSync } from 'node:sqlite';
import type { Code, Effect, Grant } from '../../core/model.ts';
import type { Verdict } from '../../core/verdict.ts';
import { type Chain, erasedEntry, keptEntry } from '../audit.ts';
import { codeRow, effectRow, grantRow, type VerdictExtras, type VerdictRow, verdictRow } from '../rows.ts';

/** A grant and its row number, where the caller has looked it up already; any other grant's is looked up. */
export interface GrantAt {
  readonly id: string;
  readonly no: number | bigint;
}

/** Appends rows, and notes verdicts for the audit trail. Each throws on an id that is kept already. */
export interface Inserts {
  code(code: Code, at?: GrantAt): void;
  grant(grant: Grant): GrantAt;
  effect(effect: Effect, now: number): void;
  verdict(verdict: Verdict, extras?: VerdictExtras, at?: GrantAt): void;
  /** Writes a row in the place of the one with its id: grown, or erased. */
  verdictAgain(row: VerdictRow, why: 'grown' | 'erased'): void;
}

/** Makes a hold, or sets it; without data it keeps what it has. */
export const KEEP_HOLD = `INSERT INTO holds (key, until, rev, body) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE
  SET until = excluded.until, rev = excluded.rev, body = coalesce(excluded.body, body)`;

/** Prepares the inserts of one connection. */
export function inserts(db: DatabaseSync, chain: Chain): Inserts {
  const grantNo = 'coalesce(?, (SELECT rowid FROM grants WHERE id = ?))';
  const noOf = (id: string | null, at: GrantAt | undefined): number | bigint | null => (at?.id === id ? at.no : null);
  const code = db.prepare(`INSERT INTO codes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${grantNo})`);
  const grant = db.prepare('INSERT INTO grants VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const effect = db.prepare('INSERT INTO effects VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const verdict = db.prepare(`INSERT INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${grantNo})`);
  const again = db.prepare(
    'UPDATE verdicts SET last_at = ?, subject = ?, coalesce_key = ?, times = ?, consequence = ?, body = ? WHERE id = ?',
  );
  return {
    code(value, known) {
      const { id, grant_id, starts, ends, total, used, used_at, state, next, generation, rev, body } = codeRow(value);
      const no = noOf(grant_id, known);
      code.run(id, grant_id, starts, ends, total, used, used_at, state, next, generation, rev, body, no, grant_id);
    },
    grant(value) {
      const { id, parent, client, starts, ends, state, ended_at, ended_by, rev, body } = grantRow(value);
      const added = grant.run(id, parent, client, starts, ends, state, ended_at, ended_by, rev, body);
      return { id, no: added.lastInsertRowid };
    },
    effect(value, now) {
      const { id, grant_id, at, state, attempts, next_at, last_error, rev, body } = effectRow(value, now);
      effect.run(id, grant_id, at, state, attempts, next_at, last_error, rev, body);
    },
    verdict(value, extras, known) {
      const row = verdictRow(value, extras);
      const { id, at, last_at, subject, decisive, cause, grant_id, code_id, coalesce_key, times, consequence } = row;
      const first = [id, at, last_at, subject, decisive, cause, grant_id, code_id, coalesce_key, times, consequence];
      verdict.run(...first, row.body, noOf(grant_id, known), grant_id);
      chain.note(keptEntry(row));
    },
    verdictAgain(row, why) {
      const { id, last_at, subject, coalesce_key, times, consequence, body } = row;
      again.run(last_at, subject, coalesce_key, times, consequence, body, id);
      chain.note(why === 'grown' ? keptEntry(row) : erasedEntry(row));
    },
  };
}
