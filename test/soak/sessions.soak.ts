/**
 * Ten thousand signed-in apps on a flaky network: several tabs, lost requests and answers, retries, duplicates, answers
 * out of order, wrong clocks, hubs that restart. Not one of them may be signed out. `--rounds N` multiplies the sessions.
 * Over real HTTP, and what lies beyond the rules: `sessions-http.soak.ts`.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { ROUNDS } from './rounds.ts';
import { type Ground, postgresGround, sqliteGround } from './sessions-hub.ts';
import { liveThrough } from './sessions-life.ts';

const SESSIONS = 10_000 * ROUNDS;
const CYCLES = 3;
const RESTARTS = 6;

/** Fewer on PostgreSQL, where each batch is a round trip to another process. */
const GROUNDS: readonly (readonly [string, number, () => Promise<Ground>])[] = [
  ['SQLite', SESSIONS, sqliteGround],
  ['PostgreSQL', SESSIONS / 20, postgresGround],
];

const figure = (n: number): string => n.toLocaleString('en');

describe.each(GROUNDS)('on %s', (name, count, make) => {
  let ground: Ground | undefined;
  afterEach(async () => ground?.remove());

  it(`${figure(count)} sessions that keep to the rules live through ${CYCLES} refreshes and more: none is logged out`, async () => {
    ground = await make();
    const startedAt = performance.now();
    const { loggedOut, mishaps, issued, requests } = await liveThrough({
      ground,
      sessions: count,
      cycles: CYCLES,
      restarts: RESTARTS,
      seed: 51,
    });
    const { lostRequests, lostAnswers, slow, doubled, offline } = mishaps;
    console.log(
      `${name}: ${figure(count)} sessions, ${figure(requests)} requests at the hub, ${figure(issued)} answers with tokens, ` +
        `${figure(lostRequests)} requests and ${figure(lostAnswers)} answers lost, ${figure(slow)} slow, ${figure(doubled)} doubled, ` +
        `${figure(offline)} sent while offline, ${RESTARTS} restarts: ${loggedOut.length} logged out; ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`,
    );
    expect(loggedOut.map(({ id, kind, loggedOut: why }) => ({ id, kind, why }))).toEqual([]);
    // a network that failed nobody would prove nothing
    expect(lostAnswers).toBeGreaterThan(count / 20);
  });
});
