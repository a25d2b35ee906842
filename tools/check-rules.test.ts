/** The check itself is checked: a profile in order has no fault, and each way of breaking it is noticed. */
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { profileFaults } from './rules/faults.ts';
import { loadProfiles } from './rules/load.ts';
import { rulesPage } from './rules/page.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures', 'profiles');
const temp = mkdtempSync(join(tmpdir(), 'counterfoil-rules-'));
afterAll(() => rmSync(temp, { recursive: true }));

/** The faults of the sample profile after replacing `from` by `to` in one of its files. */
async function faultsAfter(file: string, from: string, to: string): Promise<string[]> {
  const top = mkdtempSync(join(temp, 'case-'));
  cpSync(FIXTURES, top, { recursive: true });
  const path = join(top, 'sample', file);
  const before = readFileSync(path, 'utf8');
  expect(before).toContain(from);
  writeFileSync(path, before.replace(from, to));
  return (await loadProfiles(top)).flatMap(profileFaults);
}

describe('check-rules', () => {
  it('finds nothing wrong with a profile in order', async () => {
    expect((await loadProfiles(FIXTURES)).flatMap(profileFaults)).toEqual([]);
  });

  const RULE = 'rules/code-known.ts';
  const TEST = 'rules/code-known.test.ts';
  it.each([
    ['an id that is not the file name', RULE, 'sample.code-known', 'sample.code-seen', 'expected the id'],
    ['a second export', RULE, 'export const', 'export const more = 1;\nexport const', 'exactly one export'],
    ['an export that is no rule', RULE, 'causes: {', 'reasons: {', 'to be a rule'],
    ['a rule in no table', 'profile.ts', '[codeKnown, redirectUriExact]', '[codeKnown]', 'stands in no table'],
    ['a table entry without a file', 'profile.ts', '[codeKnown] }', '[{ ...codeKnown }] }', 'exported by no file'],
    ['a rule twice in a table', 'profile.ts', '[codeKnown, ', '[codeKnown, codeKnown, ', 'stands twice'],
    ['no tables at all', 'profile.ts', 'tables:', 'table:', 'to export `tables`'],
    ['a test of another title', TEST, "describe('sample.code-known'", "describe('code-known'", 'top-level describe'],
    ['a cause that no test names', TEST, 'that is unknown', 'that is not-unknown', 'names the cause unknown'],
    ['a cause without a fix', RULE, 'fixes: [', 'fixes: [], other: [', 'one fix at least'],
    ['a capital first letter', RULE, "say: 'no code", "say: 'No code", 'lower-case first letter'],
    ['a period at the end', RULE, 'for nothing', 'for nothing.', 'no period'],
    ['no citation', RULE, 'RFC 6749 §4.1.3', '', 'cite'],
    [
      'a counted cause that is none',
      'rules/redirect-uri-exact.ts',
      "['different']",
      "['other']",
      'no cause of this rule',
    ],
  ])('notices %s', async (_, file, from, to, fault) => {
    expect((await faultsAfter(file, from, to)).join('\n')).toContain(fault);
  });

  it('notices a file whose export has another name, and a rule without a test', async () => {
    const top = mkdtempSync(join(temp, 'case-'));
    cpSync(FIXTURES, top, { recursive: true });
    const rules = join(top, 'sample', 'rules');
    renameSync(join(rules, 'redirect-uri-exact.test.ts'), join(rules, 'redirect-uri.test.ts'));
    cpSync(join(rules, 'code-known.ts'), join(rules, 'code-seen.ts'));
    const faults = (await loadProfiles(top)).flatMap(profileFaults).join('\n');
    expect(faults).toContain('exactly one export, codeSeen; got codeKnown');
    expect(faults).toContain('expected a test beside it, redirect-uri-exact.test.ts');
  });

  it('writes a page with every rule in the order of the tables, and links one that stands twice', async () => {
    const page = rulesPage(await loadProfiles(FIXTURES));
    expect(page.match(/^##+ .*/gm)).toEqual([
      '## sample: token',
      '### sample: token: code',
      '#### sample.code-known',
      '#### sample.redirect-uri-exact',
      '## sample: preview',
      '### sample: preview: code',
    ]);
    expect(page).toContain('[sample.code-known](#samplecode-known), as above.');
    expect(page).toContain('- cause `different` (counts against the code): redirect_uri is not the one');
    expect(page).toContain('  - client: PKCE or not, start again at \\<the authorize endpoint\\>');
  });
});
