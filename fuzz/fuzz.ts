/** Runs a target on many inputs, and watches what it keeps of them. */
import { setImmediate as turn } from 'node:timers/promises';
import { HEAP_GROWTH_MAX, heapInUse } from './heap.ts';
import { mutate } from './mutate.ts';
import { random } from './random.ts';
import { corpusOf, law, type Target } from './target.ts';

/** What a run without a finding came to. */
export interface Report {
  readonly runs: number;
  readonly seconds: number;
  /** How far inputs came, in the target's own words. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** Bytes in use after 20 % of the runs and after all of them. */
  readonly heap: { readonly early: number; readonly late: number };
  /** For the eye only: on a shared machine it is mostly the garbage collector. */
  readonly slowest: { readonly ms: number; readonly input: string };
}

/**
 * `runs` inputs from each of the seeds.
 *
 * @throws with the input as JSON where a law is broken, or where the heap has grown between 20 % and 100 % of the runs
 */
export async function fuzz(target: Target, seeds: readonly number[], runs: number): Promise<Report> {
  const corpus = corpusOf(target);
  const make = target.make ?? ((from, all) => mutate(from, all, target.pieces));
  const outcomes = new Map<string, number>();
  const started = performance.now();
  const total = seeds.length * runs;
  let slowest = { ms: 0, input: '' };
  let early = 0;
  let done = 0;
  for (const seed of seeds) {
    const from = random(seed);
    for (let run = 0; run < runs; run++) {
      const input = make(from, corpus);
      const before = performance.now();
      let word: string | undefined;
      try {
        const said = target.run(input);
        word = said instanceof Promise ? await said : said;
      } catch (cause) {
        throw new Error(`${target.name}: run ${run} of seed ${seed}: ${words(cause)}: ${JSON.stringify(input)}`, {
          cause,
        });
      }
      const ms = performance.now() - before;
      if (ms > slowest.ms) slowest = { ms, input };
      if (word !== undefined) outcomes.set(word, (outcomes.get(word) ?? 0) + 1);
      done += 1;
      // what readers leave to later turns of the event loop (closing a socket) gets its turn
      if (done % 1_000 === 0) await turn();
      if (done === Math.ceil(total / 5)) early = heapInUse();
    }
  }
  await turn();
  const late = heapInUse();
  law(late - early < HEAP_GROWTH_MAX, `${target.name} keeps nothing of its inputs: ${early} bytes grew to ${late}`);
  return { runs: total, seconds: (performance.now() - started) / 1_000, outcomes, heap: { early, late }, slowest };
}

/** One line for a report. */
export function told(name: string, { runs, seconds, outcomes, heap, slowest }: Report): string {
  const rate = Math.round(runs / seconds).toLocaleString('en');
  const reached = [...outcomes].sort((a, b) => b[1] - a[1]).map(([word, n]) => `${word} ${n.toLocaleString('en')}`);
  const mib = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);
  return [
    `${name.padEnd(12)} ${runs.toLocaleString('en')} runs, ${rate}/s, no finding`,
    ...(reached.length > 0 ? [reached.join(', ')] : []),
    `heap ${mib(heap.early)} → ${mib(heap.late)} MiB`,
    `slowest ${slowest.ms.toFixed(1)} ms for ${slowest.input.length} characters`,
  ].join('; ');
}

function words(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
