/**
 * `npm run soak` and `npm run fuzz`. Bounded: every file does a fixed amount of work a round (`test/soak/rounds.ts`), so a
 * run ends by itself.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, run } from './run.ts';

const FOLDERS: Readonly<Record<string, string>> = { soak: 'test/soak', fuzz: 'fuzz' };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '1' }, help: { type: 'boolean' } },
});
const [kind = '', ...names] = positionals;
const folder = FOLDERS[kind];
if (folder === undefined) refuse(`node tools/soak.ts ${Object.keys(FOLDERS).join('|')} [NAME ...] [--rounds N]`, kind);
const end = `.${kind}.ts`;
const files = readdirSync(join(ROOT, folder)).flatMap((file) =>
  file.endsWith(end) ? [file.slice(0, -end.length)] : [],
);
if (values.help) {
  console.log(`usage: npm run ${kind} -- [NAME ...] [--rounds N]

  NAME         only the files whose names begin so: ${files.join(', ')}
  --rounds N   N times the work, a whole number from 1 to 999999 (1)`);
  process.exit(0);
}
if (!/^[1-9]\d{0,5}$/.test(values.rounds)) refuse('--rounds from 1 to 999999', values.rounds);
for (const name of names)
  if (!files.some((file) => file.startsWith(name))) refuse(`the beginning of ${files.join(', ')}`, name);
const paths = names.length > 0 ? names.map((name) => `${folder}/${name}`) : [`${folder}/`];
process.exit(run(`vitest run --config vitest.soak.config.ts ${paths.join(' ')}`, { SOAK_ROUNDS: values.rounds }));

function refuse(expected: string, got: string): never {
  console.error(`expected ${expected}; got ${JSON.stringify(got)}`);
  process.exit(2);
}
