/**
 * `npm run mission`: which promises are done, and by which tests.
 *
 *     node tools/mission.ts                     a table for people
 *     node tools/mission.ts --json              {"done": [ids], "open": [ids]}
 *     node tools/mission.ts --check FILE        fails when a done row's test did not pass in vitest's JSON report FILE
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { rows } from '../test/mission.ts';
import { split, table, unproven } from './mission/rows.ts';
import { ROOT } from './run.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean' }, check: { type: 'string' } } });
const { done, open } = split(rows);
if (values.json) {
  console.log(JSON.stringify({ done, open }));
} else if (values.check === undefined) {
  console.log(table(rows));
  console.log(`\n${done.length} done, ${open.length} open`);
} else {
  const faults = unproven(rows, JSON.parse(readFileSync(values.check, 'utf8')), ROOT);
  for (const fault of faults) console.error(fault);
  console.log(`mission: ${done.length} done, ${open.length} open, ${faults.length} without proof`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
