/** Cases of the payments profile: a sound attempt, and what may have come before it. */
import {
  type Attempt,
  DEFAULT_SETTINGS,
  type NewFact,
  type Past,
  type PaymentsCase,
} from '../../src/profiles/payments/case.ts';
import type { PaymentsRule } from '../../src/profiles/payments/closing.ts';
import { at } from '../../src/profiles/payments/data.ts';
import type { FactKind } from '../../src/profiles/payments/data-types.ts';
import { nextAllowedAt } from '../../src/profiles/payments/profile.ts';

/** 20 Sep 2026, 12:00 UTC: behind every date of the data files. */
export const NOON: number = Date.UTC(2026, 8, 20, 12);
export const SECOND = 1_000;
export const MINUTE: number = 60 * SECOND;
export const HOUR: number = 60 * MINUTE;
export const DAY: number = 24 * HOUR;

/** A card at a merchant, 50.00 EUR. */
export const ATTEMPT: Attempt = {
  merchant: 'm_1',
  card: 'pf_card',
  amount: { minor: 5_000, currency: 'EUR' },
  initiator: 'merchant',
  network: 'visa',
  processor: 'iso8583',
};

/** A decline of the same key, answered at once. */
export function declined(code: string, time: number, over: Partial<Past> = {}): Past {
  return { near: 'key', at: time, respondedAt: time, outcome: 'declined', code, ...over };
}

/** An approval. */
export function approved(time: number, over: Partial<Past> = {}): Past {
  return { near: 'key', at: time, respondedAt: time, outcome: 'approved', code: '00', ...over };
}

/** A case at NOON; `attempt` and `settings` are laid over the sound ones. */
export function paymentsCase(
  history: readonly Past[],
  over: Partial<Omit<PaymentsCase, 'attempt' | 'settings' | 'history'>> & {
    readonly attempt?: Partial<Attempt>;
    readonly settings?: Partial<PaymentsCase['settings']>;
  } = {},
): PaymentsCase {
  return {
    now: NOON,
    ...over,
    history,
    attempt: { ...ATTEMPT, ...over.attempt },
    settings: { ...DEFAULT_SETTINGS, ...over.settings },
  };
}

/** A fact that came in after everything. */
export function fact(kind: FactKind, time: number = NOON): NewFact {
  return { kind, at: time };
}

/** Until when a rule is closed at the case's own time; `undefined` when it is open. */
export function untilOf(rule: PaymentsRule, c: PaymentsCase): number | undefined {
  return rule.closes(c, c.now, at(c.now))?.until;
}

/** Throws unless the rule is closed one millisecond before `opens`, and open at it. */
export function expectExact(rule: PaymentsRule, c: PaymentsCase, opens: number): void {
  const before = { ...c, now: opens - 1 };
  const then = { ...c, now: opens };
  if (rule.check(before).outcome !== 'fail') throw new Error(`${rule.id} is open before ${opens}`);
  if (rule.check(then).outcome === 'fail') throw new Error(`${rule.id} is closed at ${opens}`);
  if (untilOf(rule, before) !== opens) throw new Error(`${rule.id} says ${untilOf(rule, before)}, not ${opens}`);
  const next = nextAllowedAt(before);
  if (next !== 'never' && next < opens) throw new Error(`the gate opens at ${next}, before ${opens}`);
}
