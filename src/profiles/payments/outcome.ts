/** The other half of the gate: how an attempt went, recorded once by its id, and looked up again. */
import { cardHolds, GateBusyError, type GateDeps, ROUNDS_MAX, readCardRecord } from './card.ts';
import type { Attempt } from './case.ts';
import { nextAllowedAt } from './profile.ts';
import { type CardRecord, factsOf, historyOf, holdKey, type KeptAttempt, withAnswer } from './record.ts';
import { type RawResponse, readResponse } from './response.ts';

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

/** An approval with the code of a decline, or a decline with that of an approval: taken, it would open what is to be closed. */
export class ContradictionError extends Error {
  override readonly name = 'ContradictionError';
  constructor() {
    super(
      '`response.code`: expected a code that goes with the outcome, got one that says the opposite: look which of the two is right',
    );
  }
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
 * @throws ContradictionError, and GateBusyError when others were faster over and over
 */
export async function record(
  deps: GateDeps,
  { grant, attempt: id, outcome }: { readonly grant: string; readonly attempt: string; readonly outcome: Outcome },
): Promise<Recorded> {
  let card = cardOf(id);
  for (let round = 0; card !== undefined && round < ROUNDS_MAX; round++) {
    const found = await readCardRecord(deps, grant, [card]);
    const by = found.loaded.grants.get(grant);
    const { movedTo } = found.record;
    if (movedTo !== undefined) {
      card = movedTo.slice(holdKey('').length);
      continue;
    }
    const attempt = found.record.attempts.find((one) => one.id === id);
    if (by?.state !== 'active' || attempt === undefined || attempt.merchant !== by.to) return { recorded: 'unknown' };
    const { now } = found.loaded;
    // Said again, it is read by the tables that it was read by.
    const answered = answer(attempt, outcome, attempt.respondedAt ?? now);
    if (answered === undefined) throw new ContradictionError();
    const after = (kept: CardRecord): number | 'never' => nextOf(deps, kept, attempt, card ?? '', now);
    if (attempt.outcome !== 'pending') {
      const same = (['outcome', 'code', 'mac', 'class'] as const).every((part) => attempt[part] === answered[part]);
      if (!same) return { recorded: 'conflict', attempt };
      return { recorded: 'already', attempt, nextAllowedAt: after(found.record) };
    }
    const kept = withAnswer(found.record, id, answered);
    const holds = cardHolds(found, kept);
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
    const { loaded, record } = await readCardRecord(deps, grant, [card]);
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

/**
 * An answer as the record keeps it: in the network's numbers, where the processor's are known. Undefined where its code says the
 * opposite; one that nobody knows says nothing.
 */
function answer(
  attempt: KeptAttempt,
  outcome: Outcome,
  now: number,
): (Pick<KeptAttempt, 'outcome'> & Partial<KeptAttempt>) | undefined {
  if (outcome.outcome === 'not-sent') return { outcome: 'not-sent', respondedAt: now };
  const { processor, network } = attempt;
  const read = outcome.response && readResponse({ processor, network, ...outcome.response }, now);
  const said = read?.class ?? 'unknown';
  if (said !== 'unknown' && (said === 'approved') !== (outcome.outcome === 'approved')) return undefined;
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
