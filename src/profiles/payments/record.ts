/**
 * What is kept of a card between attempts: one hold for each fingerprint, with what was sent and how it was answered. All
 * counters are worked out from it, so there is one thing to read, one `rev` to assert, and nothing that could disagree.
 */
import type { Hold } from '../../core/model.ts';
import { type Attempt, type NewFact, nearOf, type Past } from './case.ts';
import type { ResponseClass } from './data-types.ts';
import { keepCircle, keepPurchase } from './keep.ts';

/** An attempt of a card, as its record has it. Times are milliseconds since the epoch, the store's clock. */
export interface KeptAttempt {
  /** `at_…`, given when it was admitted. */
  readonly id: string;
  /** Grows with every attempt of the card: of two, the newer one has the higher. */
  readonly fence: number;
  readonly at: number;
  readonly merchant: string;
  readonly amount: Attempt['amount'];
  readonly initiator: Attempt['initiator'];
  readonly network: string;
  readonly processor: string;
  readonly purchase?: string;
  readonly leaseUntil: number;
  /** `not-sent` counts for nothing; it stays so that recording it again is no surprise. */
  readonly outcome: Past['outcome'] | 'not-sent';
  readonly respondedAt?: number;
  readonly code?: string;
  readonly mac?: string;
  readonly class?: ResponseClass;
}

/** Of one card. */
export interface CardRecord {
  readonly fence: number;
  /** Oldest first. */
  readonly attempts: readonly KeptAttempt[];
  readonly facts: readonly (NewFact & { readonly merchant: string })[];
  /** Its attempts are kept under this fingerprint now: keys were rotated. */
  readonly movedTo?: string;
}

/** A card nobody has tried. */
export const UNTRIED: CardRecord = { fence: 0, attempts: [], facts: [] };

/** How long the record of a card is kept after its last attempt or, once half of this is over, its last refusal. */
export const KEPT_MS: number = 400 * 86_400_000;

/**
 * What is kept for one merchant on one card, whatever others do there: purchases, the newest, to be paid once; attempts; new
 * facts, the newest.
 */
export const PURCHASES_MAX = 300;
export const ATTEMPTS_MAX = 500;
const FACTS_MAX = 20;

/** Key of the hold of a card. */
export function holdKey(card: string): string {
  return `pay ${card}`;
}

/** An attempt as it is kept: what every one has by its place, since a card's record is written anew with each of them. */
type Row = readonly [
  id: string,
  fence: number,
  at: number,
  merchant: string,
  minor: number,
  currency: string,
  initiator: Attempt['initiator'],
  network: string,
  processor: string,
  leaseUntil: number,
  outcome: KeptAttempt['outcome'],
  more?: Pick<KeptAttempt, 'purchase' | 'respondedAt' | 'code' | 'mac' | 'class'>,
];

/** A record as it is kept. */
interface Written extends Omit<CardRecord, 'attempts'> {
  readonly rows: readonly Row[];
}

function rowOf(attempt: KeptAttempt): Row {
  const { id, fence, at, merchant, amount, initiator, network, processor, leaseUntil, outcome, ...more } = attempt;
  const { minor, currency } = amount;
  const all = [id, fence, at, merchant, minor, currency, initiator, network, processor, leaseUntil, outcome] as const;
  for (const _ in more) return [...all, more];
  return all;
}

function attemptOf(row: Row): KeptAttempt {
  const [id, fence, at, merchant, minor, currency, initiator, network, processor, leaseUntil, outcome, more] = row;
  const amount = { minor, currency };
  return { id, fence, at, merchant, amount, initiator, network, processor, leaseUntil, outcome, ...more };
}

/** Reads it. */
export function recordOf(hold: Hold | undefined): CardRecord {
  if (hold?.data === undefined) return UNTRIED;
  const { rows, ...record } = JSON.parse(hold.data) as Written;
  return { ...record, attempts: rows.map(attemptOf) };
}

/** How it is kept after an attempt or an answer at `now`. */
export function heldAs(record: CardRecord, now: number): { readonly until: number; readonly data: string } {
  const { attempts, ...rest } = record;
  const written: Written = { ...rest, rows: attempts.map(rowOf) };
  return { until: now + KEPT_MS, data: JSON.stringify(written) };
}

