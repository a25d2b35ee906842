import { describe, expect, it } from 'vitest';
import vectors from '../../../test/vectors/artefacts/hap-51.json' with { type: 'json' };
import { concernsHap51, explainHap51 } from './hap-51.ts';
import { ENTRIES } from './readings.ts';

const ALL = [
  'card-decline',
  'hapi-framework',
  'harmony-package',
  'homekit',
  'licence',
  'oauth-platform',
  'prior-authorization',
  'processor-suffix',
];

describe('"hap 5.1" and its relatives', () => {
  it.each(vectors.vectors)('"$text" lists every reading, the words given in front', ({ text, first }) => {
    const page = explainHap51(text);
    expect(concernsHap51(text)).toBe(true);
    expect(page.readings.map((r) => r.id).sort()).toEqual(ALL);
    expect(page.readings.slice(0, first.length).map((r) => r.id)).toEqual(first);
    for (const reading of page.readings.slice(0, first.length)) expect(reading.becauseOf).toBeTruthy();
    if (first.length === 0) expect(page.readings.every((r) => r.becauseOf === undefined)).toBe(true);
  });

  it('asks for the artefact and never settles on a reading', () => {
    for (const { text } of vectors.vectors) {
      const page = explainHap51(text);
      expect(page.ask).toContain('bring');
      expect(page).not.toHaveProperty('verdict');
    }
  });

  it('names for every reading who says it, what it means, what to bring and a command', () => {
    for (const entry of ENTRIES) {
      for (const part of [entry.who, entry.means, entry.bring]) expect(part.length).toBeGreaterThan(10);
      expect(entry.command).toMatch(/^counterfoil explain /);
    }
  });

  it('is raised by at least one word that hardly anyone else uses, for every reading', () => {
    for (const entry of ENTRIES) {
      const own = Object.keys(entry.words).filter((w) =>
        ENTRIES.every((e) => e === entry || !Object.hasOwn(e.words, w)),
      );
      expect(own.length, entry.id).toBeGreaterThan(0);
    }
  });

  it('is not seen in words about something else', () => {
    expect(concernsHap51('what is the weather')).toBe(false);
    expect(concernsHap51('')).toBe(false);
    expect(concernsHap51('constructor toString')).toBe(false);
  });
});
