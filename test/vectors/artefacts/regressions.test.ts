/** What fuzzing has found stays found: every target keeps its laws on every input that once broke one of them. */
import { describe, expect, it } from 'vitest';
import { mutate } from '../../../fuzz/mutate.ts';
import { random } from '../../../fuzz/random.ts';
import { corpusOf, TARGETS } from '../../../fuzz/targets.ts';
import regressions from './regressions.json' with { type: 'json' };

describe.each(TARGETS.map((target) => ({ name: target.name, target })))('$name', ({ target }) => {
  it.each(regressions.vectors)('keeps its laws where: $name', async ({ text }) => {
    await target.run(text);
  });

  it('keeps its laws on its whole corpus and on 300 inputs grown from it', async () => {
    const corpus = corpusOf(target);
    // Readers of texts grow their inputs from many; those of packets make them, and have few to begin with.
    expect(corpus.length).toBeGreaterThan(target.make ? 0 : 5);
    for (const text of corpus) await target.run(text);
    const from = random(7);
    const make = target.make ?? ((random, all) => mutate(random, all, target.pieces));
    for (let i = 0; i < 300; i++) await target.run(make(from, corpus));
  });
});
