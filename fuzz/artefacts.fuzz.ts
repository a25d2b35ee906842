/** `npm run fuzz`: every reader of pasted artefacts, 50,000 inputs a round, each round from its own seed. */
import { describe, it } from 'vitest';
import { ROUNDS } from '../test/soak/rounds.ts';
import { mutate } from './mutate.ts';
import { random } from './random.ts';
import { corpusOf, TARGETS } from './targets.ts';

const RUNS = 50_000;

describe.each(TARGETS.map((target) => ({ name: target.name, target })))('$name', ({ target }) => {
  it(`keeps its laws on ${RUNS} inputs a round`, () => {
    const corpus = corpusOf(target);
    for (let round = 1; round <= ROUNDS; round++) {
      const from = random(round);
      for (let run = 0; run < RUNS; run++) {
        const input = mutate(from, corpus);
        try {
          target.run(input);
        } catch (error) {
          throw new Error(`run ${run} of seed ${round}: ${JSON.stringify(input)}`, { cause: error });
        }
      }
    }
  });
});
