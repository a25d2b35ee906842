/** `npm run fuzz`: every reader by itself, 50,000 inputs a round, each round from its own seed. */
import { describe, it } from 'vitest';
import { ROUNDS } from '../test/soak/rounds.ts';
import { fuzz, told } from './fuzz.ts';
import { TARGETS } from './targets.ts';

const RUNS = 50_000;
const SEEDS = Array.from({ length: ROUNDS }, (_, i) => i + 1);

describe.each(TARGETS.map((target) => ({ name: target.name, target })))('$name', ({ target }) => {
  it(`keeps its laws on ${RUNS} inputs a round, and keeps nothing of them`, async () => {
    console.log(told(target.name, await fuzz(target, SEEDS, RUNS)));
  });
});
