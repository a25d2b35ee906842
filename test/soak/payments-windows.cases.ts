/**
 * The payments gate under eight processes whose own clocks are up to 2 s off, each of which takes payments on the same cards,
 * and is killed now and then: at random, after it was let through and before it sent, after it sent and before it recorded.
 * The check afterwards (`payments-check.ts`) knows nothing of the gate but what it kept. `--rounds N` multiplies the attempts.
 *
 * On SQLite the clocks are driven, so that windows of hours end under way, and one attempt each is made exactly one
 * millisecond before the end, and at it. On PostgreSQL the database's clock decides, and the waiting time is 300 ms.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { random } from '../../fuzz/random.ts';
import { killStarted } from '../contract/processes.ts';
import { expectSound, type Found } from './payments-check.ts';
import { admitMerchants, openGate, settingsOf } from './payments-gate.ts';
import { heardBy, type Live, startTill, type Till } from './payments-processes.ts';
import type { MakePlace, Place } from './targets.ts';

const PROCESSES = 8;
const SKEW_MS = 2_000;
const START = Date.UTC(2026, 10, 21);
/** Cards that are in use at the same time, and how many of them are replaced after each wave. */
const CARDS = 240;
const FAILPOINTS = ['reserved-before-sent', 'sent-before-recorded'] as const;

interface Stage {
  readonly place: Place;
  readonly tills: Till[];
  readonly outs: readonly string[];
  readonly draw: ReturnType<typeof random>;
}

const skewOf = (i: number): number => Math.round(-SKEW_MS + (i * 2 * SKEW_MS) / (PROCESSES - 1));

/** All take payments; one dies at a failpoint and another at any moment, and both are replaced. */
async function wave({ place, tills, outs, draw }: Stage, order: Omit<Live, 'seed' | 'failpoint' | 'nth'>, nth: number) {
  const [first, second] = [nth % PROCESSES, (nth + 1 + draw.nat(PROCESSES - 1)) % PROCESSES];
  const failpoint = FAILPOINTS[nth % 2] as (typeof FAILPOINTS)[number];
  const startedAt = performance.now();
  const work = tills.map((till, i) => {
    const death = i === first && { failpoint, nth: 1 + draw.nat(3) };
    return till.live({ ...order, seed: draw.nat(2 ** 31), ...death });
  });
  const killed = sleep(draw.nat(400)).then(() => tills[second]?.child.kill('SIGKILL'));
  const decided = (await Promise.all(work)).reduce<number>((sum, one) => sum + (one ?? 0), 0);
  await killed;
  const deaths: string[] = [];
  for (const [i, till] of tills.entries()) {
    if (till.child.connected && i !== second) continue;
    const { code, said } = await till.ended;
    expect({ code, said }).toEqual({ code: 'SIGKILL', said: '' });
    deaths.push(i === second ? 'random' : failpoint);
    tills[i] = startTill(place.target, skewOf(i), outs[i] ?? '');
  }
  await Promise.all(tills.map(({ ready }) => ready));
  return { deaths, decided, ms: performance.now() - startedAt };
}

/**
 * Some charge whose window ends later: refused one millisecond before, let through at its end, by two processes of different
 * clocks. Answers the store's clock then; the cards that closed at about the same time open around it.
 */
async function probeEnd({ tills, draw }: Stage, from: number, now: number): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const [asks, before, at] = [draw.pick(tills), draw.pick(tills), draw.pick(tills)];
    const charge = { job: 'probe', card: from + draw.nat(CARDS), kind: draw.nat(16) } as const;
    const { nextAllowedAt } = await asks.ask(charge);
    if (typeof nextAllowedAt !== 'number' || nextAllowedAt < now + 5 * SKEW_MS) continue;
    expect(await before.ask({ ...charge, at: nextAllowedAt - 1 })).toEqual({
      admitted: false,
      at: nextAllowedAt - 1,
      nextAllowedAt,
    });
    expect(await at.ask({ ...charge, at: nextAllowedAt })).toEqual({ admitted: true, at: nextAllowedAt });
    return nextAllowedAt;
  }
  throw new Error('expected some window to end later, found none');
}

function say(name: string, found: Found, deaths: readonly string[], probes: number, ms: number): void {
  const { cards, admitted, refused, atTheEnd } = found;
  const counted = ['random', ...FAILPOINTS].map((how) => `${deaths.filter((one) => one === how).length} ${how}`);
  console.log(
    `payments on ${name}: ${admitted + refused} decisions on ${cards} cards in ${Math.round(ms / 1000)} s, ${admitted} let ` +
      `through, ${atTheEnd} of them in the very millisecond that opened; ${probes} ends asked for 1 ms before and at; ` +
      `killed: ${counted.join(', ')}`,
  );
}

/** Runs `attempts` in waves on a database. */
export function windowCases(name: string, make: MakePlace, attempts: number, waves: number): void {
  const what = `${attempts} attempts by ${PROCESSES} processes on ${name}, clocks ±${SKEW_MS / 1000} s, kill -9 in each of ${waves} waves`;
  it(`${what}: none let through in a closed window, none refused in an open one`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'counterfoil-payments-'));
    const place = await make();
    const driven = place.target.store === 'sqlite';
    const gate = await openGate(place.target, () => START - SKEW_MS);
    await admitMerchants(gate.store);
    await gate.store.close();
    const outs = Array.from({ length: PROCESSES }, (_, i) => join(folder, `out-${i}`));
    const tills = outs.map((out, i) => startTill(place.target, skewOf(i), out));
    const stage: Stage = { place, tills, outs, draw: random(6) };
    const deaths: string[] = [];
    let [base, from, probes, decided, ms] = [START, 0, 0, 0, 0];
    try {
      await Promise.all(tills.map(({ ready }) => ready));
      // Whoever is killed leaves attempts to others: waves go on until all are made.
      for (let nth = 0; nth < waves || decided < attempts; nth++) {
        const cards = { from, count: CARDS };
        const order = { job: 'live', base, attempts: Math.ceil(attempts / waves / PROCESSES), cards } as const;
        const done = await wave(stage, order, nth);
        deaths.push(...done.deaths);
        decided += done.decided;
        ms += done.ms;
        if (driven) {
          base = await probeEnd(stage, from, base + order.attempts * 3 + SKEW_MS);
          probes += 1;
        }
        from += CARDS / 8;
      }
      for (const till of tills) await till.stop();
      if (place.isWhole) expect(await place.isWhole()).toBe(true);
      const found = await expectSound(place, settingsOf(place.target), heardBy(outs));
      expect(Math.min(found.admitted, found.refused)).toBeGreaterThan(waves);
      for (const how of FAILPOINTS) expect(deaths).toContain(how);
      say(name, found, deaths, probes, ms);
    } finally {
      killStarted();
      await place.remove();
      rmSync(folder, { recursive: true });
    }
  });
}
