/**
 * A second look at all that a gate has kept, past the gate: each attempt that was let through is judged again by the naive
 * reading of the rules' data (`test/support/payments-oracle.ts`), from what stands on the card's record as it was answered, not from
 * what its verdict says that the gate saw.
 */
import { expect } from 'vitest';
import type { Past, Settings } from '../../src/profiles/payments/case.ts';
import type { Near } from '../../src/profiles/payments/data-types.ts';
import { type KeptAttempt, recordOf } from '../../src/profiles/payments/record.ts';
import { openIn } from '../support/payments-oracle.ts';
import type { Heard } from './payments-processes.ts';
import type { Place } from './targets.ts';

/** What was found; for the figures. */
export interface Found {
  readonly cards: number;
  readonly admitted: number;
  readonly refused: number;
  /** Let through in the very millisecond that opened what was closed before. */
  readonly atTheEnd: number;
}

/**
 * None was let through in a closed window, none of the refused was open, every decision that somebody heard of is kept, and
 * nothing was sent twice.
 */
export async function expectSound(place: Place, settings: Settings, heard: readonly Heard[]): Promise<Found> {
  const holds = await place.rows<{ key: string; body: string }>(
    `SELECT key, CAST(body AS TEXT) AS body FROM holds WHERE key LIKE 'pay pf_%'`,
  );
  const verdicts = await place.rows<{ id: string; times: number | string; decisive: string | null; body: string }>(
    'SELECT id, times, decisive, CAST(body AS TEXT) AS body FROM verdicts',
  );
  const letThrough = new Set<string>();
  let refused = 0;
  for (const { id, times, decisive, body } of verdicts) {
    if (decisive === null) letThrough.add(id.slice('vd_'.length));
    else {
      refused += Number(times);
      const { snapshot } = JSON.parse(body);
      if (openIn({ ...snapshot, settings }, snapshot.now))
        throw new Error(`expected a refused attempt to be closed: ${body}`);
    }
  }
  const attempts = new Map<string, KeptAttempt>();
  let atTheEnd = 0;
  for (const { key, body } of holds) {
    const record = recordOf({ key, until: 0, rev: 0, data: body });
    expect(record.attempts.map(({ fence }) => fence)).toEqual(record.attempts.map((_, i) => i + 1));
    for (const [i, one] of record.attempts.entries()) {
      attempts.set(one.id, one);
      atTheEnd += Number(expectOpen(one, record.attempts.slice(0, i), settings));
    }
  }
  // One verdict for each attempt, and one attempt for each verdict, whoever was killed when.
  expect([...attempts.keys()].map((id) => id.slice(3, id.indexOf('.'))).sort()).toEqual([...letThrough].sort());
  expectHeard(heard, attempts, refused);
  return { cards: holds.length, admitted: letThrough.size, refused, atTheEnd };
}

/** Answers whether it was closed one millisecond before. */
function expectOpen(one: KeptAttempt, before: readonly KeptAttempt[], settings: Settings): boolean {
  const readings = seenBy(one, before).map((unanswered) => caseFor(one, before, settings, unanswered));
  if (!readings.some((c) => openIn(c, one.at))) {
    throw new Error(`let through in a closed window: ${JSON.stringify({ one, before })}`);
  }
  return readings.every((c) => !openIn(c, one.at - 1)) && before.length > 0;
}

/**
 * Every set of answers that may have been missing still when it was let through: what was answered in the same millisecond may
 * have been written before or after, each for itself.
 */
function seenBy(one: KeptAttempt, before: readonly KeptAttempt[]): ReadonlySet<KeptAttempt>[] {
  const doubtful = before.filter(({ respondedAt }) => respondedAt === one.at);
  expect(doubtful.length).toBeLessThan(12);
  return Array.from(
    { length: 2 ** doubtful.length },
    (_, bits) => new Set(doubtful.filter((_, i) => (bits >> i) % 2 === 1)),
  );
}

function caseFor(
  one: KeptAttempt,
  before: readonly KeptAttempt[],
  settings: Settings,
  unanswered: ReadonlySet<KeptAttempt>,
) {
  const { at: now, merchant, amount, initiator, network, processor } = one;
  const history = before.flatMap((past): Past[] => {
    const { at, leaseUntil, respondedAt, outcome, code, mac } = past;
    const sent = { near: nearness(one, past), at, leaseUntil };
    if (respondedAt === undefined || respondedAt > now || unanswered.has(past)) {
      return [{ ...sent, outcome: 'pending' }];
    }
    if (outcome === 'not-sent') return [];
    return [
      {
        ...sent,
        outcome,
        respondedAt,
        ...(code !== undefined && { code }),
        ...(mac !== undefined && { mac }),
      },
    ];
  });
  const attempt = { merchant, card: 'pf_', amount, initiator, network, processor };
  return { now, attempt, history, settings };
}

function nearness(one: KeptAttempt, past: KeptAttempt): Near {
  if (past.merchant !== one.merchant) return 'card';
  if (past.amount.minor !== one.amount.minor || past.amount.currency !== one.amount.currency) return 'merchant';
  return past.initiator === one.initiator ? 'key' : 'amount';
}

/** What somebody heard is what is kept. */
function expectHeard(heard: readonly Heard[], attempts: ReadonlyMap<string, KeptAttempt>, refused: number): void {
  const sent = new Set<string>();
  let heardRefused = 0;
  for (const one of heard) {
    if (one.heard === 'refused') {
      heardRefused += 1;
      continue;
    }
    const kept = attempts.get(one.id);
    if (kept === undefined) throw new Error(`expected what was heard to be kept: ${JSON.stringify(one)}`);
    if (one.heard === 'admitted') expect(kept.at).toBe(one.at);
    if (one.heard === 'recorded') expect([kept.outcome, kept.code]).toEqual([one.outcome, one.code]);
    if (one.heard === 'sent') {
      expect(sent.has(one.id)).toBe(false);
      sent.add(one.id);
    }
  }
  expect(refused).toBeGreaterThanOrEqual(heardRefused);
}
