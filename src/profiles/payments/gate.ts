/**
 * The gate: one call before every attempt, one after. `reserve` checks and records in one transaction, so that of any number
 * of tills one sends; `record` says how it went, once. A merchant is let in by a grant; what is known of a card is a hold.
 *
 * Whoever crashes in between leaves an attempt whose lease runs out: it counts as unknown, and a late answer is still taken.
 */
import type { Grant } from '../../core/model.ts';
import type { Verdict } from '../../core/verdict.ts';
import type { HoldRead, Loaded, Store } from '../../store/port.ts';
import type { Attempt, PaymentsCase, Settings } from './case.ts';
import type { FactKind } from './data-types.ts';
import { type ClosedRule, closedRules, judge, nextAllowedAt } from './profile.ts';
import {
  type CardRecord,
  factsOf,
  heldAs,
  historyOf,
  holdKey,
  type KeptAttempt,
  merged,
  recordOf,
  withAnswer,
  withAttempt,
  withFacts,
} from './record.ts';
import { type RawResponse, readResponse } from './response.ts';
import { refusalOf, verdictOf } from './verdicts.ts';

/** What the gate works with. */
export interface GateDeps {
  readonly store: Store;
  readonly settings: Settings;
}

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

/** How an attempt went. */
export type Outcome =
  | { readonly outcome: 'approved'; readonly response?: Pick<RawResponse, 'code' | 'advice'> }
  | { readonly outcome: 'declined'; readonly response: Pick<RawResponse, 'code' | 'advice'> }
  /** It was never sent, or the processor says that it knows nothing of it: it does not count. */
  | { readonly outcome: 'not-sent' };

/** What came of recording. `conflict`: another answer is recorded already, and stays. */
export type Recorded =
  | { readonly recorded: 'now' | 'already'; readonly attempt: KeptAttempt; readonly nextAllowedAt: number | 'never' }
  | { readonly recorded: 'conflict'; readonly attempt: KeptAttempt }
  | { readonly recorded: 'unknown' };

/** How often a lost race is read and decided again. */
const ROUNDS_MAX = 20;

/** The store would not let anybody through: the caller may ask again. */
class GateBusyError extends Error {
  override readonly name = 'StoreBusyError';
}

interface Read {
  readonly loaded: Loaded;
  readonly record: CardRecord;
  /**
   * To be asserted: all of them, those that are not there too, because while keys change another node may write under another
   * one. The first is written, and `moves` are set to say where they went.
   */
  readonly holds: readonly (readonly [key: string, rev: number | null, moves: boolean])[];
}

/** Reads a card under all of its fingerprints, as one record. */
async function read({ store }: GateDeps, grant: string, cards: readonly string[]): Promise<Read> {
  const keys = cards.map(holdKey);
  const loaded = await store.load({ grants: [grant], holds: keys });
  const [only] = keys;
  // But for the time of a rotation there is one key, and nothing to put together.
  if (keys.length === 1 && only !== undefined) {
    const hold = loaded.holds.get(only);
    return { loaded, record: recordOf(hold), holds: [[only, hold?.rev ?? null, false]] };
  }
  const found = keys.map((key) => loaded.holds.get(key));
  const [newest, ...older] = found.map(recordOf);
  const moving = older.filter((record) => record.movedTo === undefined && record.fence > 0);
  return {
    loaded,
    record: moving.reduce((all, one) => merged(one, all), newest ?? recordOf(undefined)),
    holds: keys.map((key, i) => {
      const moves = i > 0 && recordOf(found[i]).movedTo === undefined && found[i] !== undefined;
      return [key, found[i]?.rev ?? null, moves] as const;
    }),
  };
}

/** The holds of a card as they are to be: all in the first, and the others say where it went. */
function written({ loaded: { now }, holds }: Read, record: CardRecord): readonly HoldRead[] {
  const first = holds[0]?.[0] ?? '';
  const moved: CardRecord = { fence: record.fence, attempts: [], facts: [], movedTo: first };
  return holds.map(([key, rev, moves], i) => {
    if (i === 0) return { key, rev, set: heldAs(record, now) };
    return { key, rev, ...(moves && { set: heldAs(moved, now) }) };
  });
}

function caseOf({ settings }: GateDeps, asked: Asked, { loaded, record }: Read): PaymentsCase {
  const { attempt, facts = [] } = asked;
  const { now } = loaded;
  const newFacts = [...factsOf(record, attempt.merchant), ...facts.map((kind) => ({ kind, at: now }))];
  return { now, attempt, history: historyOf(record, attempt), settings, ...(newFacts.length > 0 && { newFacts }) };
}

interface Judged {
  readonly c: PaymentsCase;
  readonly grant: Grant;
  readonly verdict: Verdict;
}

