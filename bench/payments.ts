/**
 * Decisions of the payments gate each second, in memory and durable on SQLite, beside bare floors of the same run
 * (`peers/payments-floor.ts`): a Map with a time in it; a row for each card in a raw group commit. `log` is less than a gate: a raw
 * group commit of rows that nobody can find again. 64 callers, one decision outstanding each; all take turns in every
 * round, and a ratio is the median over rounds of two rates of the same round.
 *
 *   npm run bench:payments -- [--rounds N] [--decisions N] [--only NAME,NAME] [--json FILE] [--help]
 *
 * `first`: cards that nobody has tried, all let through. `closed`: cards declined for funds a moment ago, all refused. `life`:
 * what a merchant sees of a card: let through, its answer recorded, and two more that are refused; the answer takes its time
 * and is not counted. Every decision keeps its verdict. Not here: HTTP, and the fingerprint of a card.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { GateDeps } from '../src/profiles/payments/card.ts';
import { type Attempt, DEFAULT_SETTINGS } from '../src/profiles/payments/case.ts';
import { type Asked, reserve } from '../src/profiles/payments/gate.ts';
import { record } from '../src/profiles/payments/outcome.ts';
import { openMemory } from '../src/store/memory/open.ts';
import type { Store } from '../src/store/port.ts';
import { openSqlite } from '../src/store/sqlite/open.ts';
import { grantOf } from '../test/contract/fixtures.ts';
import { median } from './peers/median.ts';
import { type Floor, mapFloor, sqliteFloor, sqliteLog } from './peers/payments-floor.ts';
import { type Measure, report } from './report.ts';

const HELP = `usage: npm run bench:payments -- [--rounds N] [--decisions N] [--only NAME,NAME] [--json FILE]

  --rounds N      rounds that count, after one that does not (7)
  --decisions N   decisions of each kind in a round (8000); in memory four times as many
  --only NAMES    of memory, sqlite
  --json FILE     the figures as JSON
`;

const CALLERS = 64;
const HOLD_MS = 43_200_000;
const KINDS = ['first', 'closed', 'life'] as const;
type Kind = (typeof KINDS)[number];
const STORES = ['memory', 'sqlite'] as const;

/** One side of a comparison. */
interface Side {
  /** Makes the cards ready, off the clock. */
  prepare(kind: Kind, cards: readonly string[]): Promise<void>;
  /** All decisions of that kind about one card, `PER_CARD`, one after the other. */
  decide(kind: Kind, card: string): Promise<void>;
  close(): Promise<void>;
}

const PER_CARD: Readonly<Record<Kind, number>> = { first: 1, closed: 1, life: 3 };

/** Like fingerprints: as good as random, so that nothing that is kept of two of them stands side by side. */
const freshCards = (count: number): string[] =>
  Array.from({ length: count }, () => `pf_${randomBytes(32).toString('base64url')}`);

