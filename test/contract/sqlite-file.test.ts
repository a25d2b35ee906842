/** The file: who may read it, what is refused, how it is upgraded, and that it remembers the time. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreFileError } from '../../src/store/errors.ts';
import { APPLICATION_ID, MIGRATIONS, migrate } from '../../src/store/sqlite/migrations.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { codeOf, grantOf, verdictOf } from './fixtures.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'counterfoil-file-'));
  path = join(folder, 'counterfoil.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Makes the file with SQL text, past the store. */
function made(sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

function pragma(name: string): unknown {
  const db = new DatabaseSync(path, { readOnly: true });
  const value = Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  db.close();
  return value;
}

describe('sqlite file', () => {
  it('is created for its owner only, log included', async () => {
    const { store } = openSqlite({ path });
    await store.mint({ grant: grantOf(), codes: [] });
    for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o777).toBe(0o600);
    await store.close();
  });

  it('is durable at every commit, and says whose it is', async () => {
    await openSqlite({ path }).close();
    expect([pragma('journal_mode'), pragma('application_id'), pragma('user_version')]).toEqual([
      'wal',
      APPLICATION_ID,
      MIGRATIONS.at(-1)?.version,
    ]);
  });

  it('keeps everything over a close, which leaves no log behind', async () => {
    const first = openSqlite({ path });
    const grant = grantOf();
    const code = codeOf(grant.id);
    const verdict = verdictOf();
    await first.store.mint({ grant, codes: [code], verdict });
    await first.registry.save('app', 'my_app_123', 0, { name: 'My App' });
    await first.close();
    expect(() => statSync(`${path}-wal`)).toThrow('ENOENT');
    const { store, registry } = openSqlite({ path });
    expect(await store.find('grants', {})).toEqual([grant]);
    expect(await store.find('codes', {})).toEqual([code]);
    expect(await store.find('verdicts', {})).toEqual([verdict]);
    expect((await registry.get('app', 'my_app_123'))?.rev).toBe(1);
    await store.close();
  });

  it('time does not go backwards over a restart', async () => {
    const late = openSqlite({ path, clock: () => 5_000_000 });
    await late.store.mint({ grant: grantOf(), codes: [] });
    const beside = openSqlite({ path, clock: () => 1_000 });
    expect((await beside.store.load({})).now).toBe(5_000_000);
    await beside.close();
    await late.close();
    const early = openSqlite({ path, clock: () => 1_000 });
    expect((await early.store.load({})).now).toBe(5_000_000);
    await early.close();
  });

  it.each([
    ['text', Buffer.from('{"this is": "no database"}'.repeat(100))],
    ['a damaged header', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4_096, 0xff)])],
  ])('refuses %s and leaves it as it is', (_, bytes) => {
    writeFileSync(path, bytes);
    expect(() => openSqlite({ path })).toThrow(StoreFileError);
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  it("refuses another application's database and leaves it as it is", () => {
    for (const sql of ['CREATE TABLE notes (text)', 'PRAGMA application_id = 77; CREATE TABLE notes (text)']) {
      rmSync(path, { force: true });
      made(sql);
      const before = readFileSync(path);
      expect(() => openSqlite({ path })).toThrow(/expected a Counterfoil database.*another application/);
      expect(readFileSync(path).equals(before)).toBe(true);
    }
  });

  it('refuses a newer version, and says what to do', async () => {
    await openSqlite({ path }).close();
    made('PRAGMA user_version = 4711');
    expect(() => openSqlite({ path })).toThrow(/version \d+ or older, got version 4711; upgrade Counterfoil/);
    expect(pragma('user_version')).toBe(4711);
  });

  it('a file of version 1 is brought up, and all that is in it can be read', async () => {
    made(readFileSync(join(import.meta.dirname, 'version-1.sql'), 'utf8'));
    const { store, registry } = openSqlite({ path });
    const loaded = await store.load({ codes: ['cd_spent'], holds: ['slot 1'], once: ['jkt jti'] });
    expect(loaded.now).toBeGreaterThanOrEqual(1_700_000_000_999);
    expect(loaded.codes.get('cd_spent')).toEqual({
      id: 'cd_spent',
      grant: 'gr_one',
      purpose: 'authorization_code',
      handle: 'opaque',
      bindings: [{ fact: 'redirect_uri', match: 'exact', expected: 'com.myapp:/callback' }],
      from: 1_700_000_000_000,
      until: 1_700_000_300_000,
      total: 1,
      used: 1,
      usedAt: 1_700_000_000_500,
      state: 'live',
      next: 'cd_token',
      generation: 1,
      rev: 2,
    });
    expect(loaded.grants.get('gr_one')).toMatchObject({
      to: 'my_app_123',
      state: 'active',
      terms: { scopes: ['lamp'] },
    });
    expect([...loaded.codes.keys()]).toEqual(['cd_spent', 'cd_token']);
    expect([loaded.holds.get('slot 1')?.rev, loaded.once.has('jkt jti')]).toEqual([1_700_000_000_400, true]);
    expect(
      (await store.find('verdicts', {})).map((verdict) => [verdict.id, verdict.times, verdict.consequence]),
    ).toEqual([
      ['vd_two', 3, { hits: 2 }],
      ['vd_one', 1, undefined],
    ]);
    expect((await store.find('effects', {}))[0]).toMatchObject({
      id: 'ef_one',
      state: 'due',
      data: { pairing_id: 'A1' },
    });
    expect(await registry.get('app', 'my_app_123')).toEqual({ id: 'my_app_123', rev: 4, body: { name: 'My App' } });
    expect(await store.revoke({ target: { grant: 'gr_one' }, cause: 'owner' })).toMatchObject({
      found: true,
      undoing: 1,
    });
    await store.close();
    expect(pragma('user_version')).toBe(MIGRATIONS.at(-1)?.version);
  });

  it('a later version upgrades in one transaction, or not at all', () => {
    made(readFileSync(join(import.meta.dirname, 'version-1.sql'), 'utf8'));
    const db = new DatabaseSync(path);
    const next = (MIGRATIONS.at(-1)?.version ?? 0) + 1;
    const add = { version: next, sql: 'ALTER TABLE grants ADD COLUMN note TEXT; UPDATE grants SET note = state' };
    const broken = { version: next + 1, sql: 'ALTER TABLE nobody ADD COLUMN note TEXT' };
    expect(() => migrate(db, [...MIGRATIONS, add, broken])).toThrow('no such table: nobody');
    expect(() => db.prepare('SELECT note FROM grants')).toThrow('no such column');
    migrate(db, [...MIGRATIONS, add]);
    expect(db.prepare('SELECT note FROM grants').all()).toEqual([{ note: 'active' }]);
    expect(() => migrate(db, MIGRATIONS)).toThrow(StoreFileError);
    db.close();
  });

  it('versions count up by one', () => {
    expect(MIGRATIONS.map((step) => step.version)).toEqual(MIGRATIONS.map((_, i) => i + 1));
  });
});
