/**
 * Proves that rules are what they say: file name = export = id = test title, every rule stands in a table and every
 * table entry has a file, every cause has words, a fix and a test. Then compares docs/rules.md,
 * docs/best-practices.md and, for the inspector of HomeKit transcripts, docs/homekit-doctor.md with what the rules say.
 *
 *     node tools/check-rules.ts             fails on any fault, or when a page is stale
 *     node tools/check-rules.ts --write     writes the pages anew
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { doctorPage } from './rules/doctor-page.ts';
import { profileFaults } from './rules/faults.ts';
import { loadProfiles } from './rules/load.ts';
import { rulesPage } from './rules/page.ts';
import { practicesPage } from './rules/practices-page.ts';
import { ROOT } from './run.ts';

/** Inspectors with rules: by folder, what stands before the dot of their ids. */
const INSPECTORS: Readonly<Record<string, string>> = { home: 'hap' };

const profiles = await loadProfiles(join(ROOT, 'src', 'profiles'));
const inspectors = (await loadProfiles(join(ROOT, 'src', 'inspectors'))).map((folder) => ({
  ...folder,
  id: INSPECTORS[folder.id] ?? folder.id,
}));
const faults = [...profiles, ...inspectors].flatMap(profileFaults);
const pages: readonly (readonly [name: string, text: string])[] = [
  ['rules.md', rulesPage([...profiles, ...inspectors.filter(({ id }) => id !== 'hap')])],
  ['homekit-doctor.md', doctorPage()],
  ['best-practices.md', practicesPage(profiles, readdirSync(join(ROOT, 'docs', 'decisions')))],
];
for (const [name, text] of pages) {
  const path = join(ROOT, 'docs', name);
  if (process.argv.includes('--write')) {
    writeFileSync(path, text);
  } else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
    faults.push(`docs/${name} is not what the rules say now; write it anew: npm run docs`);
  }
}
for (const fault of faults) console.error(fault);
const count = (folders: typeof profiles): number => folders.reduce((sum, folder) => sum + folder.files.length, 0);
console.log(
  `${count(profiles)} rules in ${profiles.length} profiles, ${count(inspectors)} in ${inspectors.length} inspectors, ${faults.length} faults`,
);
process.exitCode = faults.length > 0 ? 1 : 0;
