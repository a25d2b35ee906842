/** Judges a kept case of the payments profile again, with something set otherwise. Changes nothing. */
import { judgedAgain, type Verdict } from '../../core/verdict.ts';
import type { AccessCase } from '../../profiles/payments/access.ts';
import type { PaymentsCase } from '../../profiles/payments/case.ts';
import { judge, judgeAccess, policy } from '../../profiles/payments/profile.ts';
import { OperationError } from '../operations.ts';

type Setter = (c: PaymentsCase, text: string) => PaymentsCase;

const HOUR_MS = 3_600_000;

/** What may be set, each from its text. */
const SETTERS: Readonly<Record<string, Setter>> = {
  at: (c, text) => ({ ...c, now: timeOf(text) }),
  after: (c, text) => ({ ...c, now: c.now + seconds(text) * 1_000 }),
  hold_hours: (c, text) => ({ ...c, settings: { ...c.settings, holdMs: seconds(text) * HOUR_MS } }),
  advice_may_shorten: (c, text) => ({ ...c, settings: { ...c.settings, adviceMayShorten: yes(text) } }),
  same_purchase: (c, text) => ({ ...c, settings: { ...c.settings, samePurchase: close(text) } }),
  region: (c, text) => ({ ...c, attempt: { ...c.attempt, region: text } }),
};

/** The verdict that the same case would get with `set` applied. With nothing set the tree is identical. */
export function replayedPayments(verdict: Verdict, set: Readonly<Record<string, string>>): Verdict {
  if (verdict.action === 'access') {
    if (Object.keys(set).length > 0)
      throw new OperationError('cannot set anything: the verdict is about a key, and not about an attempt');
    const c = verdict.snapshot as AccessCase;
    return judgedAgain(verdict, judgeAccess(c), { policy, snapshot: c });
  }
  let c = verdict.snapshot as PaymentsCase;
  for (const [name, text] of Object.entries(set)) {
    const setter = Object.hasOwn(SETTERS, name) ? SETTERS[name] : undefined;
    if (!setter) throw new OperationError(`cannot set ${name}: expected one of ${Object.keys(SETTERS).join(', ')}`);
    c = setter(c, text);
  }
  return judgedAgain(verdict, judge(c), { policy, snapshot: c });
}

function timeOf(text: string): number {
  const at = Date.parse(text);
  if (Number.isFinite(at)) return at;
  throw new OperationError('expected a time like 2026-11-21T12:00:00Z for at');
}

function seconds(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new OperationError('expected a whole number: seconds for after, hours for hold_hours');
}

function yes(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new OperationError('expected true or false');
}

function close(text: string): PaymentsCase['settings']['samePurchase'] {
  if (text === 'warn' || text === 'close') return text;
  throw new OperationError('expected warn or close for same_purchase');
}
