/** How every benchmark reports: a table for people, and with `--json FILE` the same as data. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/**
 * One measured figure. `ratios` are this value divided by yardsticks taken in the same run: on a noisy machine the
 * ratio travels, the value does not.
 */
export interface Measure {
  readonly name: string;
  /** `µs`, `ops/s`, `ms` ... */
  readonly unit: string;
  readonly value: number;
  readonly ratios: Readonly<Record<string, number>>;
}

/**
 * Prints the figures, and writes them as a JSON array to the file named by `--json` where there is one.
 *
 * @throws when the file cannot be written, or on an unknown option
 */
export function report(measures: readonly Measure[], args: readonly string[] = process.argv.slice(2)): void {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'string' } } });
  const width = Math.max(...measures.map((m) => m.name.length));
  for (const { name, unit, value, ratios } of measures) {
    const beside = Object.entries(ratios).map(([yardstick, ratio]) => `${round(ratio)} × ${yardstick}`);
    console.log([name.padEnd(width), `${round(value)} ${unit}`, ...beside].join('   '));
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(measures, null, 2)}\n`);
}

/**
 * Runs `work` in batches and answers the median time of one call, in microseconds, after a warm-up.
 *
 * @param calls calls in a batch: enough for a batch to last some milliseconds
 */
export function microsecondsPerCall(work: () => unknown, calls: number, batches = 51): number {
  const times: number[] = [];
  for (let batch = -5; batch < batches; batch++) {
    const startedAt = performance.now();
    for (let call = 0; call < calls; call++) sink.last = work();
    if (batch >= 0) times.push(((performance.now() - startedAt) * 1000) / calls);
  }
  return times.sort((a, b) => a - b)[batches >> 1] ?? Number.NaN;
}

/** Keeps the compiler from dropping work whose answer nobody reads. */
const sink: { last?: unknown } = {};

/** Three significant digits: more would pretend. */
function round(value: number): string {
  return String(Number(value.toPrecision(3)));
}
