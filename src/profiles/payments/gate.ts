/**
 * The gate: one call before every attempt, one after. `reserve` checks and records in one transaction, so that of any number
 * of tills one sends; `record` (`outcome.ts`) says how it went, once. A merchant is let in by a grant; what is known of a card is a hold.
 *
 * Whoever crashes in between leaves an attempt whose lease runs out: it counts as unknown, and a late answer is still taken.
 */
import type { Grant } from '../../core/model.ts';
import type { Verdict } from '../../core/verdict.ts';
import { type CardRead, cardHolds, GateBusyError, type GateDeps, ROUNDS_MAX, readCardRecord } from './card.ts';
import type { Attempt, PaymentsCase } from './case.ts';
import type { FactKind } from './data-types.ts';
import { keep } from './keep.ts';
import { type ClosedRule, closedRules, judge, nextAllowedAt } from './profile.ts';
import {
  FEW,
  factsOf,
  historyOf,
  isFull,
  KEPT_MS,
  type KeptAttempt,
  trimmed,
  withAttempt,
  withFacts,
} from './record.ts';
import { refusalOf, verdictOf } from './verdicts.ts';

/** An attempt that is to be made. */
export interface Asked {
  /** The grant that lets the merchant in. */
  readonly grant: string;
  /** Its `card` is the first of `cards`. */
  readonly attempt: Attempt;
  /** The card's fingerprints under all live keys, newest first. */
  readonly cards: readonly string[];
  /** How long an answer may take, in milliseconds. */
  readonly leaseMs: number;
  /** What is new of the card since it was declined. */
  readonly facts?: readonly FactKind[];
  readonly source: string;
}

/** Why not, and until when: every rule that says no, and the latest of them. */
export interface Closed {
  readonly admitted: false;
  readonly verdict: Verdict;
  readonly nextAllowedAt: number | 'never';
  readonly closed: readonly ClosedRule[];
}

/** Would it be let through? Nothing was recorded. */
export type Checked = { readonly admitted: true; readonly verdict: Verdict } | Closed;

/** May it be sent? `refused`: how often the same was refused within 30 days, this time among them; exact up to 100. */
export type Answer =
  | { readonly admitted: true; readonly verdict: Verdict; readonly reservation: Reservation }
  | (Closed & { readonly refused: number });

/** Leave to send one attempt. */
export interface Reservation {
  /** `at_…`: what its answer is recorded under. */
  readonly attempt: string;
  /** Grows with every attempt of the card; a processor that keeps the highest it saw refuses what comes late. */
  readonly fence: number;
  readonly leaseUntil: number;
}

function caseOf({ settings }: GateDeps, asked: Asked, { loaded, record }: CardRead): PaymentsCase {
  const { attempt, facts = [] } = asked;
  const { now } = loaded;
  const newFacts = [...factsOf(record, attempt.merchant), ...facts.map((kind) => ({ kind, at: now }))];
  const all = historyOf(record, attempt);
  return {
    now,
    attempt,
    history: all.length > FEW ? keep(all, now, attempt.purchase) : all,
    settings,
    ...(newFacts.length > 0 && { newFacts }),
    ...(isFull(record, attempt.merchant) && { full: true }),
  };
}

interface Judged {
  readonly c: PaymentsCase;
  readonly grant: Grant;
  readonly verdict: Verdict;
}

/** Undefined when the merchant is not let in (any more). */
function judged(deps: GateDeps, asked: Asked, card: CardRead): Judged | undefined {
  const grant = card.loaded.grants.get(asked.grant);
  if (grant?.state !== 'active') return undefined;
  const c = caseOf(deps, asked, card);
  return { c, grant, verdict: verdictOf(c, judge(c), grant.id, asked.source) };
}

function closed({ c, verdict }: Judged): Closed {
  return { admitted: false, verdict, nextAllowedAt: nextAllowedAt(c), closed: closedRules(c) };
}

/** Judges an attempt and records nothing. Undefined when the merchant is not let in (any more). */
export async function check(deps: GateDeps, asked: Asked): Promise<Checked | undefined> {
  const found = judged(deps, asked, withRoom(await readCardRecord(deps, asked.grant, asked.cards), asked));
  if (found === undefined) return undefined;
  return found.verdict.ok ? { admitted: true, verdict: found.verdict } : closed(found);
}

/**
 * Checks and records in one: admitted at most once among all that ask at the same time. Undefined when the merchant is not let
 * in (any more).
 *
 * @throws GateBusyError when others were faster over and over
 */
export async function reserve(deps: GateDeps, asked: Asked): Promise<Answer | undefined> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const card = withRoom(await readCardRecord(deps, asked.grant, asked.cards), asked);
    const found = judged(deps, asked, card);
    if (found === undefined) return undefined;
    const { c, grant, verdict } = found;
    if (!verdict.ok) {
      await renew(deps, grant, card);
      const { verdict: id, consequence } = await deps.store.refuse(refusalOf(c, verdict));
      return { ...closed({ ...found, verdict: { ...verdict, id, consequence } }), refused: consequence.hits ?? 1 };
    }
    const sent = attemptOf(asked, card, verdict.id);
    const { merchant } = asked.attempt;
    // Before the attempt that brings them: they clear nothing that comes of it, though the clock should stand still.
    const facts = (asked.facts ?? []).map((kind) => ({ kind, at: c.now - 1, merchant }));
    const won = await deps.store.redeem({
      now: c.now,
      grant: { id: grant.id, rev: grant.rev },
      holds: cardHolds(card, withAttempt(withFacts(card.record, facts), sent)),
      issue: [],
      verdict,
    });
    if (won === 'done') {
      const { id, fence, leaseUntil } = sent;
      return { admitted: true, verdict, reservation: { attempt: id, fence, leaseUntil } };
    }
  }
  throw new GateBusyError('expected to reserve an attempt, but others were faster each time; ask again');
}

/** A full record is looked through anew: as time goes by, less of it is asked for. */
function withRoom(card: CardRead, { attempt: { merchant } }: Asked): CardRead {
  if (!isFull(card.record, merchant)) return card;
  return { ...card, record: trimmed(card.record, card.loaded.now) };
}

/**
 * What is only ever refused is to outlast a rotation of keys and the time for which a record is kept. Whoever was faster has
 * renewed it as well, so a lost race is left at that.
 */
async function renew({ store }: GateDeps, { id, rev }: Grant, card: CardRead): Promise<void> {
  const { now, holds } = card.loaded;
  const until = holds.get(card.holds[0]?.[0] ?? '')?.until;
  const old = until !== undefined && until - now < KEPT_MS / 2;
  if (!old && !card.holds.some(([, , moves]) => moves)) return;
  await store.redeem({ now, grant: { id, rev }, holds: cardHolds(card, card.record), issue: [] });
}

/** Its id is that of the verdict that let it through, under another prefix. */
function attemptOf(
  { attempt, leaseMs, cards }: Asked,
  { loaded: { now }, record }: CardRead,
  verdict: string,
): KeptAttempt {
  const { merchant, amount, initiator, network, processor, purchase } = attempt;
  return {
    id: `at_${verdict.slice('vd_'.length)}.${(cards[0] ?? '').slice('pf_'.length)}`,
    fence: record.fence + 1,
    at: now,
    merchant,
    amount,
    initiator,
    network,
    processor,
    ...(purchase !== undefined && { purchase }),
    leaseUntil: now + leaseMs,
    outcome: 'pending',
  };
}
