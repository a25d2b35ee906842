/** What can be wrong with a profile's rules, as lines for people: where, what was expected, what came. */
import type { Rule } from '../../src/core/rule.ts';
import type { ProfileFolder, RuleFile } from './load.ts';

/** Words that begin with a capital letter although a text does not: names, beside anything like `PKCE`, `DPoP`, `S256`. */
const NAMES: ReadonlySet<string> = new Set(['Basic', 'Bearer', 'Counterfoil', 'Trusted', 'Unicode']);

/** Plain enough to stand in a test title, a log field and a regular expression. */
const CAUSE_ID = /^[a-z][a-z0-9_-]*$/;

/** Every fault of a profile; empty when file names, ids, tables, tests and texts agree. */
export function profileFaults(profile: ProfileFolder): string[] {
  if (profile.tables === undefined) return [`${profile.path}: expected profile.ts to export \`tables\``];
  const listed = new Set<unknown>(rulesOf(profile));
  const filed = new Set<unknown>(profile.files.flatMap((file) => Object.values(file.exports)));
  return [
    ...profile.files.flatMap((file) => fileFaults(profile.id, file, listed)),
    ...rulesOf(profile)
      .filter((rule) => !filed.has(rule))
      .map((rule) => `${profile.path}/profile.ts: ${rule.id} stands in a table but is exported by no file in rules/`),
    ...Object.entries(profile.tables).flatMap(([action, phases]) =>
      repeated(phases.flatMap((phase) => phase.rules.map((rule) => rule.id)))
        .concat(repeated(phases.map((phase) => phase.id)))
        .map((id) => `${profile.path}/profile.ts: ${id} stands twice in the table ${action}`),
    ),
  ];
}

/** All table entries of a profile, in order, a rule once for each table it stands in. */
function rulesOf(profile: ProfileFolder): Rule<never>[] {
  return Object.values(profile.tables ?? {}).flatMap((phases) => phases.flatMap((phase) => phase.rules));
}

/** `redirect-uri-exact` → `redirectUriExact` */
function camel(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function fileFaults(profile: string, file: RuleFile, listed: ReadonlySet<unknown>): string[] {
  const at = (fault: string) => `${file.path}: ${fault}`;
  const names = Object.keys(file.exports);
  const [name] = names;
  if (name === undefined || names.length > 1 || name !== camel(file.name)) {
    return [at(`expected exactly one export, ${camel(file.name)}; got ${names.join(', ') || 'none'}`)];
  }
  const rule = file.exports[name];
  if (!isRule(rule)) return [at(`expected ${name} to be a rule, with id, causes and check`)];
  const faults = [...textFaults(rule), ...testFaults(rule, file)];
  const id = `${profile}.${file.name}`;
  if (rule.id !== id) faults.push(`expected the id ${id}, got ${rule.id}`);
  if (!listed.has(rule)) faults.push('stands in no table of profile.ts');
  return faults.map(at);
}

function isRule(value: unknown): value is Rule<never> {
  return typeof value === 'object' && value !== null && 'id' in value && 'causes' in value && 'check' in value;
}

function textFaults(rule: Rule<never>): string[] {
  const faults: string[] = [];
  const style = (where: string, text: string) => {
    const fault = styleFault(text);
    if (fault !== undefined) faults.push(`${where}: ${fault}: ${JSON.stringify(text)}`);
  };
  if (rule.cite.trim() === '') faults.push('cite: expected a standard and its section, or the design law; got nothing');
  if (!/^[a-z][a-z_]*$/.test(rule.refusal))
    faults.push(`refusal: expected a wire error like invalid_grant, got ${rule.refusal}`);
  style('why', rule.why);
  for (const [id, cause] of Object.entries(rule.causes)) {
    if (!CAUSE_ID.test(id)) faults.push(`cause ${id}: expected lower-case letters, digits, hyphens`);
    style(`cause ${id}`, cause.say);
    if (cause.fixes.length === 0) faults.push(`cause ${id}: expected one fix at least`);
    for (const fix of cause.fixes) style(`cause ${id}, fix`, fix.say);
  }
  if (Object.keys(rule.causes).length === 0) faults.push('causes: expected one at least');
  for (const id of rule.counts ?? []) {
    if (!Object.hasOwn(rule.causes, id)) faults.push(`counts names ${id}, which is no cause of this rule`);
  }
  return faults;
}

/** Texts are lower-case, one line, without a period at the end. */
function styleFault(text: string): string | undefined {
  if (text.trim() !== text || text === '') return 'expected text without blanks around it';
  if (text.includes('\n')) return 'expected one line';
  if (/[^.]\.$/.test(text)) return 'expected no period at the end';
  const [word = ''] = /^[\p{L}\p{N}]+/u.exec(text) ?? [];
  const name = NAMES.has(word) || /^.+[\p{Lu}\p{N}]/u.test(word);
  return /^\p{Lu}/u.test(word) && !name ? 'expected a lower-case first letter' : undefined;
}

function testFaults(rule: Rule<never>, file: RuleFile): string[] {
  if (file.test === undefined) return [`expected a test beside it, ${file.name}.test.ts`];
  const faults: string[] = [];
  const top = [...file.test.matchAll(/^describe\(\s*(['"`])(.*?)\1/gm)].map((match) => match[2]);
  if (top.length !== 1 || top[0] !== rule.id) {
    faults.push(`${file.name}.test.ts: expected one top-level describe, '${rule.id}'; got ${top.join(', ') || 'none'}`);
  }
  const titles = testTitles(file.test);
  for (const id of Object.keys(rule.causes).filter((cause) => CAUSE_ID.test(cause))) {
    const named = new RegExp(`(?<![\\w-])${id}(?![\\w-])`);
    if (!titles.some((title) => named.test(title))) {
      faults.push(`${file.name}.test.ts: no test title names the cause ${id}`);
    }
  }
  return faults;
}

/** The literal titles of `it` and `test` calls, also behind `.each(...)`. */
function testTitles(source: string): string[] {
  const calls = source.matchAll(/(?:\b(?:it|test)(?:\.\w+)*|\))\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gs);
  return [...calls].map((match) => match[2] ?? '');
}

function repeated(ids: readonly string[]): string[] {
  return ids.filter((id, index) => ids.indexOf(id) !== index);
}
