/** Rows and the model, both ways. What SQL must see is a column; the rest of a value is JSON in `body`. */
import type { DatabaseSync } from 'node:sqlite';
import type { Code, Effect, Grant } from '../../core/model.ts';
import type { Consequence, Verdict } from '../../core/verdict.ts';

/** A row of `codes`. */
export interface CodeRow {
  readonly id: string;
  readonly grant_id: string;
  readonly starts: number;
  readonly ends: number;
  readonly total: number | null;
  readonly used: number;
  readonly used_at: number | null;
  readonly state: Code['state'];
  readonly next: string | null;
  readonly generation: number;
  readonly rev: number;
  readonly body: string;
}

/** A row of `grants`. */
export interface GrantRow {
  readonly id: string;
  readonly parent: string | null;
  readonly client: string;
  readonly starts: number;
  readonly ends: number | null;
  readonly state: Grant['state'];
  readonly ended_at: number | null;
  readonly ended_by: string | null;
  readonly rev: number;
  readonly body: string;
}

/** A row of `effects`. */
export interface EffectRow {
  readonly id: string;
  readonly grant_id: string;
  readonly state: Effect['state'];
  readonly attempts: number;
  readonly next_at: number;
  readonly last_error: string | null;
  readonly rev: number;
  readonly body: string;
}

/** A row of `verdicts`. */
export interface VerdictRow {
  readonly id: string;
  readonly at: number;
  readonly subject: string | null;
  readonly decisive: string | null;
  readonly cause: string | null;
  readonly grant_id: string | null;
  readonly code_id: string | null;
  readonly times: number;
  readonly consequence: string | null;
  readonly body: string;
}

export function toCode(row: CodeRow): Code {
  return {
    ...JSON.parse(row.body),
    id: row.id,
    grant: row.grant_id,
    from: row.starts,
    until: row.ends,
    total: row.total,
    used: row.used,
    ...(row.used_at !== null && { usedAt: row.used_at }),
    state: row.state,
    ...(row.next !== null && { next: row.next }),
    generation: row.generation,
    rev: row.rev,
  };
}

export function toGrant(row: GrantRow): Grant {
  return {
    ...JSON.parse(row.body),
    id: row.id,
    ...(row.parent !== null && { parent: row.parent }),
    to: row.client,
    from: row.starts,
    until: row.ends,
    state: row.state,
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
    ...(row.ended_by !== null && { endedBy: row.ended_by }),
    rev: row.rev,
  };
}

export function toEffect(row: EffectRow): Effect {
  return {
    ...JSON.parse(row.body),
    id: row.id,
    grant: row.grant_id,
    state: row.state,
    attempts: row.attempts,
    nextAt: row.next_at,
    ...(row.last_error !== null && { lastError: row.last_error }),
    rev: row.rev,
  };
}

export function toVerdict(row: VerdictRow): Verdict {
  return {
    ...JSON.parse(row.body),
    id: row.id,
    at: row.at,
    ...(row.subject !== null && { subject: row.subject }),
    ...(row.decisive !== null && { decisive: row.decisive }),
    ...(row.cause !== null && { cause: row.cause }),
    ...(row.grant_id !== null && { grant: row.grant_id }),
    ...(row.code_id !== null && { code: row.code_id }),
    times: row.times,
    ...(row.consequence !== null && { consequence: JSON.parse(row.consequence) }),
  };
}

/** Prepares writing a coalesced verdict that has grown; `at` is the newest attempt's. */
export function verdictGrower(db: DatabaseSync): (grown: Verdict, at: number) => void {
  const update = db.prepare(
    'UPDATE verdicts SET last_at = max(last_at, ?), subject = ?, times = ?, consequence = ?, body = ? WHERE id = ?',
  );
  return (verdict, at) => {
    const { id, subject, times, consequence } = verdict;
    update.run(at, subject ?? null, times, consequence ? JSON.stringify(consequence) : null, bodyOf(verdict), id);
  };
}

/** What no column keeps. */
function bodyOf(verdict: Verdict): string {
  const { id, at, subject, decisive, cause, grant, code, times, consequence, ...rest } = verdict;
  return JSON.stringify(rest);
}

/** Appends rows. Each throws on an id that is kept already. */
export interface Inserts {
  code(code: Code): void;
  grant(grant: Grant): void;
  effect(effect: Effect, now: number): void;
  /** `consequence` is what the store did; the verdict's own is kept when there is none. */
  verdict(verdict: Verdict, consequence?: Consequence, coalesce?: string): void;
}

/** Prepares the inserts of one connection. */
export function inserts(db: DatabaseSync): Inserts {
  const grantNo = '(SELECT rowid FROM grants WHERE id = ?)';
  const code = db.prepare(`INSERT INTO codes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${grantNo})`);
  const grant = db.prepare('INSERT INTO grants VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const effect = db.prepare('INSERT INTO effects VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const verdict = db.prepare(`INSERT INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${grantNo})`);
  return {
    code({ id, grant, from, until, total, used, usedAt, state, next, generation, rev, ...rest }) {
      const body = JSON.stringify(rest);
      code.run(id, grant, from, until, total, used, usedAt ?? null, state, next ?? null, generation, rev, body, grant);
    },
    grant({ id, parent, to, from, until, state, endedAt, endedBy, rev, ...rest }) {
      const body = JSON.stringify(rest);
      grant.run(id, parent ?? null, to, from, until, state, endedAt ?? null, endedBy ?? null, rev, body);
    },
    effect({ id, grant, state, attempts, nextAt, lastError, rev, ...rest }, now) {
      effect.run(id, grant, now, state, attempts, nextAt, lastError ?? null, rev, JSON.stringify(rest));
    },
    verdict(row, did, coalesce) {
      const { id, at, subject, decisive, cause, grant, code, times } = row;
      const kept = did ?? row.consequence;
      verdict.run(
        id,
        at,
        at,
        subject ?? null,
        decisive ?? null,
        cause ?? null,
        grant ?? null,
        code ?? null,
        coalesce ?? null,
        times,
        kept ? JSON.stringify(kept) : null,
        bodyOf(row),
        grant ?? null,
      );
    },
  };
}
