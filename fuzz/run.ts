/**
 * `node fuzz/run.ts [--runs N] [--seed S] [target…]`: N inputs (100,000 unless told) for each target, from seed S (1).
 * Prints one line per target; on a broken law prints the input as JSON and ends with 1.
 */
import { parseArgs } from 'node:util';
import { mutate } from './mutate.ts';
import { random } from './random.ts';
import { corpusOf, TARGETS } from './targets.ts';

const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const runs = Number(values.runs);
const seed = Number(values.seed);
const unknown = positionals.filter((name) => !TARGETS.some((t) => t.name === name));
if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed) || unknown.length > 0) {
  console.error(`expected --runs N --seed S and any of: ${TARGETS.map((t) => t.name).join(' ')}`);
  process.exit(2);
}

for (const target of TARGETS) {
  if (positionals.length > 0 && !positionals.includes(target.name)) continue;
  const corpus = corpusOf(target);
  const from = random(seed);
  const started = performance.now();
  let slowest = { ms: 0, input: '' };
  for (let run = 0; run < runs; run++) {
    const input = mutate(from, corpus);
    const before = performance.now();
    try {
      target.run(input);
    } catch (error) {
      console.error(
        `${target.name}: run ${run} of seed ${seed}: ${error instanceof Error ? error.message : String(error)}`,
      );
      console.error(JSON.stringify(input));
      process.exit(1);
    }
    const ms = performance.now() - before;
    if (ms > slowest.ms) slowest = { ms, input };
  }
  const seconds = (performance.now() - started) / 1_000;
  const rate = Math.round(runs / seconds).toLocaleString('en');
  // the slowest is for the eye only: on a shared machine it is mostly the garbage collector
  const slow = `slowest ${slowest.ms.toFixed(1)} ms for ${slowest.input.length} characters`;
  console.log(`${target.name.padEnd(12)} ${runs.toLocaleString('en')} runs, ${rate}/s, no finding; ${slow}`);
}
