/** Reads profiles from disk: their tables, their rule files, and the tests beside them. Judges nothing. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Phase } from '../../src/core/rule.ts';

/** The tables of a profile by action (`token`, `authorize` ...), each in the order in which it is judged. */
export type Tables = Readonly<Record<string, readonly Phase<never>[]>>;

/** A rule file as found; `exports` are whatever it exports. */
export interface RuleFile {
  /** File name without its ending: `redirect-uri-exact`. */
  readonly name: string;
  readonly path: string;
  readonly exports: Readonly<Record<string, unknown>>;
  /** Text of `<name>.test.ts` beside it. */
  readonly test: string | undefined;
}

/** A profile folder. `tables` is undefined when `profile.ts` is missing or exports none. */
export interface ProfileFolder {
  readonly id: string;
  readonly path: string;
  readonly tables: Tables | undefined;
  readonly files: readonly RuleFile[];
}

/** All folders of `top` that have rules or a `profile.ts`, by name. Importing a broken file throws. */
export async function loadProfiles(top: string): Promise<ProfileFolder[]> {
  if (!existsSync(top)) return [];
  const found: ProfileFolder[] = [];
  for (const entry of readdirSync(top, { withFileTypes: true }).sort((a, b) => a.name.localeCompare(b.name))) {
    const path = join(top, entry.name);
    if (entry.isDirectory() && (existsSync(join(path, 'rules')) || existsSync(join(path, 'profile.ts')))) {
      found.push(await loadProfile(entry.name, path));
    }
  }
  return found;
}

async function loadProfile(id: string, path: string): Promise<ProfileFolder> {
  const rules = join(path, 'rules');
  const names = existsSync(rules) ? readdirSync(rules).filter((file) => /(?<!\.test)\.ts$/.test(file)) : [];
  const files: RuleFile[] = [];
  for (const name of names.map((file) => file.slice(0, -'.ts'.length)).sort()) {
    const file = join(rules, `${name}.ts`);
    const test = join(rules, `${name}.test.ts`);
    files.push({
      name,
      path: file,
      exports: await load(file),
      test: existsSync(test) ? readFileSync(test, 'utf8') : undefined,
    });
  }
  const profile = join(path, 'profile.ts');
  const tables = existsSync(profile) ? (await load(profile))['tables'] : undefined;
  return { id, path, tables: tables as Tables | undefined, files };
}

function load(file: string): Promise<Readonly<Record<string, unknown>>> {
  return import(pathToFileURL(file).href);
}
