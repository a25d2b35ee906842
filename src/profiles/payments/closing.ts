/**
 * When a rule is closed, and until when. A rule says so for a moment and for the rules that hold at that moment; what a date
 * of the data files changes meanwhile is looked at here, so that no rule has to.
 */
import { type Finding, fail, pass, type Rule } from '../../core/rule.ts';
import { amountText } from '../../core/show.ts';
import type { PaymentsCase } from './case.ts';
import { at, type Epoch, holdsIn } from './data.ts';
import type { FeeEntry, Sourced } from './data-types.ts';

/** Closed by itself for good: only new facts open it. */
export const NEVER: number = Number.POSITIVE_INFINITY;

/** A rule is closed from the moment asked about up to `until`, without a gap. */
export interface Closing {
  /** Milliseconds since the epoch, or NEVER. */
  readonly until: number;
  readonly cause: string;
  /** Where the figure comes from. */
  readonly from: Sourced;
  /** What an attempt now would cost on top. */
  readonly fee?: FeeEntry;
  readonly detail?: string;
}

/** Pure: is the rule closed at `now`? `epoch` is what holds then. */
export type Closes = (c: PaymentsCase, now: number, epoch: Epoch) => Closing | undefined;

/** A rule that can say until when. */
export interface PaymentsRule extends Rule<PaymentsCase> {
  readonly closes: Closes;
}

/**
 * The first moment, from `c.now` on, at which none of the rules is closed: closed one millisecond before, open at it.
 *
 * @returns milliseconds since the epoch; `never` where only new facts help
 */
export function openAt(c: PaymentsCase, rules: readonly PaymentsRule[]): number | 'never' {
  let now = c.now;
  for (;;) {
    const epoch = at(now);
    let until = now;
    for (const rule of rules) {
      const closing = rule.closes(c, now, epoch);
      if (closing !== undefined && closing.until > until) until = closing.until;
    }
    if (until === now) return now;
    // What the next date of the data changes may open the rule, or close another.
    now = Math.min(until, epoch.to);
    if (now === NEVER) return 'never';
  }
}

/** A time as verdicts show it. */
export function shown(ms: number): string {
  return new Date(ms).toISOString();
}

/** The finding of a rule that is nothing but its closing. */
export function findingOf(c: PaymentsCase, rule: PaymentsRule): Finding {
  const closing = rule.closes(c, c.now, at(c.now));
  if (closing === undefined) return pass();
  const { source, edition, confidence } = closing.from;
  const told = [closing.detail, `${source} (${edition}; ${confidence})`, feeText(closing.fee)];
  const until = openAt(c, [rule]);
  const halves =
    until === 'never'
      ? { expected: 'a new fact of the card: waiting alone never opens it', presented: 'none that opens it' }
      : { expected: shown(until), presented: shown(c.now) };
  return fail(closing.cause, {
    ...halves,
    detail: told.filter((one) => one !== undefined).join('; '),
  });
}

function feeText(fee: FeeEntry | undefined): string | undefined {
  return fee && `fee at stake: ${amountText(fee.minor, fee.currency)} (${fee.source}, ${fee.edition})`;
}

/** The fee that an attempt against a rule costs, where one is known for the region. */
export function feeOf(c: PaymentsCase, epoch: Epoch, reason: FeeEntry['reason']): { readonly fee?: FeeEntry } {
  const { network, region } = c.attempt;
  if (region === undefined) return {};
  const fee = epoch.fees.get(`${network}/${reason}`)?.find((entry) => holdsIn(entry, region));
  return fee ? { fee } : {};
}
