/** Several processes on one file, and processes that die: what memory cannot promise and SQLite must. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { codeOf, grantOf } from './fixtures.ts';
import { killStarted, linesOf, rowsOf, type Started, startProcess, untilExist } from './processes.ts';

const KILLS = 20;
const CODES = 200;

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'counterfoil-processes-'));
});
afterEach(() => {
  killStarted();
  rmSync(folder, { recursive: true });
});

const start = (...args: string[]): Started => startProcess(join(import.meta.dirname, 'child.ts'), args);

describe('sqlite store, several processes', () => {
  it('four processes open a new file at once, and all of them write to it', { timeout: 30_000 }, async () => {
    const file = join(folder, 'new.db');
    const go = join(folder, 'go');
    const children = Array.from({ length: 4 }, () => start('open', file, go));
    await sleep(200);
    writeFileSync(go, '');
    for (const { ended } of children) expect(await ended).toEqual({ code: 0, said: '' });
    const { store } = openSqlite({ path: file });
    expect(await store.find('grants', {})).toHaveLength(4);
    await store.close();
  });

  it(`two processes race for ${CODES} codes: each has exactly one winner`, { timeout: 60_000 }, async () => {
    const file = join(folder, 'race.db');
    const go = join(folder, 'go');
    const { store } = openSqlite({ path: file });
    const grant = grantOf();
    const codes = Array.from({ length: CODES }, () => codeOf(grant.id));
    await store.mint({ grant, codes });
    const outs = [join(folder, 'a'), join(folder, 'b')];
    const children = outs.map((out) => start('race', file, go, out));
    await untilExist(outs);
    writeFileSync(go, '');
    for (const { ended } of children) expect(await ended).toEqual({ code: 0, said: '' });

    const wins = outs.flatMap(linesOf);
    expect([...wins].sort()).toEqual(codes.map((code) => code.id).sort());
    const kept = await store.find('codes', { limit: 1_000 });
    expect(kept.filter((code) => code.used === 1 && code.rev === 2)).toHaveLength(CODES);
    expect(kept.filter((code) => code.purpose === 'access_token')).toHaveLength(CODES);
    expect((await store.find('verdicts', { limit: 1_000 })).map((verdict) => verdict.code).sort()).toEqual(
      [...wins].sort(),
    );
    await store.close();
  });

  it(`${KILLS} times kill -9: nothing acknowledged is lost, nothing is half done`, { timeout: 120_000 }, async () => {
    const file = join(folder, 'kill.db');
    const out = join(folder, 'acknowledged');
    for (let i = 0; i < KILLS; i++) {
      const before = linesOf(out).length;
      const { child, ended } = start('spend', file, out);
      while (linesOf(out).length <= before && child.exitCode === null) await sleep(5);
      await sleep(Math.random() * 60);
      child.kill('SIGKILL');
      expect(await ended).toEqual({ code: 'SIGKILL', said: '' });

      expect(rowsOf(file, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    }

    const codes = rowsOf<{ id: string; used: number; next: string | null; body: string }>(file, 'SELECT * FROM codes');
    const verdicts = rowsOf<{ id: string; code_id: string; body: string }>(file, 'SELECT * FROM verdicts');
    const byId = new Map(codes.map((code) => [code.id, code]));
    const verdictOfCode = new Map(verdicts.map((verdict) => [verdict.code_id, verdict]));
    const acknowledged = linesOf(out).map((line) => line.split(' '));
    expect(acknowledged.length).toBeGreaterThanOrEqual(KILLS);
    for (const [code = '', token, verdict] of acknowledged) {
      expect(byId.get(code)).toMatchObject({ used: 1, next: token });
      expect(verdictOfCode.get(code)?.id).toBe(verdict);
    }
    // Acknowledged or not, a redemption is whole: used code, token and verdict come together or not at all.
    const used = codes.filter((code) => code.used > 0);
    const tokens = codes.filter((code) => JSON.parse(code.body).purpose === 'access_token');
    expect(verdictOfCode.size).toBe(verdicts.length);
    expect([used.length, tokens.length]).toEqual([verdicts.length, verdicts.length]);
    for (const code of used) {
      expect(code.used).toBe(1);
      expect(byId.has(code.next ?? '')).toBe(true);
      expect(JSON.parse(verdictOfCode.get(code.id)?.body ?? '{}').snapshot).toEqual({ token: code.next });
    }
  });
});
