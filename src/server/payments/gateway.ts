/**
 * From a body to the gate and back, the same for HTTP and for commands. A card number is turned into fingerprints here and
 * goes nowhere else.
 */
import type { Grant } from '../../core/model.ts';
import { checklist } from '../../core/verdict.ts';
import type { GateDeps } from '../../profiles/payments/card.ts';
import type { Attempt } from '../../profiles/payments/case.ts';
import type { FactKind } from '../../profiles/payments/data-types.ts';
import { type Asked, type Closed, check, reserve } from '../../profiles/payments/gate.ts';
import { find, type Outcome, record } from '../../profiles/payments/outcome.ts';
import { fingerprints, readCard } from '../../profiles/payments/pan.ts';
import type { ClosedRule } from '../../profiles/payments/profile.ts';
import type { KeptAttempt } from '../../profiles/payments/record.ts';
import { textsOf, textsOfCode } from '../../profiles/payments/words.ts';
import type { Loaded, Store } from '../../store/port.ts';
import type { Registry } from '../../store/registry.ts';
import type {
  ClosedAnswer,
  GateAnswer,
  GateOutcome,
  GateRequest,
  KeptAnswer,
  NextAnswer,
  RecordAnswer,
  RuleAnswer,
  TextsAnswer,
} from './answers.ts';
import { type CardKeys, cardKeys } from './card-keys.ts';
import { gateSettings, settingsOf } from './merchants.ts';

/** What it works with. */
export interface GatewayDeps {
  readonly store: Store;
  readonly registry: Registry;
  readonly cards: CardKeys;
  /** Where whoever runs the hub reads a verdict. */
  readonly verdictUri: (verdict: string) => string;
}

/** A merchant that was let in, and the reading that said so. */
export interface Caller {
  readonly grant: Grant;
  readonly loaded: Pick<Loaded, 'now' | 'records'>;
  readonly source: string;
}

/** What stands in `card` is no card, in words that repeat nothing of it. */
export class CardFault extends Error {}

/** The merchant is not let in any more: its grant ended while it was served. */
export class MerchantGone extends Error {}

/** Would it be let through? Nothing is recorded. @throws CardFault, MerchantGone */
export async function checkFor(deps: GatewayDeps, caller: Caller, asked: GateRequest): Promise<GateAnswer> {
  const found = present(await check(await gateOf(deps, caller), await askedOf(deps, caller, asked)));
  return found.admitted ? { admitted: true } : closedAnswer(found);
}

/** Checks and records. @throws CardFault, MerchantGone, GateBusyError */
export async function reserveFor(deps: GatewayDeps, caller: Caller, asked: GateRequest): Promise<GateAnswer> {
  const found = present(await reserve(await gateOf(deps, caller), await askedOf(deps, caller, asked)));
  const verdict = deps.verdictUri(found.verdict.id);
  if (!found.admitted) return { ...closedAnswer(found), verdict, refused: found.refused };
  const { attempt, fence, leaseUntil } = found.reservation;
  return { admitted: true, attempt, fence, lease_until: timeOf(leaseUntil), verdict };
}

/** Records how an attempt went; undefined for one that this merchant never made. @throws GateBusyError */
export async function recordFor(
  deps: GatewayDeps,
  caller: Caller,
  attempt: string,
  said: GateOutcome,
): Promise<RecordAnswer | undefined> {
  const outcome: Outcome =
    said.outcome === 'declined' ? { outcome: 'declined', response: said.response ?? {} } : (said as Outcome);
  const came = await record(await gateOf(deps, caller), { grant: caller.grant.id, attempt, outcome });
  if (came.recorded === 'unknown') return undefined;
  if (came.recorded === 'conflict') return { recorded: 'conflict', recorded_outcome: came.attempt.outcome };
  return {
    recorded: came.recorded,
    attempt,
    outcome: said.outcome,
    ...nextOf(came.nextAllowedAt),
    ...textsOfAnswer(came.attempt, caller.loaded.now),
  };
}

