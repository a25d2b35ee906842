/**
 * The payments profile as a table: may a declined card be tried again? Every rule that can be judged is judged; each that is
 * closed says until when, and the latest of them is when the gate opens.
 */
import { createHash } from 'node:crypto';
import { decide } from '../../core/decide.ts';
import type { Phase } from '../../core/rule.ts';
import type { Fix, Judgement } from '../../core/verdict.ts';
import type { AccessCase } from './access.ts';
import type { PaymentsCase } from './case.ts';
import { openAt, type PaymentsRule } from './closing.ts';
import { at, DATA } from './data.ts';
import type { FeeEntry, Sourced } from './data-types.ts';
import { alreadyPaid } from './rules/already-paid.ts';
import { askIssuerOnce } from './rules/ask-issuer-once.ts';
import { cardRecord } from './rules/card-record.ts';
import { fixDataFirst } from './rules/fix-data-first.ts';
import { holdAfter51 } from './rules/hold-after-51.ts';
import { inFlight } from './rules/in-flight.ts';
import { mastercardAdvice } from './rules/mastercard-advice.ts';
import { mastercardDay } from './rules/mastercard-day.ts';
import { mastercardMonth } from './rules/mastercard-month.ts';
import { merchantKey } from './rules/merchant-key.ts';
import { networkLimitsPublished } from './rules/network-limits-published.ts';
import { neverCodes } from './rules/never-codes.ts';
import { responseKnown } from './rules/response-known.ts';
import { samePurchase } from './rules/same-purchase.ts';
import { technicalBackoff } from './rules/technical-backoff.ts';
import { visaCategory } from './rules/visa-category.ts';
import { visaReattempts } from './rules/visa-reattempts.ts';

interface PaymentsPhase extends Phase<PaymentsCase> {
  readonly rules: readonly PaymentsRule[];
}

/** One attempt: what is under way, what was answered, how long to wait, how often the network lets it be tried. */
const attempt: readonly PaymentsPhase[] = [
  { id: 'purchase', rules: [inFlight, alreadyPaid] },
  { id: 'answer', rules: [responseKnown, neverCodes, visaCategory, mastercardAdvice, fixDataFirst] },
  { id: 'pause', rules: [holdAfter51, technicalBackoff, askIssuerOnce, samePurchase] },
  { id: 'limits', rules: [visaReattempts, mastercardDay, mastercardMonth, networkLimitsPublished, cardRecord] },
];

/** A call of the gate: whose key is it? */
const access: readonly Phase<AccessCase>[] = [{ id: 'key', rules: [merchantKey] }];

/** The tables, by action. */
export const tables: {
  readonly attempt: readonly Phase<PaymentsCase>[];
  readonly access: readonly Phase<AccessCase>[];
} = { attempt, access };

const RULES: readonly PaymentsRule[] = attempt.flatMap(({ rules }) => rules);

/** Names this engine and its data: equal policy and snapshot give an equal tree. */
export const policy: string = createHash('sha256')
  .update(JSON.stringify([tables, DATA, 'payments-3']))
  .digest('base64url')
  .slice(0, 12);

/** Judges a case, fresh or from a snapshot: every rule, in order. */
export function judge(c: PaymentsCase): Judgement {
  return decide(c, tables.attempt);
}

/** Judges whether a call may come in. */
export function judgeAccess(c: AccessCase): Judgement {
  return decide(c, tables.access);
}

/**
 * When the attempt may be made: `c.now` itself when it may be made now. Closed one millisecond before, open at it, as long
 * as nothing else is attempted meanwhile.
 *
 * @returns milliseconds since the epoch, or `never`: only new facts open it
 */
export function nextAllowedAt(c: PaymentsCase): number | 'never' {
  // The common case, and the fast one: nothing came before.
  return c.history.length === 0 ? c.now : openAt(c, RULES);
}

/** A rule that is closed, for whoever wants to know which and why. */
export interface ClosedRule {
  readonly rule: string;
  readonly cause: string;
  readonly say: string;
  readonly fixes: readonly Fix[];
  readonly until: number | 'never';
  readonly from: Sourced;
  readonly fee?: FeeEntry;
}

/** Every rule that is closed now, in the order of the table. Empty exactly when the attempt may be made. */
export function closedRules(c: PaymentsCase): readonly ClosedRule[] {
  const epoch = at(c.now);
  return RULES.flatMap((rule) => {
    const closing = rule.closes(c, c.now, epoch);
    if (closing === undefined) return [];
    const { source, edition, confidence, validFrom, validTo } = closing.from;
    return [
      {
        rule: rule.id,
        cause: closing.cause,
        say: rule.causes[closing.cause]?.say ?? closing.cause,
        fixes: rule.causes[closing.cause]?.fixes ?? [],
        until: openAt(c, [rule]),
        from: { source, edition, confidence, validFrom, validTo },
        ...(closing.fee && { fee: closing.fee }),
      },
    ];
  });
}
