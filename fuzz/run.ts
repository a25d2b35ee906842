/**
 * `node fuzz/run.ts [--runs N] [--seed S] [target…]`: N inputs (100,000 unless told) for each target, from seed S (1).
 * Prints one line per target; on a broken law prints the input as JSON and ends with 1. The listener has a run of its
 * own (`listener.fuzz.ts`).
 */
import { parseArgs } from 'node:util';
import { fuzz, told } from './fuzz.ts';
import { TARGETS } from './targets.ts';

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
  try {
    console.log(told(target.name, await fuzz(target, [seed], runs)));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}
