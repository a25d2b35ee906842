/** Makes a verdict row of a judged case, and says how repeated refusals are kept. */
import { type Judgement, type Verdict, verdictRow, withTree } from '../../core/verdict.ts';
import { minuteKey, newId } from '../../protocols/typed-code/typed-code.ts';
import type { Refusal } from '../../store/port.ts';
import type { Case } from './case.ts';
import { type Action, judge, policy } from './profile.ts';

/** What is known of an attempt beside its case. */
export interface Attempt {
  readonly action: Action;
  readonly source: string;
  /** The application. */
  readonly subject?: string;
  readonly grant?: string;
  readonly code?: string;
}

/** The row that is kept of a judged case. */
export function verdictOf(c: Case, judgement: Judgement, attempt: Attempt): Verdict {
  return verdictRow(judgement, {
    ...attempt,
    id: newId('vd_', c.now),
    profile: 'home',
    policy,
    at: c.now,
    snapshot: c,
  });
}

/** A kept verdict with its tree; one of another profile as it is, one that was erased with none. */
export function withChecks(verdict: Verdict): Verdict {
  return withTree(verdict, 'home', (action, c) => judge(action as Action, c as Case));
}

/**
 * A refusal that counts against nothing, as it is kept: what repeats within a minute, of one source, token, app and cause,
 * is one row, or an app that polls in vain would fill the disk.
 */
export function refusalOf(c: Case, verdict: Verdict): Refusal {
  const { source, code = '-', subject = '-', action, at, decisive, cause } = verdict;
  return { now: c.now, verdict, coalesce: minuteKey(at, ['home', source, code, subject, action, decisive, cause]) };
}
