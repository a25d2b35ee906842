/**
 * Proves that rules are what they say: file name = export = id = test title, every rule stands in a table and every
 * table entry has a file, every cause has words, a fix and a test. Then compares docs/rules.md with what the rules say.
 *
 *     node tools/check-rules.ts             fails on any fault, or when docs/rules.md is stale
 *     node tools/check-rules.ts --write     writes docs/rules.md anew
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { profileFaults } from './rules/faults.ts';
import { loadProfiles } from './rules/load.ts';
import { rulesPage } from './rules/page.ts';
import { ROOT } from './run.ts';

const PAGE = join(ROOT, 'docs', 'rules.md');

const profiles = await loadProfiles(join(ROOT, 'src', 'profiles'));
const faults = profiles.flatMap(profileFaults);
const page = rulesPage(profiles);
if (process.argv.includes('--write')) {
  writeFileSync(PAGE, page);
} else if (!existsSync(PAGE) || readFileSync(PAGE, 'utf8') !== page) {
  faults.push('docs/rules.md is not what the rules say now; write it anew: npm run docs');
}
for (const fault of faults) console.error(fault);
const count = profiles.reduce((sum, profile) => sum + profile.files.length, 0);
console.log(`${count} rules in ${profiles.length} profiles, ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;
