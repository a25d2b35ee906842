import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { profileFaults } from '../../../tools/rules/faults.ts';
import { loadProfiles } from '../../../tools/rules/load.ts';
import { ladder, rung } from './fixes.ts';
import { possibleCauses } from './home.ts';
import { tables } from './profile.ts';
import { SYMPTOMS } from './symptoms.ts';

const rules = tables.transcript.flatMap((phase) => phase.rules);
const causes = rules.flatMap((rule) =>
  Object.entries(rule.causes).map(([id, text]) => ({ name: `${rule.id}/${id}`, ...text })),
);

describe('the table of the doctor', () => {
  it('has one file for each rule, with its id, its test and its words', async () => {
    const folders = await loadProfiles(fileURLToPath(new URL('..', import.meta.url)));
    const home = folders.find(({ id }) => id === 'home');
    expect(home && profileFaults({ ...home, id: 'hap' })).toEqual([]);
    expect(home?.files.length).toBe(rules.length);
  });

  it('tells at least thirty causes apart, each in words of its own', () => {
    expect(causes.length).toBeGreaterThanOrEqual(30);
    expect(new Set(causes.map(({ say }) => say)).size).toBe(causes.length);
  });

  it('lists the fixes of every cause from the least to the most destructive', () => {
    for (const { name, fixes } of causes) {
      const rungs = fixes.map(rung);
      expect(rungs, name).toEqual(rungs.toSorted((a, b) => a - b));
    }
  });

  it('offers what destroys (removal, factory reset, reset of the home) only after something gentler', () => {
    const [soft] = ladder('pair-anew');
    const first = soft ? rung(soft) : 0;
    for (const { name, fixes } of causes) {
      const [start] = fixes;
      expect(start && rung(start) > first, name).toBe(false);
    }
  });

  it('speaks of resetting the home configuration only as the very last fix', () => {
    for (const { name, fixes } of causes) {
      const at = fixes.findIndex(({ say }) => say.includes('Reset HomeKit Configuration'));
      if (at >= 0) expect(at, name).toBe(fixes.length - 1);
    }
    expect(causes.some(({ fixes }) => fixes.at(-1)?.say.includes('Reset HomeKit Configuration'))).toBe(true);
  });
});

describe('messages of screens', () => {
  it('maps "Unable to pair. Invalid Authorization Code." to at least four causes with what to do', () => {
    const found = possibleCauses('Unable to pair. Invalid Authorization Code.');
    expect(found?.causes.length).toBeGreaterThanOrEqual(4);
    expect(found?.causes.every(({ fixes }) => fixes.length > 0)).toBe(true);
    expect(new Set(found?.causes.map(({ say }) => say)).size).toBe(found?.causes.length);
  });

  it.each([
    ['pairing hangs at "Connecting..."', 'hangs-connecting'],
    ['it fails after a factory reset of the lamp', 'fails-after-reset'],
    ['Error: Bad ed25519 signature', 'bad-ed25519'],
    ['Custom authorization code malformed', 'bad-ed25519'],
    ["Couldn't add accessory", 'could-not-add'],
  ])('knows %s', (words, id) => {
    expect(possibleCauses(words)?.symptom.id).toBe(id);
  });

  it('knows nothing of other words', () => {
    expect(possibleCauses('the weather is fine')).toBeUndefined();
  });

  it.each(SYMPTOMS)('names only causes that exist: $id', ({ words, pattern, causes: named }) => {
    expect(named.length).toBeGreaterThanOrEqual(4);
    expect(named.filter((name) => !causes.some((cause) => cause.name === name))).toEqual([]);
    if (!words.startsWith('fails')) expect(pattern.test(words)).toBe(true);
  });
});