/** An attempt as it is kept; undefined for one that this merchant never made. */
export async function attemptFor(deps: GatewayDeps, caller: Caller, id: string): Promise<KeptAnswer | undefined> {
  const found = await find(await gateOf(deps, caller), { grant: caller.grant.id, attempt: id });
  if (!found) return undefined;
  const { attempt, nextAllowedAt } = found;
  const { fence, at, leaseUntil, amount, initiator, purchase, outcome, respondedAt, code, mac } = attempt;
  return {
    attempt: id,
    fence,
    at: timeOf(at),
    lease_until: timeOf(leaseUntil),
    amount,
    initiator,
    ...(purchase !== undefined && { purchase }),
    outcome: outcome === 'pending' && caller.loaded.now >= leaseUntil ? 'unknown' : outcome,
    ...(respondedAt !== undefined && { responded_at: timeOf(respondedAt) }),
    ...(code !== undefined && { code }),
    ...(mac !== undefined && { advice: mac }),
    ...(attempt.class !== undefined && { class: attempt.class }),
    ...nextOf(nextAllowedAt),
  };
}

async function gateOf({ store, registry }: GatewayDeps, { grant, loaded }: Caller): Promise<GateDeps> {
  return { store, settings: gateSettings(await settingsOf(registry, grant, loaded)) };
}

async function askedOf({ registry, cards }: GatewayDeps, caller: Caller, asked: GateRequest): Promise<Asked> {
  const { grant, loaded, source } = caller;
  const read = readCard(asked.card);
  if (!read.ok) throw new CardFault(`\`card\`: ${read.fault}`);
  const known = fingerprints(read.card, await cardKeys(registry, cards, loaded)).map(({ id }) => id);
  const attempt: Attempt = {
    merchant: grant.to,
    card: known[0] ?? '',
    amount: { minor: asked.amount.minor, currency: asked.amount.currency },
    initiator: asked.initiator,
    network: asked.network,
    processor: asked.processor ?? 'iso8583',
    ...(asked.region !== undefined && { region: asked.region }),
    ...(asked.purchase !== undefined && { purchase: asked.purchase }),
  };
  const seconds = asked.lease_seconds ?? (await settingsOf(registry, grant, loaded)).lease_seconds;
  const facts: readonly FactKind[] = asked.new_facts ?? [];
  return { grant: grant.id, attempt, cards: known, leaseMs: seconds * 1_000, facts, source };
}

function present<T>(found: T | undefined): T {
  if (found === undefined) throw new MerchantGone('expected a merchant that is let in, but its grant has ended');
  return found;
}

function closedAnswer({ verdict, nextAllowedAt, closed }: Closed): ClosedAnswer {
  const closing = new Set(closed.map(({ rule }) => rule));
  const todo = checklist(verdict.checks ?? []).filter(({ rule }) => closing.has(rule));
  const told = (audience: 'client' | 'owner'): readonly string[] =>
    todo.flatMap((fix) => (fix.audience === audience ? [fix.say] : []));
  return {
    admitted: false,
    ...nextOf(nextAllowedAt),
    closed: closed.map(ruleAnswer),
    merchant: told('client'),
    customer: told('owner'),
  };
}

function ruleAnswer({ rule, cause, say, until, from, fee }: ClosedRule): RuleAnswer {
  const { next_allowed_at, never } = nextOf(until);
  const { source, edition, confidence } = from;
  return {
    rule,
    cause,
    says: say,
    until: next_allowed_at,
    never,
    source,
    edition,
    confidence,
    ...(fee && { fee: { minor: fee.minor, currency: fee.currency, source: fee.source, edition: fee.edition } }),
  };
}

function textsOfAnswer({ outcome, code, class: kind, network }: KeptAttempt, now: number): Partial<TextsAnswer> {
  if (outcome !== 'declined') return {};
  const texts = code === undefined ? textsOf(kind ?? 'unknown') : textsOfCode(code, network, now);
  return { merchant: [texts.merchant], customer: [texts.customer] };
}

function nextOf(at: number | 'never'): NextAnswer {
  return at === 'never' ? { next_allowed_at: null, never: true } : { next_allowed_at: timeOf(at), never: false };
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
