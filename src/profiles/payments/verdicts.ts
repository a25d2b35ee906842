/** Makes a verdict row of a judged attempt, and says how repeated refusals are kept. */
import { hash } from 'node:crypto';
import type { Limit } from '../../core/model.ts';
import { type Judgement, type Verdict, verdictRow, withTree } from '../../core/verdict.ts';
import { minuteKey, newId } from '../../protocols/typed-code/typed-code.ts';
import type { Refusal } from '../../store/port.ts';
import type { AccessCase } from './access.ts';
import type { PaymentsCase } from './case.ts';
import { judge, judgeAccess, policy } from './profile.ts';

/** Attempts that the gate refused, counted for 30 days: it shows that somebody does not wait, and does nothing else. */
const REFUSED: Limit = { id: 'payments-refused', count: 100, inMs: 30 * 86_400_000, then: 'burn' };

/** The row that is kept of a judged attempt. Its subject is the merchant. */
export function verdictOf(c: PaymentsCase, judgement: Judgement, grant: string, source: string): Verdict {
  return verdictRow(judgement, {
    id: newId('vd_', c.now),
    profile: 'payments',
    action: 'attempt',
    subject: c.attempt.merchant,
    source,
    grant,
    policy,
    at: c.now,
    snapshot: c,
  });
}

/** A kept verdict with its tree; one of another profile as it is, one that was erased with none. */
export function withChecks(verdict: Verdict): Verdict {
  return withTree(verdict, 'payments', (action, c) =>
    action === 'access' ? judgeAccess(c as AccessCase) : judge(c as PaymentsCase),
  );
}

/** A refusal as it is kept: what repeats within a minute is one row. Counted for the key, which makes nothing longer. */
export function refusalOf(c: PaymentsCase, verdict: Verdict): Refusal {
  const { merchant, card, amount, initiator } = c.attempt;
  const { decisive, cause } = verdict;
  const charge = JSON.stringify([merchant, card, amount.minor, amount.currency, initiator]);
  // 162 bits: enough that no two charges meet, and short, since three indexes carry it.
  const key = hash('sha256', charge, 'base64url').slice(0, 27);
  // First, so that what a busy minute writes stands side by side.
  const minute = Math.floor(verdict.at / 60_000).toString(36);
  return {
    now: c.now,
    verdict,
    coalesce: `${minute} ${key} ${decisive} ${cause}`,
    strike: { key: `pay ${key}`, limit: REFUSED },
  };
}

/** A call that was not let in: what repeats within a minute, from one source and for one cause, is one row. */
export function accessRefusal(c: AccessCase, judgement: Judgement, source: string): Refusal {
  const { now, code, merchant } = c;
  const verdict = verdictRow(judgement, {
    id: newId('vd_', now),
    profile: 'payments',
    action: 'access',
    subject: merchant?.to,
    source,
    grant: merchant?.id,
    code: code?.id,
    policy,
    at: now,
    snapshot: c,
  });
  return { now, verdict, coalesce: minuteKey(now, ['payments-access', source, code?.id, verdict.cause]) };
}
