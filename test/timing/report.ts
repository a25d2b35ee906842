/** The findings as tables for people. */
import type { Findings, Pair } from './findings.ts';
import type { Difference } from './statistics.ts';

/** A class: its causes against the first, every pair as a matrix, and whether silence means something. */
export function reportOf(found: Findings): string {
  const { id, rounds, measured, pairs, alpha, boundUs, holdMs } = found;
  const age =
    holdMs > 0 ? `held to instants ${holdMs} ms apart, timed from the last one` : 'not held, timed from the request';
  const [first] = measured;
  const causes = measured.map(({ name, kept, lower, median }) => {
    const pair = [...pairs, found.control].find(({ a, b }) => a === first?.name && b === name);
    return [name, String(kept), lower.toFixed(1), median.toFixed(1), ...(pair ? sizes(pair) : ['', '', '', ''])];
  });
  return [
    `${id}: ${rounds} answers for each cause; one bound for all takes the slowest 5 % away; µs; ${age}`,
    table([['cause', 'kept', 'lower q.', 'median', 'Δ lower q. [95 %]', 'Δ median [95 %]', 'KS', ''], ...causes]),
    `every pair (row minus column, medians): . alike at p ≥ ${alpha.toExponential(1)}; a number differs; ! by ${boundUs} µs or more`,
    matrix(found),
    controls(found),
  ].join('\n');
}

/**
 * Does silence mean something in this class? The control is silent, and the leak at the writing of the answer is heard; so
 * is the one in the work, where nothing hides it.
 */
export function meansSomething({ control, planted, inWork, holdMs }: Findings): boolean {
  return control.verdict === 'alike' && heard(planted) && (holdMs > 0 || inWork === undefined || heard(inWork));
}

function heard({ verdict, median }: Pair): boolean {
  return verdict !== 'alike' && median.value > 0;
}

/** The pairs whose medians are too far apart; where refusals are held, with the leak that was planted in the work. */
export function leaksOf({ pairs, inWork, holdMs }: Findings): readonly Pair[] {
  const all = inWork && holdMs > 0 ? [...pairs, inWork] : pairs;
  return all.filter((pair) => pair.verdict === 'leak');
}

/** One line on how many pairs are too far apart, and which ones are farthest. */
export function summaryOf(found: Findings): string {
  const leaks = leaksOf(found).toSorted((x, y) => Math.abs(y.median.value) - Math.abs(x.median.value));
  const far = leaks
    .slice(0, 1)
    .map(({ a, b, median }) => `"${a}" and "${b}" by ${Math.abs(median.value).toFixed(1)} µs`);
  return `${found.id}: ${leaks.length} of ${found.pairs.length} pairs are ${found.boundUs} µs or more apart, the farthest are ${far}`;
}

function controls(found: Findings): string {
  const { control, planted, inWork, plantedUs, visibleUs } = found;
  const plant = (where: string, pair: Pair): string =>
    `planted ${plantedUs} µs ${where}: ${pair.verdict === 'alike' ? 'NOT HEARD' : 'heard'}, ${interval(pair.median)} (KS ${pair.distance.toFixed(4)}, p ${p(pair)})`;
  const said = [
    `null control: ${control.verdict === 'alike' ? 'silent' : 'FIRED'} (KS ${control.distance.toFixed(4)}, p ${p(control)})`,
    plant('at the writing of the answer', planted),
    ...(inWork ? [plant('in the work', inWork)] : []),
    `silence means: no shift of ${visibleUs.toFixed(1)} µs or more`,
  ];
  return said.map((line) => `  ${line}`).join('\n');
}

function sizes(pair: Pair): string[] {
  return [interval(pair.lower), interval(pair.median), pair.distance.toFixed(4), pair.verdict];
}

function p({ probability }: Pair): string {
  return probability < 1e-12 ? '< 1e-12' : probability.toPrecision(2);
}

function interval({ value, from, to }: Difference): string {
  return `${signed(value)} [${signed(from)}, ${signed(to)}]`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`;
}

function matrix({ pairs, measured }: Findings): string {
  const names = measured.map(({ name }) => name).filter((name) => pairs.some(({ a, b }) => a === name || b === name));
  const cell = (row: string, column: string): string => {
    const pair = pairs.find(({ a, b }) => a === column && b === row);
    if (!pair) return '';
    const { verdict, median } = pair;
    if (verdict === 'alike') return '.';
    return `${signed(median.value).replace(/\.\d$/, '')}${verdict === 'leak' ? '!' : ''}`;
  };
  const header = ['', ...names.slice(0, -1).map((_, i) => String(i + 1))];
  const rows = names.map((row, i) => [
    `${i + 1} ${row}`,
    ...names.slice(0, -1).map((column, j) => (j < i ? cell(row, column) : '')),
  ]);
  return table([header, ...rows]);
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  return rows
    .map((row) => {
      const cells = row.map((text, i) => (i === 0 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0)));
      return `  ${cells.join('  ')}`.trimEnd();
    })
    .join('\n');
}
