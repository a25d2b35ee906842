/**
 * `npm run soak` and `npm run fuzz`, with `-- --rounds N` for more. Bounded: every file does a fixed amount of work a
 * round (`test/soak/rounds.ts`), so a run ends by itself.
 */
import { parseArgs } from 'node:util';
import { run } from './run.ts';

const FOLDERS: Readonly<Record<string, string>> = { soak: 'test/soak/', fuzz: 'fuzz/' };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '1' } },
});
const folder = FOLDERS[positionals[0] ?? ''];
if (folder === undefined || !/^[1-9]\d{0,5}$/.test(values.rounds)) {
  console.error('expected: node tools/soak.ts soak|fuzz [--rounds N], N a whole number from 1 to 999999');
  process.exit(2);
}
process.exit(run(`vitest run --config vitest.soak.config.ts ${folder}`, { SOAK_ROUNDS: values.rounds }));
