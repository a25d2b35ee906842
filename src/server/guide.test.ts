import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { guide, guideAbout, guideFor } from './guide.ts';
import { guidePath, guideRulePage } from './pages/guide.ts';

/** Rule files of a folder, by file name. */
const files = (folder: string): string[] =>
  readdirSync(new URL(`../${folder}/rules/`, import.meta.url))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => name.replace(/\.ts$/, ''));

describe('the guide', () => {
  it.each([
    ['profiles/oauth', 'oauth'],
    ['profiles/home', 'home'],
    ['profiles/payments', 'payments'],
    ['inspectors/home', 'hap'],
    ['inspectors/signed-code', 'signed-code'],
  ])('has every rule of %s once', (folder, prefix) => {
    const ids = guide()
      .map(({ id }) => id)
      .filter((id) => id.startsWith(`${prefix}.`));
    expect(ids.toSorted()).toEqual(
      files(folder)
        .map((name) => `${prefix}.${name}`)
        .toSorted(),
    );
  });

  it('has words and something to do for every cause, and an address of its own for every rule', () => {
    for (const { id, why, causes } of guide()) {
      expect([id, why !== '', causes.length > 0]).toEqual([id, true, true]);
      for (const { say, fixes } of causes) expect([id, say !== '', fixes.length > 0]).toEqual([id, true, true]);
      expect(guidePath(id)).toBe(`/guide/${id}`);
    }
  });

  it('says what an app hears of a cause, at each endpoint, and of a warning that nothing is refused', () => {
    const heard = (id: string, cause: string) => guideFor(id)?.causes.find((one) => one.id === cause)?.heard;
    expect(heard('oauth.redirect-uri-registered', 'unregistered')?.toSorted()).toEqual([
      'invalid_grant',
      'invalid_request',
    ]);
    expect(heard('oauth.code-verifier', 'mismatch')).toEqual(['invalid_grant']);
    const warned = guide().flatMap(({ causes }) => causes.filter(({ warns }) => warns));
    expect(warned.length).toBeGreaterThan(0);
    for (const { heard: errors } of warned) expect(errors).toEqual([]);
  });

  it('finds rules by all of the words, wherever they stand', () => {
    const found = guideAbout('Redirect  REGISTERED mismatch').map(({ id }) => id);
    expect(found).toContain('oauth.redirect-uri-registered');
    expect(guideAbout('redirect xylophone')).toEqual([]);
    expect(guideAbout('')).toEqual(guide());
    expect(
      guideAbout('invalid_grant').every(({ causes }) => causes.some((c) => c.heard.includes('invalid_grant'))),
    ).toBe(true);
  });

  it('finds one rule by its id, or by its name where only one has it', () => {
    expect(guideFor('redirect-uri-exact')?.id).toBe('oauth.redirect-uri-exact');
    expect(guideFor('protocol-version')).toBeUndefined();
    expect(guideFor('hap.protocol-version')?.id).toBe('hap.protocol-version');
  });

  it('shows each cause of a rule with its fixes on one page', () => {
    const rule = guideFor('oauth.code-unused');
    if (!rule) throw new Error('expected the rule');
    const page = guideRulePage({ hub: 'Hub', signed: { user: 'ada', role: 'developer', csrf: 'c' }, rule });
    for (const { id } of rule.causes) expect(page).toContain(`id="${id}"`);
  });
});