/** Has `CALLERS` callers work off a list, each with one piece of work outstanding. */
async function together<T>(list: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> {
  let next = 0;
  const caller = async (): Promise<void> => {
    for (;;) {
      const one = list[next++];
      if (one === undefined) return;
      await work(one);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
}

function expectAnswer(got: boolean | undefined, want: boolean): void {
  if (got !== want) throw new Error(`expected admitted to be ${want}, got ${got}`);
}

async function gateSide(opened: { readonly store: Store; close(): Promise<void> }): Promise<Side> {
  const { store } = opened;
  const grant = grantOf({ profile: 'payments', to: 'acme', from: Date.now() });
  await store.mint({ grant, codes: [] });
  const deps: GateDeps = { store, settings: DEFAULT_SETTINGS };
  const attempt: Omit<Attempt, 'card'> = {
    merchant: 'acme',
    amount: { minor: 1_999, currency: 'EUR' },
    initiator: 'cardholder',
    network: 'visa',
    processor: 'iso8583',
  };
  const ask = async (card: string, want: boolean): Promise<string> => {
    const asked: Asked = {
      grant: grant.id,
      attempt: { ...attempt, card },
      cards: [card],
      leaseMs: 30_000,
      source: 'bench',
    };
    const answer = await reserve(deps, asked);
    expectAnswer(answer?.admitted, want);
    return answer?.admitted ? answer.reservation.attempt : '';
  };
  const decline = async (id: string): Promise<void> => {
    const outcome = { outcome: 'declined', response: { code: '51' } } as const;
    const { recorded } = await record(deps, { grant: grant.id, attempt: id, outcome });
    if (recorded !== 'now') throw new Error(`expected the answer to be recorded now, got ${recorded}`);
  };
  const first = async (card: string): Promise<void> => decline(await ask(card, true));
  return {
    prepare: (kind, cards) => (kind === 'closed' ? together(cards, first) : Promise.resolve()),
    async decide(kind, card) {
      if (kind !== 'life') {
        await ask(card, kind === 'first');
        return;
      }
      await first(card);
      await ask(card, false);
      await ask(card, false);
    },
    close: () => opened.close(),
  };
}

function floorSide(floor: Floor): Side {
  const ask = async (card: string, want: boolean): Promise<void> => {
    const now = Date.now();
    expectAnswer(await floor.decide(card, now, now + HOLD_MS), want);
  };
  return {
    prepare: (kind, cards) => (kind === 'closed' ? together(cards, (card) => ask(card, true)) : Promise.resolve()),
    async decide(kind, card) {
      await ask(card, kind !== 'closed');
      if (kind !== 'life') return;
      await ask(card, false);
      await ask(card, false);
    },
    close: async () => floor.close(),
  };
}

/** Decisions a second of one kind, on cards that are ready. */
async function rate(side: Side, kind: Kind, decisions: number): Promise<number> {
  const cards = freshCards(Math.ceil(decisions / PER_CARD[kind]));
  await side.prepare(kind, cards);
  const startedAt = performance.now();
  await together(cards, (card) => side.decide(kind, card));
  return ((cards.length * PER_CARD[kind]) / (performance.now() - startedAt)) * 1_000;
}

/** Each side on a store of its own, empty. */
async function sidesOf(name: (typeof STORES)[number], folder: string, nth: number): Promise<Record<string, Side>> {
  if (name === 'memory') return { gate: await gateSide(openMemory()), floor: floorSide(mapFloor()) };
  const file = (side: string): string => join(folder, `${side}-${nth}.db`);
  return {
    gate: await gateSide(openSqlite({ path: file('gate') })),
    floor: floorSide(sqliteFloor(file('floor'))),
    log: floorSide(sqliteLog(file('log'))),
  };
}

/** Rates by what was measured, then by side, one for each round. */
type Rates = Map<string, Record<string, number[]>>;

/** One round of one store; the order of the sides changes with every round. */
async function round(
  rates: Rates | undefined,
  folder: string,
  name: (typeof STORES)[number],
  nth: number,
  decisions: number,
): Promise<void> {
  const sides = await sidesOf(name, folder, nth);
  // The floor in memory is done with a few thousand within a blink.
  const count = name === 'memory' ? 4 * decisions : decisions;
  const names = Object.keys(sides);
  const order = names.map((_, i) => names[(i + Math.abs(nth)) % names.length] as string);
  for (const kind of KINDS) {
    for (const side of order) {
      const found = await rate(sides[side] as Side, kind, count);
      const key = `${name}, ${kind}`;
      const figures = rates?.get(key) ?? {};
      figures[side] = [...(figures[side] ?? []), found];
      rates?.set(key, figures);
    }
  }
  for (const side of names) await sides[side]?.close();
}

function measuresOf(rates: Rates): Measure[] {
  return [...rates].flatMap(([key, sides]) => {
    const yardsticks = Object.entries(sides).filter(([side]) => side !== 'gate');
    const gate = sides['gate'] ?? [];
    // Per round, against the yardstick of the same round: the machine is as fast or slow for both.
    const ratios = yardsticks.map(
      ([side, values]) => [side, median(gate.map((value, i) => value / (values[i] ?? Number.NaN)))] as const,
    );
    return [
      { name: `${key}: gate`, unit: 'decisions/s', value: median(gate), ratios: Object.fromEntries(ratios) },
      ...yardsticks.map(([side, values]) => ({
        name: `${key}: ${side}`,
        unit: 'decisions/s',
        value: median(values),
        ratios: {},
      })),
    ];
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '7' },
      decisions: { type: 'string', default: '8000' },
      only: { type: 'string', default: STORES.join(',') },
      json: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const names = STORES.filter((name) => values.only.split(',').includes(name));
  const rates: Rates = new Map();
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-bench-'));
  try {
    // The first round warms up and is not counted.
    for (let nth = -1; nth < Number(values.rounds); nth++) {
      for (const name of names) await round(nth < 0 ? undefined : rates, folder, name, nth, Number(values.decisions));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  report(measuresOf(rates), values.json === undefined ? [] : ['--json', values.json]);
}

await main();
