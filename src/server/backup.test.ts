import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { grantOf, verdictOf } from '../../test/contract/fixtures.ts';
import { openMemory } from '../store/memory/open.ts';
import { openSqlite } from '../store/sqlite/open.ts';
import { backupKey, readBackup, writeBackup } from './backup.ts';

const folder = mkdtempSync(join(tmpdir(), 'counterfoil-backup-'));
afterAll(() => rmSync(folder, { recursive: true }));
const key = backupKey(Buffer.alloc(32, 1));
let path = '';
let files = 0;

beforeEach(() => {
  path = join(folder, `${++files}.backup`);
});

/** A store with a few thousand rows, so that there are several chunks. */
async function lived(): Promise<ReturnType<typeof openMemory>> {
  const opened = openMemory();
  for (let i = 0; i < 1_200; i++)
    await opened.store.mint({ grant: grantOf(), codes: [], verdict: verdictOf({ at: i }) });
  await opened.registry.save('user', 'ada', 0, { name: 'ada' });
  return opened;
}

const listed = async ({ store }: ReturnType<typeof openMemory>): Promise<unknown> => [
  await store.find('grants', { limit: 1_000 }),
  await store.find('verdicts', { limit: 1_000 }),
];

/** Reads a backup to its end into a fresh store. */
async function restored(trusted = false): Promise<ReturnType<typeof openMemory>> {
  const fresh = openMemory();
  await fresh.upkeep.fill(await readBackup(path, key, { trusted }));
  return fresh;
}

/** Rewrites the lines of the backup. */
function rewrite(change: (lines: string[]) => string[]): void {
  const lines = gunzipSync(readFileSync(path)).toString().split('\n').filter(Boolean);
  writeFileSync(path, gzipSync(`${change(lines).join('\n')}\n`));
}

describe('a backup', () => {
  it('has every row, counts them, tells how far it is, and is for its owner only', async () => {
    const opened = await lived();
    const seen: number[] = [];
    const done = await writeBackup(await opened.upkeep.dump(), path, key, { onProgress: (rows) => seen.push(rows) });
    expect(done).toEqual({ rows: { grants: 1_200, verdicts: 1_200, records: 1, audit: 1_200 }, generation: 1 });
    expect(seen.at(-1)).toBe(3_601);
    expect(seen.length).toBeGreaterThan(5);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await listed(await restored())).toEqual(await listed(opened));
  });

  it('moves a hub from one kind of store to another, and back', async () => {
    const opened = await lived();
    await writeBackup(await opened.upkeep.dump(), path, key);
    const sqlite = openSqlite({ path: join(folder, `${files}.db`) });
    expect(await sqlite.upkeep.fill(await readBackup(path, key))).toBe(2);
    path = `${path}.2`;
    await writeBackup(await sqlite.upkeep.dump(), path, key);
    await sqlite.close();
    expect(await listed(await restored())).toEqual(await listed(opened));
  });

  it('is written under its name only when it is whole, and never over another file', async () => {
    const opened = await lived();
    const stop = new AbortController();
    const dump = await opened.upkeep.dump();
    const writing = writeBackup(dump, path, key, { onProgress: () => stop.abort(), signal: stop.signal });
    await expect(writing).rejects.toThrow(/abort/i);
    expect(readdirSync(folder).filter((name) => name.startsWith(`${files}.backup`))).toEqual([]);
    writeFileSync(path, 'mine');
    await expect(writeBackup(await opened.upkeep.dump(), path, key)).rejects.toThrow('is there already');
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect(readdirSync(folder).filter((name) => name.startsWith(`${files}.backup`))).toEqual([`${files}.backup`]);
  });

  describe.each<readonly [what: string, change: (lines: string[]) => string[], say: RegExp]>([
    [
      'was changed',
      (lines) => lines.map((line) => line.replaceAll('alice', 'mallory')),
      /changed, or made under another/,
    ],
    ['lacks a line', (lines) => [...lines.slice(0, 2), ...lines.slice(3)], /was cut/],
    ['lacks its end', (lines) => lines.slice(0, -2), /was cut/],
    ['lacks its HMAC', (lines) => lines.slice(0, -1), /was cut/],
    ['has rows after its end', (lines) => [...lines.slice(0, -1), lines[1] ?? '', lines.at(-1) ?? ''], /changed/],
    ['is newer', ([first = '', ...rest]) => [first.replace('"version":1', '"version":2'), ...rest], /version 2/],
    ['is something else', () => ['{"name":"counterfoil"}'], /no backup of Counterfoil/],
    ['is no JSON', () => ['hello'], /lines of JSON/],
    [
      'has no rows where rows should be',
      ([first = '', ...rest]) => [first, '{"table":"codes","rows":[[]] }', ...rest],
      /should hold rows/,
    ],
    [
      'names a table of its own',
      ([first = '', ...rest]) => [first, '{"table":"meta","rows":[{}]}', ...rest],
      /expected rows of/,
    ],
  ])('that %s', (_, change, say) => {
    it('is refused, and the store that it was meant for is as it was', async () => {
      await writeBackup(await (await lived()).upkeep.dump(), path, key);
      rewrite(change);
      const mine = openMemory();
      await mine.store.mint({ grant: grantOf(), codes: [] });
      const before = await listed(mine);
      await expect(readBackup(path, key).then((dump) => mine.upkeep.fill(dump))).rejects.toThrow(say);
      expect(await listed(mine)).toEqual(before);
    });
  });

  it('that is no gzip, or was cut in the middle, is refused', async () => {
    await writeBackup(await (await lived()).upkeep.dump(), path, key);
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, whole.length / 2));
    await expect(restored()).rejects.toThrow('no whole gzip file');
    writeFileSync(path, 'counterfoil');
    await expect(restored()).rejects.toThrow('no whole gzip file');
  });

  it('of another master key needs trust', async () => {
    await writeBackup(await (await lived()).upkeep.dump(), path, backupKey(Buffer.alloc(32, 2)));
    await expect(restored()).rejects.toThrow('another master key');
    expect(await (await restored(true)).registry.get('user', 'ada')).toBeDefined();
  });
});
