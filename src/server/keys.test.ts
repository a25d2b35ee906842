import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openMemory } from '../store/memory/open.ts';
import { deriveKeys, expectSameKey, masterKey } from './keys.ts';

const KEY = 'ab'.repeat(32);
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cf-key-'));
  file = join(folder, 'hub.db.key');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('derived keys', () => {
  const DAY = 86_400_000;
  const START = Math.ceil(1_800_000_000_000 / (30 * DAY)) * 30 * DAY;

  it('are the same wherever the master key is, and no other', () => {
    const [one, two, other] = [KEY, KEY, 'cd'.repeat(32)].map((key) => deriveKeys(Buffer.from(key, 'hex')));
    const told = (keys = one) => [keys?.codes.id, ...(keys?.sealing.keysAt(START) ?? []).map(({ id }) => id)];
    expect(told(two)).toEqual(told(one));
    expect(new Set([...told(one), ...told(other)]).size).toBe(10);
  });

  it('seal for thirty days, a day more on either side, and three months back they are known by name', () => {
    const { keysAt } = deriveKeys(Buffer.from(KEY, 'hex')).sealing;
    const [first, ...older] = keysAt(START);
    expect(first).toMatchObject({ notBefore: START - DAY, notAfter: START + 31 * DAY });
    expect(older).toHaveLength(3);
    expect(keysAt(START - 1)[0].id).toBe(older[0]?.id);
    expect(older[0]?.notAfter).toBe(START + DAY);
    expect(keysAt(START + 30 * DAY).map(({ id }) => id)).toContain(first.id);
    for (let month = 1; month < 40; month++) keysAt(START + month * 30 * DAY);
    expect(keysAt(START)[0].id).toBe(first.id);
  });
});

describe('the master key', () => {
  it('is made once, for its owner only', () => {
    const made = masterKey(file, {});
    expect(made).toHaveLength(32);
    expect(masterKey(file, {})).toEqual(made);
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
  });

  it.each([0o640, 0o604, 0o622])('is not taken from a file of mode %o, which others may read or write', (mode) => {
    writeFileSync(file, KEY);
    chmodSync(file, mode);
    expect(() => masterKey(file, {})).toThrow(/for its owner only.*chmod 600/);
    chmodSync(file, 0o600);
    expect(Buffer.from(masterKey(file, {})).toString('hex')).toBe(KEY);
  });

  it.runIf(process.getuid?.() === 0)('is not taken from a file that somebody else made', () => {
    writeFileSync(file, KEY, { mode: 0o600 });
    chownSync(file, 12_345, 12_345);
    expect(() => masterKey(file, {})).toThrow(/belongs to user 12345/);
  });

  it.each(['', 'x', `${KEY}0`])('is not taken from a file that holds none', (text) => {
    writeFileSync(file, text, { mode: 0o600 });
    expect(() => masterKey(file, {})).toThrow(/holds no master key/);
  });

  it('must be in the environment where there is no file for it', () => {
    expect(() => masterKey(undefined, {})).toThrow(/expected the variable COUNTERFOIL_KEY.*openssl rand -hex 32/);
    expect(() => masterKey(undefined, { COUNTERFOIL_KEY: 'x' })).toThrow(/holds no master key/);
    expect(Buffer.from(masterKey(undefined, { COUNTERFOIL_KEY: KEY })).toString('hex')).toBe(KEY);
  });

  it('is one and the same for all who share the data, also when they come at once', async () => {
    const { registry } = openMemory();
    const own = Buffer.from(KEY, 'hex');
    await Promise.all(Array.from({ length: 5 }, () => expectSameKey(registry, own)));
    await expect(expectSameKey(registry, Buffer.alloc(32))).rejects.toThrow(/got another one/);
    await expectSameKey(registry, own);
    expect(JSON.stringify(await registry.list('setting'))).not.toContain(KEY);
  });
});
