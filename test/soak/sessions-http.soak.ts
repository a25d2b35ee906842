/**
 * The apps of `sessions.soak.ts` over real HTTP, and where the rules end: what an app may expect ends with the grace, and
 * what that costs is measured here, as figures and not as promises. `--rounds N` multiplies the sessions.
 */
import { describe, expect, it } from 'vitest';
import { ROUNDS } from './rounds.ts';
import { liveOverHttp } from './sessions-http.ts';
import { sqliteGround } from './sessions-hub.ts';
import { dayOnPhones, EACH_KIND, eagerPages, type Losses, lateReturn } from './sessions-limits.ts';

const OVER_HTTP = 300 * ROUNDS;
const HTTP_CYCLES = 3;
/** Sessions of each figure in the second half. */
const LIMITS = 200 * ROUNDS;

const figure = (n: number): string => n.toLocaleString('en');

describe('over real HTTP, through a proxy that drops, cuts, swallows, delays and doubles', () => {
  it(`${OVER_HTTP} sessions live through ${HTTP_CYCLES} refreshes and ${HTTP_CYCLES - 1} restarts of the hub: none is logged out`, async () => {
    const ground = await sqliteGround();
    const { loggedOut, tricks, issued, restarts, faults } = await liveOverHttp(ground, OVER_HTTP, HTTP_CYCLES);
    await ground.remove();
    const played = Object.entries(tricks).map(([trick, n]) => `${trick} ${figure(n)}`);
    console.log(
      `HTTP: ${OVER_HTTP} sessions, ${figure(issued)} answers with tokens, connections: ${played.join(', ')}, ${restarts} restarts: ${loggedOut.length} logged out`,
    );
    expect(loggedOut.map(({ id, kind, loggedOut: why }) => ({ id, kind, why }))).toEqual([]);
    expect(tricks.swallow + tricks.cut).toBeGreaterThan(OVER_HTTP / 20);
    expect(faults).toEqual([]);
  });
});

describe('where the rules end (figures, not promises)', () => {
  const AFTER_SECONDS = [1, 5, 9, 11, 60, 3_600];

  it('an app that lost an answer and asks again is heard within the grace, whatever it proves itself by', async () => {
    for (const kind of EACH_KIND) {
      const heard = await Promise.all(AFTER_SECONDS.map((seconds) => lateReturn(kind, seconds * 1_000)));
      console.log(`lost answer, ${kind}: ${AFTER_SECONDS.map((seconds, i) => `${seconds} s ${heard[i]}`).join(', ')}`);
      expect(heard.slice(0, 3)).toEqual(['tokens', 'tokens', 'tokens']);
    }
  });

  it('a day on phones, and pages that refresh whenever they are loaded', async () => {
    const told = (what: string, { sessions, loggedOut, successorUnused, crossed }: Losses): string => {
      const all = Object.values(loggedOut).reduce((sum, n) => sum + n, 0);
      const kinds = Object.entries(loggedOut).map(([kind, n]) => `${kind} ${n}`);
      return `${what}: ${all} of ${figure(sessions)} logged out (${kinds.join(', ')}); the successor was unused for ${successorUnused} of them, requests crossed for ${crossed}`;
    };
    console.log(told('a day on phones', await dayOnPhones(LIMITS)));
    console.log(told('eager pages that write over each other', await eagerPages(LIMITS, 'plain')));
    const careful = await eagerPages(LIMITS, 'careful');
    console.log(told('eager pages that compare before they write', careful));
    expect(careful.sessions).toBe(LIMITS);
  });
});
