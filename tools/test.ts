/** `npm test`: the quick whole, script by script. Stops at the first that fails and says how to run it alone. */
import { run } from './run.ts';

const RESULTS = '.tmp/results.json';

/** What a step proves, the npm script that does it, and what is added to its command line here. */
const STEPS: readonly (readonly [proves: string, script: string, ...extra: string[]])[] = [
  ['format and lint', 'lint'],
  ['types', 'types'],
  ['layer walls', 'walls'],
  ['dead code', 'dead-code'],
  ['rules, their tests and docs/rules.md agree', 'rules'],
  ['what the documents point to is there', 'links'],
  ['tests', 'vitest', '--reporter=default', '--reporter=json', `--outputFile.json=${RESULTS}`],
  ['every promise called done was proven', 'mission', '--check', RESULTS],
];

for (const [index, [proves, script, ...extra]] of STEPS.entries()) {
  const label = `[${index + 1}/${STEPS.length}] ${proves}`;
  console.log(`\n${label}`);
  const startedAt = performance.now();
  const code = run(['npm run -s', script, ...(extra.length > 0 ? ['--', ...extra] : [])].join(' '));
  if (code !== 0) {
    console.error(`\nnpm test failed at ${label}; that step alone: npm run ${script}`);
    process.exit(code);
  }
  console.log(`${label}: ok, ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}
