/**
 * 200 tills ask for the same charge at the same time, over and over: exactly one is let through, the others hear that it is
 * under way, and each decision is kept. In one process on every store, and in four processes on one file and one server.
 * Full counts are `--rounds 10`: 10,000 rounds in memory, 1,000 on SQLite and on PostgreSQL.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GateDeps } from '../../src/profiles/payments/card.ts';
import { DEFAULT_SETTINGS } from '../../src/profiles/payments/case.ts';
import { openMemory } from '../../src/store/memory/open.ts';
import { killStarted } from '../contract/processes.ts';
import { admitMerchants, chargeOn, openGate, type Raced, race } from './payments-gate.ts';
import { startTill } from './payments-processes.ts';
import { embeddedPrograms } from './programs.ts';
import { ROUNDS } from './rounds.ts';
import { type MakePlace, postgresPlace, sqlitePlace } from './targets.ts';

const RACERS = 200;
const IN_MEMORY = 1_000 * ROUNDS;
const DURABLE = 100 * ROUNDS;
const PROCESSES = 4;
const AMONG_PROCESSES = 50 * ROUNDS;
/** Rounds after which the store in memory is a new one: it keeps every verdict. */
const FORGET_AFTER = 500;

function expectOne({ admitted, refused, decisive }: Raced): void {
  expect(admitted).toHaveLength(1);
  expect(refused).toBe(RACERS - 1);
  expect(decisive).toEqual(['payments.in-flight']);
}

/** Every decision of these rounds stands in the store, the refused ones of a minute in one row. */
function expectKept(rows: readonly { readonly ok: boolean; readonly times: number }[], rounds: number): void {
  expect(rows.filter(({ ok }) => ok)).toHaveLength(rounds);
  expect(rows.filter(({ ok }) => !ok).reduce((sum, { times }) => sum + times, 0)).toBe(rounds * (RACERS - 1));
}

function say(what: string, rounds: number, startedAt: number): void {
  const seconds = (performance.now() - startedAt) / 1_000;
  console.log(`${what}: ${rounds} rounds of ${RACERS}, ${Math.round((rounds * RACERS) / seconds)} decisions/s`);
}

const keptIn = (place: Awaited<ReturnType<MakePlace>>) =>
  place
    .rows<{ times: number | string; decisive: string | null }>('SELECT times, decisive FROM verdicts')
    .then((rows) => rows.map(({ times, decisive }) => ({ ok: decisive === null, times: Number(times) })));

async function inOneProcess(make: MakePlace, what: string): Promise<void> {
  const place = await make();
  const deps = await openGate(place.target, Date.now);
  try {
    await admitMerchants(deps.store);
    const startedAt = performance.now();
    for (let round = 0; round < DURABLE; round++) expectOne(await race(deps, chargeOn(round, 0), RACERS));
    expectKept(await keptIn(place), DURABLE);
    say(what, DURABLE, startedAt);
  } finally {
    await deps.store.close();
    await place.remove();
  }
}

async function inProcesses(make: MakePlace, what: string): Promise<void> {
  const place = await make();
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-payments-'));
  const deps = await openGate(place.target, Date.now);
  try {
    await admitMerchants(deps.store);
    const tills = Array.from({ length: PROCESSES }, (_, i) =>
      startTill(place.target, i * 1_000, join(folder, `out-${i}`)),
    );
    await Promise.all(tills.map(({ ready }) => ready));
    const startedAt = performance.now();
    const wins = tills.map(() => 0);
    for (let round = 0; round < AMONG_PROCESSES; round++) {
      const order = tills.map((_, i) => (i + round) % PROCESSES);
      const heard: Raced[] = [];
      await Promise.all(
        order.map(async (i) => (heard[i] = await (tills[i]?.race(round, RACERS / PROCESSES) as Promise<Raced>))),
      );
      for (const [i, { admitted }] of heard.entries()) wins[i] = (wins[i] ?? 0) + admitted.length;
      expectOne({
        admitted: heard.flatMap(({ admitted }) => admitted),
        refused: heard.reduce((sum, { refused }) => sum + refused, 0),
        decisive: [...new Set(heard.flatMap(({ decisive }) => decisive))],
      });
    }
    for (const till of tills) await till.stop();
    expectKept(await keptIn(place), AMONG_PROCESSES);
    say(`${what}, wins per process ${wins.join(' ')}`, AMONG_PROCESSES, startedAt);
  } finally {
    killStarted();
    await deps.store.close();
    await place.remove();
    rmSync(folder, { recursive: true });
  }
}

const programs = await embeddedPrograms();

describe('exactly one of 200 tills is let through', () => {
  it(`${IN_MEMORY} times in memory`, async () => {
    const startedAt = performance.now();
    for (let round = 0; round < IN_MEMORY; ) {
      const { store } = openMemory();
      const deps: GateDeps = { store, settings: DEFAULT_SETTINGS };
      await admitMerchants(store);
      const until = Math.min(IN_MEMORY, round + FORGET_AFTER);
      const rounds = until - round;
      for (; round < until; round++) expectOne(await race(deps, chargeOn(round, 0), RACERS));
      const kept = await Promise.all([true, false].map((ok) => store.find('verdicts', { ok, limit: 1_000 })));
      expectKept(kept.flat(), rounds);
      await store.close();
    }
    say('in memory', IN_MEMORY, startedAt);
  });

  it(`${DURABLE} times on SQLite`, () => inOneProcess(sqlitePlace, 'SQLite'));

  it(`${AMONG_PROCESSES} times in ${PROCESSES} processes on one SQLite file`, () =>
    inProcesses(sqlitePlace, `${PROCESSES} processes, SQLite`));

  const onPostgres = 'missing' in programs ? it.skip : it;
  const make: MakePlace = () => postgresPlace('bin' in programs ? programs.bin : '');
  const why = 'missing' in programs ? `: ${programs.missing}` : '';

  onPostgres(`${DURABLE} times on PostgreSQL${why}`, () => inOneProcess(make, 'PostgreSQL'));

  onPostgres(`${AMONG_PROCESSES} times in ${PROCESSES} processes on one PostgreSQL${why}`, () =>
    inProcesses(make, `${PROCESSES} processes, PostgreSQL`),
  );
});
