/**
 * What capabilities add to one request of the protected API: reading the token's scopes, deciding, and the whole tree of
 * the home profile; over random tokens and requests, and over the longest token there can be. Of that one the median only:
 * it lasts so long that on a busy machine one call in a hundred is interrupted, and that would be measured.
 */
import { createHash } from 'node:crypto';
import { capabilitiesOf, homeScopes, permits } from '../src/profiles/home/capability.ts';
import { judge } from '../src/profiles/home/profile.ts';
import { accessCase, lamp } from '../test/support/home-case.ts';
import { draw } from '../test/support/home-oracle.ts';
import { type Measure, microsecondsPerCall, report } from './report.ts';

const REQUESTS = 100_000;
/** As many scopes as an application can have. */
const SCOPES_MAX = 100;
/** What a decision may add, p99. */
const LIMIT_MS = 2;

/** Percentiles of the time that one call takes, in milliseconds, each call measured for itself. */
function percentiles(calls: number, work: (call: number) => unknown): { p50: number; p99: number } {
  const times = new Float64Array(calls);
  for (let call = -2_000; call < calls; call++) {
    const startedAt = performance.now();
    sink.last = work(Math.abs(call));
    if (call >= 0) times[call] = performance.now() - startedAt;
  }
  times.sort();
  const at = (share: number): number => times[Math.min(calls - 1, Math.floor(calls * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

const sink: { last?: unknown } = {};

/** Measures; also for `bench:home`. */
export function homeScope(): readonly Measure[] {
  const drawn = Array.from({ length: 1_000 }, (_, seed) => draw(seed));
  const long = draw(1);
  const scopes = Array.from({ length: SCOPES_MAX }, (_, n) => drawn[n % drawn.length]?.scopes[0] ?? 'home:door:r');
  const decide = ({ scopes: of, request, local }: (typeof drawn)[number]): unknown =>
    permits(capabilitiesOf(homeScopes(of)), request, local);
  const code = 'hap5.1-authcode:x8G3pQ2vR9mN7kL1';
  const hashMs = microsecondsPerCall(() => createHash('sha256').update(code).digest(), 1_000) / 1_000;
  const measure = (name: string, value: number): Measure => ({
    name,
    unit: 'ms',
    value,
    ratios: { 'SHA-256 of a code': value / hashMs, [`${LIMIT_MS} ms`]: value / LIMIT_MS },
  });
  const drawnAt = (call: number): (typeof drawn)[number] => drawn[call % drawn.length] ?? long;
  const alone = percentiles(REQUESTS, (call) => decide(drawnAt(call)));
  const tree = percentiles(REQUESTS, (call) => {
    const { scopes: of, request, local } = drawnAt(call);
    // The tree is drawn for each, as it is for a refusal that is kept.
    return judge('access', accessCase({ scopes: of, request, local, accessory: lamp({ id: request.accessory }) }))
      .checks;
  });
  return [
    measure('scope decision, p50', alone.p50),
    measure('scope decision, p99', alone.p99),
    measure('scope decision with its tree, p50', tree.p50),
    measure('scope decision with its tree, p99', tree.p99),
    measure(
      `scope decision, ${SCOPES_MAX} scopes, p50`,
      microsecondsPerCall(() => decide({ ...long, scopes }), 100) / 1_000,
    ),
  ];
}

if (import.meta.main) report(homeScope());
