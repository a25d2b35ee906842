/** The doctor on many real runs, blind, by class: `test/hap/doctor-blind.test.ts` at length, on held-out seeds of its own. */
import { describe, expect, it } from 'vitest';
import { blind, CLASSES, HELD_OUT, report } from '../hap/doctor/blind.ts';
import { ROUNDS } from './rounds.ts';

/** Behind the seeds of the quick test. */
const FIRST = HELD_OUT + 1_000_000;
const EACH = 20 * ROUNDS;

describe('the doctor, blind, at length', () => {
  it('finds the cause of at least 95 % of all runs, and of at least 80 % of each class', async () => {
    const outcome = await blind(FIRST, EACH * CLASSES.length);
    console.log(report(outcome));
    expect(outcome.right / outcome.runs).toBeGreaterThanOrEqual(0.95);
    const weak = [...outcome.byClass].filter(([, { right, runs }]) => right < 0.8 * runs).map(([id]) => id);
    expect(weak).toEqual([]);
  });
});
