/** What every fuzz target is, and what their laws are made of. The list of targets: `targets.ts`. */
import { readFileSync } from 'node:fs';
import type { Random } from './random.ts';

/** A reader under test. */
export interface Target {
  readonly name: string;
  /** What inputs grow from. Made once for a run. */
  readonly seeds: () => readonly string[];
  /** Pieces with a meaning to this reader, dropped into inputs; those of the pasted artefacts unless given. */
  readonly pieces?: readonly string[];
  /** Makes an input with the structure that this reader looks for; cuts and joins of the seeds unless given. */
  readonly make?: (from: Random, seeds: readonly string[]) => string;
  /**
   * Throws when a law is broken. May answer with a word for how far the input came; the words are counted, so that a
   * run can say how many of its inputs reached the depth of a reader.
   */
  readonly run: (input: string) => string | undefined | Promise<string | undefined>;
}

/** Throws unless the law holds. */
export function law(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`broken: ${what}`);
}

/** Characters of all strings in a JSON-like value. */
export function weigh(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (Array.isArray(value)) return value.reduce((sum: number, v) => sum + weigh(v), 0);
  if (typeof value === 'object' && value !== null) return weigh(Object.values(value));
  return 0;
}

/** The texts of files in `test/vectors/artefacts/`. */
export function vectors(...names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const file = new URL(`../test/vectors/artefacts/${name}.json`, import.meta.url);
    const { vectors: found } = JSON.parse(readFileSync(file, 'utf8')) as {
      vectors: { text?: string; body?: string }[];
    };
    return found.flatMap((v) => v.text ?? v.body ?? []);
  });
}

/** The seeds of a target, and what fuzzing has found before. */
export function corpusOf(target: Target): string[] {
  return [...target.seeds(), ...vectors('regressions')];
}
