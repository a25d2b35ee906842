/**
 * Rows and the model, both ways, as every SQL adapter keeps them and as a backup carries them. What SQL must see is a
 * column; the rest of a value is JSON in `body`, so that a field added to the model needs no migration.
 *
 * The body of a grant begins with its `profile`, that of a verdict with `profile`, `action` and `ok`: PostgreSQL's listings
 * read these from there (its JSON functions refuse a text with U+0000 in it, which anybody can send us).
 */
import type { Code, Effect, Grant, Hold } from '../core/model.ts';
import type { Consequence, Verdict } from '../core/verdict.ts';

/** A row of `codes`. Times in milliseconds. */
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

/** A row of `effects`; `at` is when it was written. */
export interface EffectRow {
  readonly id: string;
  readonly grant_id: string;
  readonly at: number;
  readonly state: Effect['state'];
  readonly attempts: number;
  readonly next_at: number;
  readonly last_error: string | null;
  readonly rev: number;
  readonly body: string;
}

/** A row of `verdicts`; `at` is the first attempt's time, `last_at` the newest one's. */
export interface VerdictRow {
  readonly id: string;
  readonly at: number;
  readonly last_at: number;
  readonly subject: string | null;
  readonly decisive: string | null;
  readonly cause: string | null;
  readonly grant_id: string | null;
  readonly code_id: string | null;
  readonly coalesce_key: string | null;
  readonly times: number;
  readonly consequence: string | null;
  readonly body: string;
}

export function codeRow(code: Code): CodeRow {
  const { id, grant, from, until, total, used, usedAt, state, next, generation, rev, ...rest } = code;
  return {
    id,
    grant_id: grant,
    starts: from,
    ends: until,
    total,
    used,
    used_at: usedAt ?? null,
    state,
    next: next ?? null,
    generation,
    rev,
    body: JSON.stringify(rest),
  };
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

export function grantRow(grant: Grant): GrantRow {
  const { id, profile, parent, to, from, until, state, endedAt, endedBy, rev, ...rest } = grant;
  return {
    id,
    parent: parent ?? null,
    client: to,
    starts: from,
    ends: until,
    state,
    ended_at: endedAt ?? null,
    ended_by: endedBy ?? null,
    rev,
    body: JSON.stringify({ profile, ...rest }),
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

export function effectRow(effect: Effect, at: number): EffectRow {
  const { id, grant, state, attempts, nextAt, lastError, rev, ...rest } = effect;
  return {
    id,
    grant_id: grant,
    at,
    state,
    attempts,
    next_at: nextAt,
    last_error: lastError ?? null,
    rev,
    body: JSON.stringify(rest),
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

/** `consequence` is what the store did, where the verdict does not say it itself; `lastAt` the newest attempt's time. */
export function verdictRow(
  verdict: Verdict,
  { consequence = verdict.consequence, coalesce, lastAt = verdict.at }: VerdictExtras = {},
): VerdictRow {
  const { id, profile, action, ok, at, subject, decisive, cause, grant, code, times, ...more } = verdict;
  const { consequence: _, ...rest } = more;
  return {
    id,
    at,
    last_at: lastAt,
    subject: subject ?? null,
    decisive: decisive ?? null,
    cause: cause ?? null,
    grant_id: grant ?? null,
    code_id: code ?? null,
    coalesce_key: coalesce ?? null,
    times,
    consequence: consequence ? JSON.stringify(consequence) : null,
    body: JSON.stringify({ profile, action, ok, ...rest }),
  };
}

/** What a verdict's row has beside the verdict. */
export interface VerdictExtras {
  readonly consequence?: Consequence | undefined;
  readonly coalesce?: string | undefined;
  readonly lastAt?: number;
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

/**
 * What is left of a verdict when its payload is pruned: that, when, and with which cause something was decided. Who and
 * where from, the case and its tree are gone. Undefined when it was pruned before.
 */
export function erasedRow(row: VerdictRow): VerdictRow | undefined {
  const { profile, action, ok, refusal, policy, erased } = JSON.parse(row.body) as Verdict;
  if (erased) return undefined;
  const body = { profile, action, ok, ...(refusal !== undefined && { refusal }), policy, snapshot: null, erased: true };
  return { ...row, subject: null, coalesce_key: null, body: JSON.stringify(body) };
}

/** A hold. Backups of before `body` was have none. */
export interface HoldRow {
  readonly key: string;
  readonly until: number;
  readonly rev: number;
  readonly body?: string | null;
}

export function holdRow({ data, ...hold }: Hold): HoldRow {
  return { ...hold, body: data ?? null };
}

export function toHold({ key, until, rev, body }: HoldRow): Hold {
  return { key, until, rev, ...(typeof body === 'string' && { data: body }) };
}
