/**
 * `npm run bench [-- name ...] [--json FILE]`: runs every file of bench/ (or those named) one after the other. `home` measures
 * what `home-scope` does as well, so that one runs only when it is named.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, run } from './run.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, help: { type: 'boolean' } },
});
const all = readdirSync(join(ROOT, 'bench')).flatMap((file) => /^(?!report)[a-z-]+(?=\.ts$)/.exec(file)?.[0] ?? []);
if (values.help) {
  console.log(`usage: npm run bench -- [NAME ...] [--json FILE]

  NAME          of ${all.join(', ')}; all but home-scope unless told
  --json FILE   the figures as JSON`);
  process.exit(0);
}
const unknown = positionals.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`no such benchmark: ${unknown.join(', ')}; there are ${all.join(', ')}`);
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'counterfoil-bench-'));
const measures: unknown[] = [];
let failed = 0;
const named = positionals.length > 0 ? positionals : all.filter((name) => name !== 'home-scope');
for (const name of named) {
  const json = join(folder, `${name}.json`);
  console.log(`\n${name}`);
  if (run(`node bench/${name}.ts --json "${json}"`) === 0) measures.push(...JSON.parse(readFileSync(json, 'utf8')));
  else failed++;
}
rmSync(folder, { recursive: true });
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(measures, null, 2)}\n`);
process.exit(failed > 0 ? 1 : 0);