/** What rules see of it, for one attempt. */
export function historyOf(record: CardRecord, attempt: Attempt): readonly Past[] {
  return record.attempts.flatMap((one): Past[] => {
    const near = nearOf(attempt, { ...one, card: attempt.card });
    const { at, respondedAt, leaseUntil, outcome, code, mac, purchase } = one;
    if (near === undefined || outcome === 'not-sent') return [];
    return [
      {
        near,
        at,
        outcome,
        leaseUntil,
        ...(respondedAt !== undefined && { respondedAt }),
        ...(code !== undefined && { code }),
        ...(mac !== undefined && { mac }),
        ...(one.class !== undefined && { class: one.class }),
        ...(purchase !== undefined && { purchase }),
      },
    ];
  });
}

/** New facts that this merchant brought. */
export function factsOf(record: CardRecord, merchant: string): readonly NewFact[] {
  return record.facts.flatMap(({ merchant: by, ...fact }) => (by === merchant ? [fact] : []));
}

/** The record with one more attempt. What no rule will ask for any more goes, whoever tries the card next. */
export function withAttempt(record: CardRecord, attempt: KeptAttempt): CardRecord {
  const all = [...record.attempts, attempt];
  return { ...record, fence: attempt.fence, attempts: all.length <= FEW ? all : needed(all, attempt.at) };
}

/** Is there room for one more attempt of this merchant? */
export function isFull({ attempts }: CardRecord, merchant: string): boolean {
  return attempts.length >= ATTEMPTS_MAX && attempts.filter((one) => one.merchant === merchant).length >= ATTEMPTS_MAX;
}

/** The record without what nobody will ask for any more, as time goes by. */
export function trimmed(record: CardRecord, now: number): CardRecord {
  return { ...record, attempts: needed(record.attempts, now) };
}

/** So few that looking for what could go costs more than it saves; and the newest stay, so that each can be recorded again. */
export const FEW = 40;

function needed(all: readonly KeptAttempt[], now: number): readonly KeptAttempt[] {
  const kept = new Set(all.slice(-FEW));
  // What was never sent asks for nothing.
  const sent = all.filter(({ outcome }) => outcome !== 'not-sent');
  for (const circleOf of CIRCLES)
    for (const circle of Map.groupBy(sent, circleOf).values()) keepCircle(kept, circle, now);
  const young = sent.filter(({ at, purchase }) => purchase !== undefined && now - at < KEPT_MS);
  for (const own of Map.groupBy(young.toReversed(), ({ merchant }) => merchant).values()) {
    const purchases = [...Map.groupBy(own, ({ purchase }) => purchase).values()];
    for (const same of purchases.slice(0, PURCHASES_MAX)) keepPurchase(kept, same.toReversed());
  }
  return all.filter((one) => kept.has(one));
}

/** Attempts stand in one circle, seen from any of them, when these say the same of them: key, amount, merchant, card. */
const CIRCLES: readonly ((one: KeptAttempt) => string)[] = [
  ({ merchant, amount: { minor, currency }, initiator }) => JSON.stringify([merchant, minor, currency, initiator]),
  ({ merchant, amount: { minor, currency } }) => JSON.stringify([merchant, minor, currency]),
  ({ merchant }) => merchant,
  () => '',
];

/** The record with an attempt changed. */
export function withAnswer(record: CardRecord, id: string, answer: Partial<KeptAttempt>): CardRecord {
  return { ...record, attempts: record.attempts.map((one) => (one.id === id ? { ...one, ...answer } : one)) };
}

/** The record with new facts, each of which the store has dated. */
export function withFacts(record: CardRecord, facts: CardRecord['facts']): CardRecord {
  return facts.length === 0 ? record : { ...record, facts: newestFacts([...record.facts, ...facts]) };
}

/** Two records of one card, of before and after a rotation of keys, as one. */
export function merged(older: CardRecord, newer: CardRecord): CardRecord {
  return {
    fence: Math.max(older.fence, newer.fence),
    attempts: [...older.attempts, ...newer.attempts].sort((a, b) => a.at - b.at || a.fence - b.fence),
    facts: newestFacts([...older.facts, ...newer.facts].sort((a, b) => a.at - b.at)),
  };
}

function newestFacts(facts: CardRecord['facts']): CardRecord['facts'] {
  return [...Map.groupBy(facts, ({ merchant }) => merchant).values()].flatMap((own) => own.slice(-FACTS_MAX));
}
