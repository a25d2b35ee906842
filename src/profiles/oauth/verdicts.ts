/** Makes a verdict row of a judged case: who, what, which snapshot; and how a refusal is counted and coalesced. */
import { strikeOf } from '../../core/limit.ts';
import { type Judgement, type Verdict, verdictRow, withTree } from '../../core/verdict.ts';
import { minuteKey, newId } from '../../protocols/typed-code/typed-code.ts';
import type { Refusal } from '../../store/port.ts';
import type { Case } from './case.ts';
import { type Action, judge, policy } from './profile.ts';

/** What is known of an attempt beside its case. */
export interface Attempt {
  readonly action: Action;
  readonly source: string;
  /** The grant, where the case has none of its own (a consent just given). */
  readonly grant?: string;
  readonly code?: string;
}

/** The row that is kept of a judged case. */
export function verdictOf(c: Case, judgement: Judgement, attempt: Attempt): Verdict {
  return verdictRow(judgement, {
    id: newId('vd_', c.now),
    profile: 'oauth',
    action: attempt.action,
    subject: subjectOf(c),
    source: attempt.source,
    grant: attempt.grant ?? ('grant' in c ? c.grant?.id : undefined),
    code: attempt.code ?? ('code' in c ? c.code?.id : undefined),
    policy,
    at: c.now,
    snapshot: c,
  });
}

/** A kept verdict with its tree; one of another profile as it is, one that was erased with none. */
export function withChecks(verdict: Verdict): Verdict {
  return withTree(verdict, 'oauth', (action, c) => judge(action as Action, c as Case));
}

/** The client a case speaks of: as presented, or as its token was bound. */
export function subjectOf(c: Case): string | undefined {
  if ('clientId' in c) return c.clientId?.slice(0, 100);
  const bindings = 'code' in c ? c.code?.bindings : undefined;
  const owner = bindings?.find((b) => b.fact === 'client_id')?.expected;
  return typeof owner === 'string' ? owner : undefined;
}

const REVOKING: Readonly<Record<string, string>> = { replay: 'replayed', 'refresh-reused': 'refresh-token-reused' };

/**
 * How a refusal is kept. A failed proof by a holder counts against a live code, and its row is its own; everything
 * else that repeats within a minute, from one source, for one code and client and with the same cause, is one row.
 */
export function refusalOf(c: Case, judgement: Judgement, verdict: Verdict): Refusal {
  const { now } = c;
  const code = 'code' in c ? c.code : undefined;
  const open = code?.state === 'live' && (code.total === null || code.used < code.total) && now <= code.until;
  const malformed = judgement.checks.some((phase) => phase.id === 'request' && phase.outcome === 'fail');
  const counts = open && judgement.counts && !malformed;
  // Whatever form a code has here, whoever presents it holds it.
  const strike = counts ? strikeOf('opaque', { by: 'holder', code: code.id }) : undefined;
  const { decisive } = judgement;
  const revoking = decisive?.rule === 'oauth.code-unused' ? REVOKING[decisive.cause] : undefined;
  return {
    now,
    verdict,
    ...(strike ? { strike } : { coalesce: coalesceKey(c, verdict) }),
    ...(revoking !== undefined && 'grant' in c && c.grant && { revokes: { grant: c.grant.id, cause: revoking } }),
  };
}

/**
 * What strangers can vary is left out of the key: of a request's faults only the decisive one counts, of its claims only
 * a client that is registered, or their combinations would be rows without end.
 */
function coalesceKey(c: Case, verdict: Verdict): string {
  const { source, code = '-', action, at, decisive, cause } = verdict;
  const client = 'client' in c ? (c.client?.id ?? '-') : '-';
  return minuteKey(at, [source, code, client, action, decisive, cause]);
}
