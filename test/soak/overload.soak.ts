/**
 * Twice as much as the hub can do. How much it can do is measured first (closed: callers without pauses); then twice that
 * is offered, open, with the limits of every hub and without. Printed: rates, 503s, the time of what was served.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { mintCode } from '../../src/protocols/typed-code/typed-code.ts';
import { LIMITS } from '../../src/server/config.ts';
import { exchangeForm } from '../support/oauth-hub.ts';
import { type Answer, offer, quantile, type Run, tokenPost } from './overload-load.ts';
import { ROUNDS } from './rounds.ts';

/** Waiting times may be so many times the wait that a hub promises. */
const BOUND = 3;
const OFF = { inFlightMax: null, waitMs: null };
const SECONDS = 4 * ROUNDS;
/** As many as the hub groups well, and fewer than it has places for. */
const CALLERS = 256;
/** Below what a hub takes (2,000), and far above what twice the sustainable load needs. */
const CONNECTIONS = 1_500;

const folder = mkdtempSync(join(tmpdir(), 'counterfoil-overload-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Hub {
  readonly port: number;
  /** So many requests, each with a fresh code. */
  requests(count: number): Promise<string[]>;
}

const running = new Set<ChildProcess>();
afterEach(async () => {
  for (const child of running) {
    child.send('stop');
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(0);
  }
  running.clear();
});

async function start(limits: Readonly<Record<string, number | null>>): Promise<Hub> {
  const file = join(folder, `hub-${performance.now()}.db`);
  const child = fork(join(import.meta.dirname, 'overload-hub.ts'), [file, JSON.stringify(limits)]);
  running.add(child);
  const [port] = (await once(child, 'message')) as [number];
  return {
    port,
    async requests(count) {
      child.send(count);
      const [codes] = (await once(child, 'message')) as [string[]];
      return codes.map((code) => tokenPost(exchangeForm(code)));
    },
  };
}

const ok = (answer: Answer): boolean => answer.status === 200;
/** Whatever happens, an answer is 200, or 503 that says when to come back. */
function expectSound(answers: readonly Answer[]): void {
  for (const answer of answers)
    expect(ok(answer) || (answer.status === 503 && answer.retryAfter), `${answer.status}`).toBe(true);
}

const times = (answers: readonly Answer[]): number[] => answers.map((answer) => answer.at - answer.dueAt);

/** Answers a second, from the first request to the last answer. */
function rate(answers: readonly Answer[]): number {
  const from = Math.min(...answers.map((answer) => answer.dueAt));
  const to = Math.max(...answers.map((answer) => answer.at));
  return (answers.length / (to - from)) * 1_000;
}

/** What the hub can do, a second: the best of some runs, because everything else on the machine can only make it less. */
async function sustainable(hub: Hub): Promise<number> {
  let best = 0;
  for (const count of [2_000, 4_000, 4_000]) {
    const { answers } = await offer(hub.port, await hub.requests(count), { connections: CALLERS });
    expectSound(answers);
    best = Math.max(best, rate(answers.filter(ok)));
  }
  return best;
}

function say(what: string, { answers, offeredMs }: Run, baseline: number): { p99: number; served: number } {
  const served = answers.filter(ok);
  const p99 = quantile(times(served), 0.99);
  const away = answers.filter((answer) => answer.status === 503);
  const figures = [
    `offered ${Math.round((answers.length / offeredMs) * 1_000)}/s`,
    `served ${Math.round(rate(served))}/s (${(rate(served) / baseline).toFixed(2)} of the sustainable)`,
    `503 ${((away.length / answers.length) * 100).toFixed(0)} %, p99 ${quantile(times(away), 0.99).toFixed(0)} ms`,
    `p50 ${quantile(times(served), 0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, longest ${Math.max(...times(served)).toFixed(0)} ms`,
  ];
  console.log(`${what}: ${figures.join(' · ')}`);
  return { p99, served: rate(served) };
}

describe('at twice the sustainable load', () => {
  it('every answer is 200 or 503 with Retry-After, and what is served is served in time', async () => {
    const [hub, free] = [await start({}), await start(OFF)];
    const can = Math.max(await sustainable(hub), await sustainable(free));
    console.log(`sustainable: ${Math.round(can)}/s, ${CALLERS} callers`);
    let perSecond = 2 * can;
    for (;;) {
      const count = Math.round(perSecond * SECONDS);
      const load = { connections: CONNECTIONS, perSecond };
      const limited = await offer(hub.port, await hub.requests(count), load);
      expectSound(limited.answers);
      const on = say('with limits', limited, can);
      const off = say('without    ', await offer(free.port, await free.requests(count), load), can);
      // Bounds, and no measurement: the loader and whatever else runs here take their share.
      expect(on.p99).toBeLessThanOrEqual(BOUND * LIMITS.waitMs);
      expect(on.served).toBeGreaterThanOrEqual(0.25 * can);
      if (off.served < 0.8 * perSecond) {
        expect(on.p99).toBeLessThan(off.p99);
        return;
      }
      console.log('that was no overload: what else ran here must have ended; once more, with more');
      perSecond = 2 * off.served;
    }
  });

  it('a flood of guesses is refused as ever, and every rightful exchange in the middle of it gets through', async () => {
    for (const [name, limits] of [
      ['gathered', {}],
      ['one by one', { failureBurst: null }],
    ] as const) {
      const hub = await start(limits);
      await sustainable(hub);
      const rightful = await hub.requests(150);
      const guesses = Array.from({ length: 40_000 }, () =>
        tokenPost(exchangeForm(mintCode('authorization_code', 'opaque', Date.now()))),
      );
      const flood = offer(hub.port, guesses, { connections: 256 });
      const served = offer(hub.port, rightful, { connections: 64, perSecond: 50 });
      const [{ answers: refused }, { answers: got }] = await Promise.all([flood, served]);
      const { p99 } = say(`rightful, guesses ${name}`, await served, 50);
      console.log(`guesses ${name}: ${Math.round(rate(refused))}/s`);
      for (const { status } of refused) expect([400, 503]).toContain(status);
      // On a machine that is busy with other things there may be more than it can do; then it says so, and nothing else.
      expectSound(got);
      const again = got.filter((answer) => !ok(answer)).map((answer) => answer.request);
      expect((await offer(hub.port, again, { connections: 4 })).answers.every(ok)).toBe(true);
      if (name === 'gathered') expect(p99).toBeLessThanOrEqual(BOUND * LIMITS.waitMs);
    }
  });
});
