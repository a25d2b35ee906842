/** Cases for the doctor's rules, from the lines of a transcript. */
import { caseOf, type HomeCase } from '../../src/inspectors/home/case.ts';
import type { Entry, Event, Step } from '../../src/protocols/hap/transcript.ts';

/** One line of a transcript. */
export type Line = readonly [step: Step, event: Event, facts?: Entry['facts']];

/** A case of these lines, 10 ms apart. */
export function told(...lines: readonly Line[]): HomeCase {
  return caseOf(entriesOf(...lines));
}

/** The same as entries. */
export function entriesOf(...lines: readonly Line[]): Entry[] {
  return lines.map(([step, event, facts = {}], i) => ({ atMs: 10 * i, step, event, facts }));
}
