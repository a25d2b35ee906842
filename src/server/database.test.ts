import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { databaseName, expectReadable, hasPassword, isPostgres, openToOthers, withoutPassword } from './database.ts';

describe('the name of a database', () => {
  it.each([
    ['./counterfoil.db', './counterfoil.db'],
    ['/var/lib/postgres.db', '/var/lib/postgres.db'],
    ['postgres://localhost/hub', 'postgres://localhost/hub'],
    ['postgresql://ada@db.example:5432/hub', 'postgres://ada@db.example/hub'],
    ['postgres://ada:hunter2@db.example:5433/hub', 'postgres://ada@db.example:5433/hub'],
    ['postgres://ada:h%40nter%2F2@db.example/hub?sslmode=require', 'postgres://ada@db.example/hub?sslmode=require'],
    ['postgres://db.example/hub?user=ada&password=hunter2&sslpassword=x', 'postgres://db.example/hub?user=ada'],
    ['postgres:///hub?host=%2Frun%2Fpostgresql', 'postgres:///hub?host=%2Frun%2Fpostgresql'],
  ])('of %s is %s', (db, name) => {
    expect(databaseName(db)).toBe(name);
    expectReadable(db);
  });

  it.each([
    'postgres://ada:12#34@db.example/hub',
    'postgres://ada:12/34@db.example/hub',
    'postgres://ada:12?34@db.example/hub',
    'postgres://ada:x#34@db.example/hub',
    'postgres://ada:hunter2@a:1,b:2/hub',
  ])('says nothing of %s, where a password may stand in the wrong place', (db) => {
    expect(databaseName(db)).toBe('postgres://…');
    expect(() => expectReadable(db)).toThrow(/special characters of the password as %XX/);
    expect(withoutPassword(`cannot reach ${db} now`, db)).toBe('cannot reach postgres://… now');
  });

  it('is a file unless it is a PostgreSQL URL', () => {
    expect(['postgres://x', 'postgresql://x', 'POSTGRES://x'].map(isPostgres)).toEqual([true, true, true]);
    expect(['postgres', 'postgres:x', './postgres://x', 'mysql://x'].map(isPostgres)).toEqual(Array(4).fill(false));
  });

  it('takes the password out of what others say, however they spell it', () => {
    const db = 'postgres://ada:h%40nter2@db.example/hub?sslpassword=s3cret';
    const said = withoutPassword(`cannot reach ${db}: password h@nter2 (h%40nter2) or s3cret is wrong`, db);
    expect(said).toBe('cannot reach postgres://ada@db.example/hub: password … (…) or … is wrong');
    expect(withoutPassword('a:b@c', './a:b@c.db')).toBe('a:b@c');
  });

  it('is known to hold a password, or not', () => {
    const without = ['./hub.db', 'postgres://ada@db.example/hub', 'postgres:///hub'];
    expect(without.map(hasPassword)).toEqual([false, false, false]);
    const held = ['postgres://ada:x@db/hub', 'postgres://db/hub?password=x', 'postgres://ada:x#34@db.example/hub'];
    expect(held.map(hasPassword)).toEqual([true, true, true]);
  });
});

describe.runIf(process.getuid !== undefined)('a file', () => {
  it.each([
    [0o600, undefined],
    [0o400, undefined],
    [0o640, /mode 640\): .*; chmod 600 it$/],
    [0o602, /mode 602\)/],
  ])('of mode %o is told of where others may open it', (mode, told) => {
    const folder = mkdtempSync(join(tmpdir(), 'counterfoil-mode-'));
    const file = join(folder, 'hub.db');
    try {
      writeFileSync(file, '');
      chmodSync(file, mode);
      const said = openToOthers(file);
      if (told === undefined) expect(said).toBeUndefined();
      else expect(said).toMatch(told);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
