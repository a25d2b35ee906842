/** Makes a verdict row of a judged case: who, what, which snapshot; and how a refusal is counted and coalesced. */
import { createHash } from 'node:crypto';
import { CODE_FAILURES } from '../../core/limit.ts';
import { show } from '../../core/show.ts';
import { type Judgement, leaves, type Verdict } from '../../core/verdict.ts';
import { newId } from '../../protocols/typed-code/typed-code.ts';
import type { Refusal } from '../../store/port.ts';
import type { AuthorizeCase, ResourceCase, TokenCase } from './case.ts';
import { type Action, judge, policy } from './profile.ts';

type Case = TokenCase | AuthorizeCase | ResourceCase;

const COALESCE_MS = 60_000;

/** What is known of an attempt beside its case. */
export interface Attempt {
  readonly action: Action;
  readonly source: string;
  /** The grant, where the case has none of its own (a consent just given). */
  readonly grant?: string;
  readonly code?: string;
}

/** The row that is kept of a judged case. A success keeps no tree: it is judged again from its snapshot. */
export function verdictOf(c: Case, judgement: Judgement, attempt: Attempt): Verdict {
  const { decisive } = judgement;
  const grant = attempt.grant ?? ('grant' in c ? c.grant?.id : undefined);
  const code = attempt.code ?? ('code' in c ? c.code?.id : undefined);
  const subject = subjectOf(c);
  return {
    id: newId('vd_', c.now),
    profile: 'oauth',
    action: attempt.action,
    ok: judgement.ok,
    ...(decisive && { decisive: decisive.rule, cause: decisive.cause, refusal: decisive.refusal }),
    ...(subject !== undefined && { subject: show(subject) }),
    source: attempt.source,
    ...(grant !== undefined && { grant }),
    ...(code !== undefined && { code }),
    policy,
    at: c.now,
    snapshot: c,
    ...(!judgement.ok && { checks: judgement.checks }),
    times: 1,
  };
}

/** A kept verdict with its tree. */
export function withChecks(verdict: Verdict): Verdict {
  if (verdict.checks || verdict.profile !== 'oauth') return verdict;
  return { ...verdict, checks: judge(verdict.action as Action, verdict.snapshot as Case).checks };
}

function subjectOf(c: Case): string | undefined {
  if ('clientId' in c) return c.clientId?.slice(0, 100);
  const bindings = 'code' in c ? c.code?.bindings : undefined;
  const owner = bindings?.find((b) => b.fact === 'client_id')?.expected;
  return typeof owner === 'string' ? owner : undefined;
}

const REVOKING: Readonly<Record<string, string>> = { replay: 'replayed', 'refresh-reused': 'refresh-token-reused' };

/**
 * How a refusal is kept. A failed proof by a holder counts against a live code, and its row is its own; everything
 * else that repeats within a minute, from one source, for one code and with the same faults, is one row.
 */
export function refusalOf(c: TokenCase | ResourceCase, judgement: Judgement, verdict: Verdict): Refusal {
  const { code, now } = c;
  const open = code?.state === 'live' && (code.total === null || code.used < code.total) && now <= code.until;
  const malformed = judgement.checks.some((phase) => phase.id === 'request' && phase.outcome === 'fail');
  const strikes = code !== undefined && open && judgement.counts && !malformed;
  const { decisive } = judgement;
  const revoking = decisive?.rule === 'oauth.code-unused' ? REVOKING[decisive.cause] : undefined;
  return {
    now,
    verdict,
    ...(strikes
      ? { strike: { key: `code:${code.id}`, limit: CODE_FAILURES, code: code.id } }
      : { coalesce: coalesceKey(verdict, judgement) }),
    ...(revoking !== undefined && c.grant && { revokes: { grant: c.grant.id, cause: revoking } }),
  };
}

function coalesceKey(verdict: Verdict, judgement: Judgement): string {
  const faults = leaves(judgement.checks).flatMap((check) => (check.cause ? [`${check.id}/${check.cause.id}`] : []));
  const parts = [verdict.source, verdict.code ?? '-', verdict.action, Math.floor(verdict.at / COALESCE_MS), ...faults];
  return createHash('sha256').update(parts.join('\n')).digest('base64url').slice(0, 27);
}
