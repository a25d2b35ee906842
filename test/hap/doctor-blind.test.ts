/**
 * The doctor against real runs of the controller, blind: it gets the transcript and nothing else. See `doctor/README.md` for
 * how seeds are kept apart. The long version is `test/soak/doctor.soak.ts`.
 */
import { describe, expect, it } from 'vitest';
import { blind, CLASSES, HELD_OUT, report } from './doctor/blind.ts';

const EACH = 3;

describe('the doctor, blind', () => {
  it('finds the cause of at least 95 % of more than 300 runs on held-out seeds', { timeout: 5 * 60_000 }, async () => {
    const outcome = await blind(HELD_OUT, EACH * CLASSES.length);
    console.log(report(outcome));
    expect(outcome.runs).toBeGreaterThanOrEqual(300);
    expect(outcome.right / outcome.runs).toBeGreaterThanOrEqual(0.95);
  });

  it('has at least one class for more than thirty causes', () => {
    const causes = new Set(CLASSES.flatMap(({ expect: any }) => any));
    expect(causes.size).toBeGreaterThan(30);
  });
});
