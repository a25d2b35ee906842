/** What the processes of the payments soaks share: merchants, charges, and the gate over a database with a clock of one's own. */
import { createHash } from 'node:crypto';
import type { GateDeps } from '../../src/profiles/payments/card.ts';
import { type Attempt, DEFAULT_SETTINGS, type Settings } from '../../src/profiles/payments/case.ts';
import { type Asked, reserve } from '../../src/profiles/payments/gate.ts';
import type { Outcome, record } from '../../src/profiles/payments/outcome.ts';
import type { Store } from '../../src/store/port.ts';
import { openPostgres } from '../../src/store/postgres/open.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { grantOf } from '../contract/fixtures.ts';
import type { Target } from './targets.ts';

/** Two merchants, so that what reaches across a card is there as well. Their names are those of their grants. */
const MERCHANTS = ['acme', 'bloom'] as const;
const LEASE_MS = 30_000;
const grantId = (merchant: string): string => `gr_soak_${merchant}`;

/** PostgreSQL keeps its own time, which cannot be made to run: there the waiting time is short instead. */
export function settingsOf({ store }: Target): Settings {
  return store === 'sqlite' ? DEFAULT_SETTINGS : { ...DEFAULT_SETTINGS, holdMs: 300 };
}

/** Lets the merchants in; once for a database. */
export async function admitMerchants(store: Store): Promise<void> {
  for (const to of MERCHANTS) {
    const grant = { ...grantOf({ profile: 'payments', to, from: 0 }), id: grantId(to) };
    await store.mint({ grant, codes: [] });
  }
}

/** Opens a gate. `clock` is this process's; PostgreSQL does not ask it. */
export async function openGate(target: Target, clock: () => number): Promise<GateDeps> {
  const opened =
    target.store === 'sqlite' ? openSqlite({ path: target.path, clock }) : await openPostgres({ url: target.url });
  return { store: opened.store, settings: settingsOf(target) };
}

/** Fingerprint of the nth card. */
function cardOf(nth: number): string {
  return `pf_${createHash('sha256').update(`card ${nth}`).digest('base64url')}`;
}

/** A charge on a card: few merchants and amounts, so that they meet. The network is the card's. */
export function chargeOn(nth: number, kind: number): Attempt {
  return {
    merchant: MERCHANTS[kind % 8 === 0 ? 1 : 0],
    card: cardOf(nth),
    amount: { minor: kind % 4 === 1 ? 500 : 1_999, currency: 'EUR' },
    initiator: kind % 2 === 0 ? 'cardholder' : 'merchant',
    network: ['visa', 'mastercard', 'amex'][nth % 3] as string,
    processor: 'iso8583',
  };
}

/** What a till sends to the gate before this charge. */
export function askFor(attempt: Attempt, source: string): Asked {
  return { grant: grantId(attempt.merchant), attempt, cards: [attempt.card], leaseMs: LEASE_MS, source };
}

/** What is told to the gate after it. */
export function tellOf(attempt: Attempt, id: string, outcome: Outcome): Parameters<typeof record>[1] {
  return { grant: grantId(attempt.merchant), attempt: id, outcome };
}

/** What came of a race: who was let through, and by which rules the others were not. */
export interface Raced {
  readonly admitted: readonly string[];
  readonly refused: number;
  readonly decisive: readonly string[];
}

/** Has so many ask for the same charge at once. */
export async function race(deps: GateDeps, attempt: Attempt, racers: number): Promise<Raced> {
  const answers = await Promise.all(Array.from({ length: racers }, () => reserve(deps, askFor(attempt, 'race'))));
  const admitted: string[] = [];
  const decisive = new Set<string>();
  for (const answer of answers) {
    if (answer === undefined) throw new Error('expected the merchant to be let in');
    if (answer.admitted) admitted.push(answer.reservation.attempt);
    else decisive.add(answer.verdict.decisive ?? '');
  }
  return { admitted, refused: racers - admitted.length, decisive: [...decisive] };
}
