/**
 * The list of promises is whole, and what is called done names tests that exist. That those tests passed is checked
 * after the run, from its report: `tools/mission.ts --check`, the last step of `npm test`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IDS, type Report, unproven } from '../tools/mission/rows.ts';
import { ROOT, TOOL_ENV } from '../tools/run.ts';
import { type Proof, type Row, rows } from './mission.ts';

/** Text of a test file and of the files of ours it imports directly (a contract suite has its titles there). */
function sourceOf(file: string): string {
  const path = join(ROOT, file);
  if (!existsSync(path)) return '';
  const source = readFileSync(path, 'utf8');
  const imported = [...source.matchAll(/from '(\.[^']+\.ts)'/g)].map((match) => join(dirname(path), match[1] ?? ''));
  return [source, ...imported.filter((other) => existsSync(other)).map((other) => readFileSync(other, 'utf8'))].join(
    '\n',
  );
}

describe('mission', () => {
  it('lists every id once, in order, each with a title', () => {
    expect(IDS).toHaveLength(113);
    expect(rows.map((row) => row.id)).toEqual(IDS);
    expect(rows.filter((row) => row.title.trim() === '')).toEqual([]);
  });

  it('names only tests that exist', () => {
    const named = rows.flatMap((row) => row.done.map((proof) => ({ id: row.id, ...proof })));
    expect(named.filter((proof) => !proof.file.endsWith('.test.ts'))).toEqual([]);
    expect(named.filter((proof) => !sourceOf(proof.file).includes(proof.title))).toEqual([]);
  });

  it('prints exactly the done and the open ids as JSON', () => {
    const args = [join(ROOT, 'tools', 'mission.ts'), '--json'];
    const printed = JSON.parse(execFileSync('node', args, { env: TOOL_ENV, encoding: 'utf8' }));
    expect(Object.keys(printed)).toEqual(['done', 'open']);
    expect([...printed.done, ...printed.open].sort()).toEqual([...IDS].sort());
    expect(printed.done).toEqual(rows.filter((row) => row.done.length > 0).map((row) => row.id));
  });
});

describe('the check after the run', () => {
  const row = (...done: Proof[]): Row => ({ id: 'A3', title: 'once', done });
  const report = (...statuses: string[]): Report => ({
    testResults: [
      {
        name: join(ROOT, 'test', 'a.test.ts'),
        assertionResults: statuses.map((status) => ({ title: 'wins', status })),
      },
    ],
  });
  const proof = { file: 'test/a.test.ts', title: 'wins' };

  it('accepts a done row whose tests all passed, and an open row', () => {
    expect(unproven([row(proof), row()], report('passed', 'passed'), ROOT)).toEqual([]);
  });

  it.each(['failed', 'skipped', 'pending', 'todo'])('refuses a done row when one of its tests %s', (status) => {
    expect(unproven([row(proof)], report('passed', status), ROOT)).toHaveLength(1);
  });

  it('refuses a done row whose test did not run: other title, other file', () => {
    const strangers = [row({ ...proof, title: 'win' }), row({ ...proof, file: 'test/b.test.ts' })];
    expect(unproven(strangers, report('passed'), ROOT)).toHaveLength(2);
  });
});
