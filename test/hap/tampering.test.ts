/**
 * A proxy that tampers between our controller and our accessory, and an accessory that does wrong: whatever comes, an operation
 * settles by its deadline with a `HapError` that names its step, without blocking the thread, leaving no socket behind, and
 * the same operation works the next time.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FaultScript } from '../../src/protocols/hap/accessory/index.ts';
import { HapError } from '../../src/protocols/hap/errors.ts';
import type { Deadlines } from '../../src/protocols/hap/options.ts';
import { startTamperingProxy } from '../support/tampering-proxy.ts';
import { startLamp, stopLamps, until } from './accessory-case.ts';
import { TAMPERINGS, type Tampering } from './tampering-cases.ts';
import {
  type Doing,
  OPERATIONS,
  pairDirectly,
  reset,
  type Way,
  watchDeadlines,
  watchTurns,
} from './tampering-operations.ts';

/** Where a deadline is meant to end it; long enough for the honest steps before, even on a busy machine. */
const SHORT: Required<Deadlines> = { connectMs: 700, srpMs: 700, answerMs: 700 };
/** Where something else is. */
const LONG: Required<Deadlines> = { connectMs: 20_000, srpMs: 20_000, answerMs: 20_000 };
/** What one turn may take of the thread. */
const TURN_MAX_MS = 50;
const FAULTS_MIN = 40;

/** How one attempt went. */
interface Outcome {
  readonly ended: string;
  readonly overdue: readonly string[];
  readonly turnMs: number;
  readonly played: boolean;
}

afterEach(stopLamps);

function sockets(): number {
  return process.getActiveResourcesInfo().filter((name) => /^TCP(Socket|Connect)Wrap$/.test(name)).length;
}

/** Runs an operation and tells how it ended: `done`, or step and kind. */
async function ended(run: Promise<void>): Promise<string> {
  try {
    await run;
    return 'done';
  } catch (error) {
    if (error instanceof HapError) return `${error.step}: ${error.kind}`;
    throw error;
  }
}

/** A lamp, a proxy before it, and an operation over them with a fault or without one; then everything that must hold after. */
async function attempt(doing: Doing, fault: Pick<Tampering, 'wire' | 'script' | 'ends'> | undefined): Promise<Outcome> {
  let script: Tampering['script'];
  const faults: FaultScript = (point) => {
    if (script?.point !== point) return undefined;
    const { fault: once } = script;
    script = undefined;
    return once;
  };
  const lamp = await startLamp({ faults, limits: { coalesceMs: 1 } });
  const proxy = await startTamperingProxy(lamp.address.port);
  const deadlines = fault?.ends.endsWith('timeout') === true ? SHORT : LONG;
  const watch = watchDeadlines(deadlines);
  const paired = doing.startsWith('pair-setup') || doing === 'identify' ? {} : { paired: await pairDirectly(lamp) };
  const isPlayed = (): boolean => proxy.played() && script === undefined;
  const way: Way = {
    lamp,
    address: proxy.address,
    options: { deadlines, record: watch.record },
    played: () => until(isPlayed),
    ...paired,
  };
  try {
    await until(() => lamp.server.connections().all === 0 && sockets() === 0);
    script = fault?.script;
    if (fault?.wire !== undefined) proxy.arm(fault.wire, fault.wire.play);
    const turns = watchTurns();
    const how = await ended(OPERATIONS[doing](way));
    const turnMs = turns.stop();
    watch.stop();
    const outcome = { ended: how, overdue: watch.overdue, turnMs, played: isPlayed() };
    // neither the proxy nor the accessory has closed anything that the controller holds
    await until(() => sockets() === 0);
    expect(lamp.server.connections().all).toBe(0);
    if (fault !== undefined) await once(way, doing, proxy);
    return outcome;
  } finally {
    watch.stop();
    await proxy.close();
  }
}

/** The same operation, with nothing in its way. */
async function once(way: Way, doing: Doing, proxy: { listen(): Promise<void>; listening(): boolean }): Promise<void> {
  if (!proxy.listening()) await proxy.listen();
  if (way.paired === undefined) await reset(way.lamp);
  await OPERATIONS[doing]({ ...way, options: { deadlines: LONG } });
}

describe('a controller that is tampered with', () => {
  const clean = new Map<Doing, number>();
  const spoilt: number[] = [];

  // the quiet control; it also warms up what is measured
  beforeAll(async () => {
    for (const doing of new Set(TAMPERINGS.map(({ during }) => during))) {
      for (let round = 0; round < 2; round++) {
        const { ended: how, turnMs } = await attempt(doing, undefined);
        expect(`${doing}: ${how}`).toBe(`${doing}: done`);
        clean.set(doing, turnMs);
        await stopLamps();
      }
    }
  });

  afterAll(() => {
    const longest = (values: Iterable<number>): string => Math.max(...values).toFixed(1);
    console.log(
      `longest turn of the thread: ${longest(spoilt)} ms of processor time over ${spoilt.length} faults, ` +
        `${longest(clean.values())} ms without one`,
    );
  });

  for (const tampering of TAMPERINGS) {
    const { during, what, ends } = tampering;
    it(`${during}; ${what}; ends as ${ends}`, async () => {
      let outcome = await attempt(during, tampering);
      // a deadline that came before the fault, or a long turn, may have been the machine's: once more
      if (!outcome.played || outcome.turnMs > TURN_MAX_MS) outcome = await attempt(during, tampering);
      spoilt.push(outcome.turnMs);
      expect(outcome).toMatchObject({ ended: ends, overdue: [], played: true });
      expect(outcome.turnMs).toBeLessThanOrEqual(TURN_MAX_MS);
    });
  }

  it('meets at least forty faults, each under a name of its own', () => {
    const names = new Set(TAMPERINGS.map(({ during, what }) => `${during}; ${what}`));
    expect(names.size).toBe(TAMPERINGS.length);
    expect(names.size).toBeGreaterThanOrEqual(FAULTS_MIN);
  });

  it('is watched by a measure that sees a blocked thread', async () => {
    const turns = watchTurns();
    const until = process.threadCpuUsage().user + 2_000 * TURN_MAX_MS;
    while (process.threadCpuUsage().user < until);
    expect(turns.stop()).toBeGreaterThan(TURN_MAX_MS);
  });
});