/** Undefined when the merchant is not let in (any more). */
function judged(deps: GateDeps, asked: Asked, card: Read): Judged | undefined {
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
  const found = judged(deps, asked, await read(deps, asked.grant, asked.cards));
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
    const card = await read(deps, asked.grant, asked.cards);
    const found = judged(deps, asked, card);
    if (found === undefined) return undefined;
    const { c, grant, verdict } = found;
    if (!verdict.ok) {
      const { verdict: id, consequence } = await deps.store.refuse(refusalOf(c, verdict));
      return { ...closed({ ...found, verdict: { ...verdict, id, consequence } }), refused: consequence.hits ?? 1 };
    }
    const sent = attemptOf(asked, card, verdict.id);
    const { merchant } = asked.attempt;
    const facts = (asked.facts ?? []).map((kind) => ({ kind, at: c.now, merchant }));
    const won = await deps.store.redeem({
      now: c.now,
      grant: { id: grant.id, rev: grant.rev },
      holds: written(card, withAttempt(withFacts(card.record, facts), sent)),
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

/** Its id is that of the verdict that let it through, under another prefix. */
function attemptOf(
  { attempt, leaseMs, cards }: Asked,
  { loaded: { now }, record }: Read,
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

/** The fingerprint that an attempt was reserved under stands in its id, so that its answer needs no card. */
function cardOf(attempt: string): string | undefined {
  const card = attempt.split('.')[1];
  return card !== undefined && /^[\w-]{43}$/.test(card) ? `pf_${card}` : undefined;
}

/**
 * Records how an attempt went: once, by its id. The same answer again is `already`; another one is a `conflict`, and the first
 * stays. It does not matter whether the lease has run out.
 *
 * @throws GateBusyError when others were faster over and over
 */
export async function record(
  deps: GateDeps,
  { grant, attempt: id, outcome }: { readonly grant: string; readonly attempt: string; readonly outcome: Outcome },
): Promise<Recorded> {
  let card = cardOf(id);
  for (let round = 0; card !== undefined && round < ROUNDS_MAX; round++) {
    const found = await read(deps, grant, [card]);
    const by = found.loaded.grants.get(grant);
    const { movedTo } = found.record;
    if (movedTo !== undefined) {
      card = movedTo.slice(holdKey('').length);
      continue;
    }
    const attempt = found.record.attempts.find((one) => one.id === id);
    if (by?.state !== 'active' || attempt === undefined || attempt.merchant !== by.to) return { recorded: 'unknown' };
    const { now } = found.loaded;
    const answered = answer(attempt, outcome, now);
    const after = (kept: CardRecord): number | 'never' => nextOf(deps, kept, attempt, card ?? '', now);
    if (attempt.outcome !== 'pending') {
      const same =
        attempt.outcome === answered.outcome && attempt.code === answered.code && attempt.mac === answered.mac;
      if (!same) return { recorded: 'conflict', attempt };
      return { recorded: 'already', attempt, nextAllowedAt: after(found.record) };
    }
    const kept = withAnswer(found.record, id, answered);
    const holds = written(found, kept);
    const won = await deps.store.redeem({ now, grant: { id: by.id, rev: by.rev }, holds, issue: [] });
    if (won === 'done') return { recorded: 'now', attempt: { ...attempt, ...answered }, nextAllowedAt: after(kept) };
  }
  if (card === undefined) return { recorded: 'unknown' };
  throw new GateBusyError('expected to record an answer, but others were faster each time; send it again');
}

/** An attempt as it is kept, and when the same may be tried again; undefined for one that this merchant never made. */
export async function find(
  deps: GateDeps,
  { grant, attempt: id }: { readonly grant: string; readonly attempt: string },
): Promise<{ readonly attempt: KeptAttempt; readonly nextAllowedAt: number | 'never' } | undefined> {
  let card = cardOf(id);
  for (let round = 0; card !== undefined && round < ROUNDS_MAX; round++) {
    const { loaded, record } = await read(deps, grant, [card]);
    const by = loaded.grants.get(grant);
    const attempt = record.attempts.find((one) => one.id === id);
    if (record.movedTo === undefined) {
      if (by?.state !== 'active' || attempt === undefined || attempt.merchant !== by.to) return undefined;
      return { attempt, nextAllowedAt: nextOf(deps, record, attempt, card, loaded.now) };
    }
    card = record.movedTo.slice(holdKey('').length);
  }
  return undefined;
}

/** An answer as the record keeps it: in the network's numbers, where the processor's are known. */
function answer(
  attempt: KeptAttempt,
  outcome: Outcome,
  now: number,
): Pick<KeptAttempt, 'outcome'> & Partial<KeptAttempt> {
  if (outcome.outcome === 'not-sent') return { outcome: 'not-sent', respondedAt: now };
  const { processor, network } = attempt;
  const read = outcome.response && readResponse({ processor, network, ...outcome.response }, now);
  return {
    outcome: outcome.outcome,
    respondedAt: now,
    ...(read?.code !== undefined && { code: read.code }),
    ...(read?.mac !== undefined && { mac: read.mac }),
    ...(outcome.outcome === 'declined' && read && { class: read.class }),
  };
}

/** When the same may be tried again. */
function nextOf(deps: GateDeps, record: CardRecord, kept: KeptAttempt, card: string, now: number): number | 'never' {
  const { merchant, amount, initiator, network, processor, purchase } = kept;
  const attempt: Attempt = {
    merchant,
    card,
    amount,
    initiator,
    network,
    processor,
    ...(purchase !== undefined && { purchase }),
  };
  const facts = factsOf(record, merchant);
  return nextAllowedAt({
    now,
    attempt,
    history: historyOf(record, attempt),
    settings: deps.settings,
    ...(facts.length > 0 && { newFacts: facts }),
  });
}
