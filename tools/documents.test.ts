/** Documents that are promises: what is written by a tool is what the tool would write now, and every threat has its test. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pageFaults, type Tree } from './links/faults.ts';
import { loadProfiles } from './rules/load.ts';
import { practicesPage } from './rules/practices-page.ts';
import { ROOT } from './run.ts';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const tree: Tree = {
  read: (path) => (existsSync(join(ROOT, path)) ? read(path) : undefined),
  has: (path) => existsSync(join(ROOT, path)),
};

describe('docs/best-practices.md', () => {
  it('is written from the tables of the profiles, and says how this differs from older systems', async () => {
    const profiles = await loadProfiles(join(ROOT, 'src', 'profiles'));
    const page = practicesPage(profiles, readdirSync(join(ROOT, 'docs', 'decisions')));
    expect(read('docs/best-practices.md')).toBe(page);
    expect(page).toContain('## How it differs from older systems');
    expect(profiles.map(({ id }) => id)).toEqual(['home', 'oauth', 'payments']);
    for (const { id, tables = {} } of profiles) {
      const rules = Object.values(tables).flatMap((phases) => phases.flatMap((phase) => phase.rules));
      const told = rules.filter(({ causes }) =>
        Object.values(causes).some(({ fixes }) => fixes.some(({ audience }) => audience === 'client')),
      );
      expect(told.length, id).toBeGreaterThan(10);
      for (const rule of told) expect(page).toContain(`[${rule.id}](rules.md#`);
    }
  });
});

describe('SECURITY.md', () => {
  it('names for every threat a defence and a test that is there', () => {
    const page = read('SECURITY.md');
    const threats = page.split('\n').filter((line) => /^\| T\d+ /.test(line));
    expect(threats.length).toBeGreaterThan(50);
    for (const [index, row] of threats.entries()) {
      const [, id, threat, defence, , proof] = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
      expect(id).toBe(`T${index + 1}`);
      expect(threat).not.toBe('');
      expect(defence).not.toBe('');
      if (defence?.startsWith('accepted')) continue;
      expect(proof, id).toMatch(/`[\w./-]+\.ts` "[^"]+"/);
    }
    expect(pageFaults('SECURITY.md', page, tree)).toEqual([]);
  });
});
