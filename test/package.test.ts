/** The package as somebody installs it: built from a copy of this tree, packed, unpacked elsewhere, linted and run. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, TOOL_ENV } from '../tools/run.ts';

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const temp = mkdtempSync(join(tmpdir(), 'counterfoil-package-'));
const stage = join(temp, 'stage');
const consumer = join(temp, 'consumer');
const installed = join(consumer, 'node_modules', 'counterfoil');
let tarball = '';
let files: string[] = [];

/** Runs a tool and answers its output; throws with it when the tool fails. */
function tool(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env: TOOL_ENV, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? status}\n${stdout}\n${stderr}`);
  return stdout;
}

/** A Node on this machine that is older than the package needs, if there is one. */
function olderNode(): string | undefined {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node'));
  return [process.env['npm_node_execpath'], ...onPath].find((node) => {
    const version = node && spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout;
    return version ? Number(/^v(\d+)/.exec(version)?.[1]) < 24 : false;
  });
}

beforeAll(() => {
  const left = new Set(['node_modules', '.git', 'dist', '.tmp']);
  cpSync(ROOT, stage, { recursive: true, filter: (path) => dirname(path) !== ROOT || !left.has(basename(path)) });
  symlinkSync(join(ROOT, 'node_modules'), join(stage, 'node_modules'), 'dir');
  tool('tsc', ['-p', 'tsconfig.build.json'], stage);
  const packed = JSON.parse(tool('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', temp], stage))[0];
  tarball = join(temp, packed.filename);
  files = packed.files.map((file: { path: string }) => file.path);
  mkdirSync(installed, { recursive: true });
  tool('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'], temp);
  // only what the package declares: an import of anything else must fail
  for (const name of Object.keys(manifest.dependencies)) {
    mkdirSync(dirname(join(consumer, 'node_modules', name)), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(consumer, 'node_modules', name), 'dir');
  }
  writeFileSync(join(consumer, 'package.json'), '{"type":"module"}');
});
afterAll(() => rmSync(temp, { recursive: true }));

describe('the packed tarball', () => {
  it('holds compiled code, types and the licence, and no test, tool or source', () => {
    const wanted =
      /^(dist\/.+\.(js|d\.ts)|dist\/profiles\/.+\/rules-data\/.+\.json|LICENSE|NOTICE|README\.md|package\.json)$/;
    expect(files.filter((file) => !wanted.test(file) || /\.(test|soak|fuzz|bench)\./.test(file))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'NOTICE', 'package.json', 'dist/cli/bin.js']));
    for (const entry of Object.values<{ types?: string; default?: string }>(manifest.exports)) {
      if (typeof entry === 'object') expect(files).toContain(entry.default?.slice(2));
      if (typeof entry === 'object') expect(files).toContain(entry.types?.slice(2));
    }
  });

  it('passes publint, warnings included', () => {
    expect(tool('publint', ['run', tarball, '--strict'], temp)).toContain('All good');
  });

  it('passes attw: every entry has types that fit its module', () => {
    const judged = tool('attw', [tarball, '--profile', 'esm-only', '--no-emoji', '--no-color'], temp);
    for (const entry of ['core', 'oauth', 'store', 'hub']) {
      // in a table with one column per resolution, Node's own ESM first
      expect(judged).toMatch(new RegExp(`"counterfoil/${entry}" +│ OK \\(ESM\\) +│ OK `));
    }
  });

  it('says its version when installed, with nothing but its declared dependencies beside it', () => {
    const bin = join(installed, manifest.bin.counterfoil);
    expect(tool('node', [bin, '--version'], consumer).trim()).toBe(manifest.version);
  });

  it('gives a hub that starts and stops from its subpaths alone', () => {
    const script = [
      "import { deriveKeys, startHub } from 'counterfoil/hub';",
      "import { openMemory } from 'counterfoil/store';",
      "import { tables } from 'counterfoil/oauth';",
      'const opened = openMemory();',
      "const hub = await startHub({ ...opened, keys: deriveKeys(new Uint8Array(32)), data: 'm', port: 0 });",
      "const answer = await fetch(hub.issuer + '/.well-known/oauth-authorization-server');",
      'console.log(JSON.stringify([answer.status, Object.keys(tables)]));',
      'await hub.close();',
    ].join('\n');
    const printed = tool('node', ['--input-type=module', '-e', script], consumer);
    expect(JSON.parse(printed)).toEqual([200, ['token', 'authorize', 'resource']]);
  });

  it('gives the engine as counterfoil/core, and nothing by a path that is not exported', () => {
    const script = "import { decide } from 'counterfoil/core'; console.log(JSON.stringify(decide(null, [])));";
    expect(JSON.parse(tool('node', ['--input-type=module', '-e', script], consumer))).toMatchObject({ ok: true });
    const inside = () =>
      tool('node', ['--input-type=module', '-e', "import 'counterfoil/dist/core/decide.js'"], consumer);
    expect(inside).toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it('type-checks in a strict consumer', () => {
    const source =
      "import { decide, type Judgement } from 'counterfoil/core';\nexport const j: Judgement = decide(1, []);\n";
    writeFileSync(join(consumer, 'use.ts'), source);
    tool('tsc', ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', 'use.ts'], consumer);
  });

  const older = olderNode();
  it.skipIf(older === undefined)('on an older Node says which one it needs and where to get it', () => {
    const bin = join(installed, manifest.bin.counterfoil);
    const { status, stdout, stderr } = spawnSync(older ?? '', [bin, '--version'], { cwd: consumer, encoding: 'utf8' });
    const version = execFileSync(older ?? '', ['--version'], { encoding: 'utf8' }).trim();
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(`expected Node 24 or newer, got ${version}`);
    expect(stderr).toContain('https://nodejs.org/');
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
