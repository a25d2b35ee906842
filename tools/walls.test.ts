/** The layer walls bite: a small tree with one violation for each wall, cruised with the project's own configuration. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, TOOL_ENV } from './run.ts';

/** Allowed: one file of each layer, and the imports that the design draws. */
const IN_ORDER: Readonly<Record<string, string>> = {
  'src/core/model.ts': 'export interface Code { id: string }',
  'src/core/model.test.ts':
    "import { it } from 'vitest'; import { open } from '../store/memory/store.ts'; it('', open);",
  'src/protocols/form/form.ts': "import { createHash } from 'node:crypto'; export const form = createHash;",
  'src/store/port.ts': "import type { Code } from '../core/model.ts'; export type Port = Code;",
  'src/store/index.ts': "export * from './memory/store.ts';",
  'src/store/memory/store.ts': "import type { Port } from '../port.ts'; export const open = (): Port => ({ id: '' });",
  'src/profiles/oauth/rules.ts': "import type { Port } from '../../store/port.ts'; export type P = Port;",
  'src/server/http.ts': "import type { P } from '../profiles/oauth/rules.ts'; export type H = P;",
  'src/cli/main.ts':
    "import { open } from '../store/memory/store.ts'; import { Command } from 'commander'; open(); new Command();",
  'test/contract.test.ts': "import { open } from '../src/store/memory/store.ts'; open();",
};

/** Forbidden: wall, file, its text. */
const VIOLATIONS: readonly (readonly [wall: string, file: string, text: string])[] = [
  ['core-is-alone', 'src/core/bad-node.ts', "import { join } from 'node:path'; export const x = join;"],
  ['core-is-alone', 'src/core/bad-type.ts', "import type { Port } from '../store/port.ts'; export type X = Port;"],
  [
    'protocols-are-alone',
    'src/protocols/curl/bad.ts',
    "import { form } from '../form/form.ts'; export const x = form;",
  ],
  ['protocols-are-alone', 'src/protocols/curl/bad-core.ts', "export type { Code } from '../../core/model.ts';"],
  ['store-port-knows-core', 'src/store/bad.ts', "export type { H } from '../server/http.ts';"],
  ['adapters-know-the-port', 'src/store/sqlite/bad.ts', "import { open } from '../memory/store.ts'; open();"],
  ['profiles-look-down', 'src/profiles/home/bad.ts', "export type { P } from '../oauth/rules.ts';"],
  [
    'profiles-look-down',
    'src/profiles/home/bad-store.ts',
    "import { open } from '../../store/memory/store.ts'; open();",
  ],
  ['inspectors-look-down', 'src/inspectors/android/bad.ts', "export type { P } from '../../profiles/oauth/rules.ts';"],
  ['server-looks-down', 'src/server/bad.ts', "import { open } from '../store/memory/store.ts'; open();"],
  ['server-looks-down', 'src/server/bad-cli.ts', "await import('../cli/main.ts');"],
  ['clients-are-alone', 'src/client/bad.ts', "export type { Code } from '../core/model.ts';"],
  ['console-talks-http', 'src/console/bad.ts', "export type { Code } from '../core/model.ts';"],
  [
    'commands-know-no-adapter',
    'src/cli/commands/bad.ts',
    "import { open } from '../../store/memory/store.ts'; open();",
  ],
  ['ports-are-types', 'src/server/bad-port.ts', "import * as port from '../store/port.ts'; export const x = port;"],
  ['no-tests-in-product', 'src/server/bad-test.ts', "import '../core/model.test.ts';"],
  ['no-dev-dependency-in-product', 'src/server/bad-dev.ts', "import fc from 'fast-check'; export const x = fc;"],
  ['resolvable', 'src/server/bad-path.ts', "import './nowhere.ts';"],
  ['no-circles', 'src/core/circle-a.ts', "import type { B } from './circle-b.ts'; export type A = B;"],
  ['main-is-product', 'src/cli/main.ts', "import '../../tools/x.ts';"],
];

/** The other half of the circle, which is reported once. */
const CIRCLE_BACK = ['no-circles', 'src/core/circle-b.ts', "export type { A as B } from './circle-a.ts';"] as const;

const temp = mkdtempSync(join(tmpdir(), 'counterfoil-walls-'));
afterAll(() => rmSync(temp, { recursive: true }));

function write(top: string, file: string, text: string): void {
  mkdirSync(dirname(join(top, file)), { recursive: true });
  writeFileSync(join(top, file), `${text}\n`);
}

/** What the cruiser says about a tree: `wall file`, sorted. */
function cruise(
  name: string,
  extra: readonly (readonly [string, string, string])[],
): { files: number; found: string[] } {
  const top = join(temp, name);
  for (const [file, text] of Object.entries(IN_ORDER)) write(top, file, text);
  write(top, 'tools/x.ts', 'export {};');
  write(top, 'package.json', '{"type":"module","dependencies":{"commander":"*"},"devDependencies":{"fast-check":"*"}}');
  symlinkSync(join(ROOT, 'node_modules'), join(top, 'node_modules'), 'dir');
  for (const [, file, text] of extra) write(top, file, text);
  const cruiser = join(ROOT, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const config = ['--config', join(ROOT, '.dependency-cruiser.mjs'), '--output-type', 'json'];
  const args = ['--import', join(ROOT, 'tools', 'depcruise-typescript.ts'), cruiser, ...config, 'src', 'test'];
  const { modules, summary } = JSON.parse(
    execFileSync('node', args, { cwd: top, env: TOOL_ENV, encoding: 'utf8', maxBuffer: 1 << 26 }),
  );
  const found = summary.violations.map((v: { rule: { name: string }; from: string }) => `${v.rule.name} ${v.from}`);
  return { files: modules.length, found: [...new Set<string>(found)].sort() };
}

describe('layer walls', () => {
  let found: string[];
  beforeAll(() => {
    found = cruise('broken', [...VIOLATIONS, CIRCLE_BACK]).found;
  });

  it('let through what the design draws, having read every file', () => {
    const order = cruise('order', []);
    expect(order.found).toEqual([]);
    expect(order.files).toBeGreaterThanOrEqual(Object.keys(IN_ORDER).length);
  });

  it.each(VIOLATIONS)('%s stops %s', (wall, file) => {
    expect(found).toContain(`${wall} ${file}`);
  });

  it('stop nothing else', () => {
    const expected = new Set(VIOLATIONS.map(([wall, file]) => `${wall} ${file}`));
    expect(found.filter((line) => !expected.has(line))).toEqual([]);
  });
});
