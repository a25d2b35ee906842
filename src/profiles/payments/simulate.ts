/**
 * What the gate would have done to a list of attempts that were really made: which it would have refused, which fees that
 * avoids, and which approvals it would have delayed. It guesses no outcome: `ASSUMES` says what is taken for granted.
 */
import { type Attempt, nearOf, type Past, type PaymentsCase, type Settings } from './case.ts';
import { at, holdsIn } from './data.ts';
import { type ClosedRule, closedRules } from './profile.ts';

/** A line of the list. Times are milliseconds since the epoch; codes are the network's own. */
export interface LoggedAttempt extends Attempt, Pick<Past, 'respondedAt' | 'code' | 'mac' | 'class'> {
  readonly at: number;
  readonly outcome: 'approved' | 'declined' | 'unknown';
}

/** Sums by currency, in its smallest unit. */
export type Sums = Readonly<Record<string, number>>;

/** What came of it. */
export interface Simulation {
  readonly attempts: number;
  readonly approved: number;
  readonly declined: number;
  readonly unknown: number;
  /** What the gate would have refused: of these the declines were in vain, the approvals would have come later or not at all. */
  readonly refused: { readonly declined: number; readonly approved: number; readonly unknown: number };
  /** Of refused attempts, those that only a new fact would have opened. */
  readonly refusedForGood: number;
  /** Charged to the merchant in approvals that would have been refused at that moment. */
  readonly delayed: Sums;
  /** Fees of attempts over a limit, as the list was really sent, and those that the gate would have avoided. */
  readonly feesAtStake: Sums;
  readonly feesAvoided: Sums;
  /** Attempts against a rule of a network for whose region no fee is known: they cost something, and nobody here knows what. */
  readonly unpriced: number;
  /** Fees for advice that came whatever the merchant did. */
  readonly feesAnyway: Sums;
  /** How often each rule was among those that refused. */
  readonly byRule: Readonly<Record<string, number>>;
  /** Cards that were forgotten, because too many others were tried since: what they were declined for is not known any more. */
  readonly forgotten: number;
  readonly assumes: readonly string[];
}

/** What a simulation takes for granted. */
export const ASSUMES: readonly string[] = [
  'every attempt of the list was really sent at its time, and no other was',
  'a refused attempt is dropped, not moved: what it would have brought later is not guessed',
  'one attempt costs one fee at most, the highest of those that are known for the region',
  'fees are list prices of the networks as others publish them; acquirers add their own',
  'of one card, the newest 2,000 attempts are looked at, of all cards the newest 200,000',
];

const PER_CARD_MAX = 2_000;
const ATTEMPTS_MAX = 200_000;
const NETWORK_RULES = /^payments\.(?:visa|mastercard)-/;

/** Attempts of one card, as they were sent and as the gate would have let them through. */
interface Sent {
  readonly logged: LoggedAttempt[];
  readonly admitted: LoggedAttempt[];
}

/** What the gate would have made of one attempt, and the fee that was at stake. */
export interface Decided {
  readonly closed: readonly ClosedRule[];
  readonly fee?: { readonly minor: number; readonly currency: string };
}

/** A list whose attempts are not in the order of their times. */
export class OrderError extends Error {
  override readonly name = 'OrderError';
}

/** A simulation under way. */
export interface Running {
  /** The next attempt. @throws OrderError when it is older than the one before it */
  take(attempt: LoggedAttempt): Decided;
  /** What has come of it so far. */
  sums(): Simulation;
}

/** Begins a simulation that is handed its attempts one by one, in the order of their times. */
export function simulation(settings: Settings, attemptsMax: number = ATTEMPTS_MAX): Running {
  const cards = new Map<string, Sent>();
  const count = { attempts: 0, approved: 0, declined: 0, unknown: 0 };
  const refused = { approved: 0, declined: 0, unknown: 0 };
  const sums = { delayed: {}, feesAtStake: {}, feesAvoided: {}, feesAnyway: {}, byRule: {} };
  let refusedForGood = 0;
  let unpriced = 0;
  let forgotten = 0;
  let held = 0;
  let before = Number.NEGATIVE_INFINITY;
  const refuse = (one: LoggedAttempt, closed: readonly ClosedRule[], fee: Decided['fee']): void => {
    for (const { rule } of closed) add(sums.byRule, rule, 1);
    refused[one.outcome] += 1;
    if (closed.some(({ until }) => until === 'never')) refusedForGood += 1;
    if (one.outcome === 'approved') add(sums.delayed, one.amount.currency, one.amount.minor);
    if (fee !== undefined) add(sums.feesAvoided, fee.currency, fee.minor);
  };
  return {
    take(one) {
      if (one.at < before)
        throw new OrderError(
          `expected attempts in the order of their times; number ${count.attempts + 1} is older than the one before`,
        );
      before = one.at;
      count.attempts += 1;
      count[one.outcome] += 1;
      const sent = cards.get(one.card) ?? { logged: [], admitted: [] };
      // Last is newest: what is forgotten is the card that was not tried for the longest.
      cards.delete(one.card);
      cards.set(one.card, sent);
      const really = closedRules(caseOf(one, sent.logged, settings));
      const fee = really.flatMap((rule) => rule.fee ?? []).sort((a, b) => b.minor - a.minor)[0];
      if (fee !== undefined) add(sums.feesAtStake, fee.currency, fee.minor);
      else if (really.some(({ rule }) => NETWORK_RULES.test(rule))) unpriced += 1;
      const closed = closedRules(caseOf(one, sent.admitted, settings));
      if (closed.length === 0) push(sent.admitted, one);
      else refuse(one, closed, fee);
      for (const { currency, minor } of advised(one)) add(sums.feesAnyway, currency, minor);
      held += push(sent.logged, one);
      for (const [card, { logged }] of cards) {
        if (held <= attemptsMax || card === one.card) break;
        cards.delete(card);
        held -= logged.length;
        forgotten += 1;
      }
      return { closed, ...(fee && { fee }) };
    },
    sums: () => ({ ...count, refused, refusedForGood, unpriced, ...sums, forgotten, assumes: ASSUMES }),
  };
}

/**
 * Runs a whole list through the gate.
 *
 * @param list in the order of their times; others throw
 * @param each called behind every attempt with how many are done
 * @throws OrderError when an attempt is older than the one before it
 */
export function simulate(
  list: readonly LoggedAttempt[],
  settings: Settings,
  each?: (done: number) => void,
): Simulation {
  const running = simulation(settings);
  for (const [i, one] of list.entries()) {
    running.take(one);
    each?.(i + 1);
  }
  return running.sums();
}

function caseOf(attempt: LoggedAttempt, sent: readonly LoggedAttempt[], settings: Settings): PaymentsCase {
  const history = sent.flatMap((past): Past[] => {
    const near = nearOf(attempt, past);
    return near === undefined ? [] : [{ ...past, near }];
  });
  return { now: attempt.at, attempt, history, settings };
}

function advised({
  network,
  region,
  at: now,
  code,
  mac,
}: LoggedAttempt): readonly { currency: string; minor: number }[] {
  if (network !== 'mastercard' || region === undefined || code !== '51' || mac === undefined) return [];
  const waits = Number(mac) >= 24 && Number(mac) <= 30;
  return waits ? (at(now).fees.get('mastercard/optimizer') ?? []).filter((fee) => holdsIn(fee, region)) : [];
}

/** Answers by how much the list has grown. */
function push(list: LoggedAttempt[], one: LoggedAttempt): number {
  const full = list.length >= PER_CARD_MAX;
  if (full) list.shift();
  list.push(one);
  return full ? 0 : 1;
}

function add(sums: Record<string, number>, name: string, value: number): void {
  sums[name] = (sums[name] ?? 0) + value;
}
