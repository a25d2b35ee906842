/** The engine's laws on many made-up tables: purity, no short circuit, precedence, fail closed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BINDINGS_JUDGED, decide } from '../../src/core/decide.ts';
import { matches } from '../../src/core/match.ts';
import type { Binding, Value } from '../../src/core/model.ts';
import type { Finding, Phase, Rule } from '../../src/core/rule.ts';
import { leaves } from '../../src/core/verdict.ts';
import { ROUNDS } from './rounds.ts';

const RUNS = 20_000 * ROUNDS;
const CAUSES = ['one', 'two'];

const value: fc.Arbitrary<Value> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.boolean(),
  fc.array(fc.string(), { maxLength: 3 }),
  fc.record({ from: fc.integer(), to: fc.integer() }),
  fc.record({ minor: fc.integer(), currency: fc.string() }),
  fc.record({ version: fc.array(fc.nat(20), { maxLength: 3 }) }),
);

const finding: fc.Arbitrary<Finding> = fc.oneof(
  fc.record({ outcome: fc.constant('pass' as const), expected: value, presented: value }),
  fc.record({
    outcome: fc.constantFrom('fail' as const, 'warn' as const),
    cause: fc.constantFrom(...CAUSES),
    expected: value,
  }),
  fc.record({ outcome: fc.constant('skip' as const), because: fc.string() }),
);

interface Seed {
  readonly finding: Finding;
  readonly counts: readonly string[];
  readonly binds: readonly string[];
}
const fact = fc.constantFrom('a', 'b', 'c');
const seed: fc.Arbitrary<Seed> = fc.record({
  finding,
  counts: fc.subarray(CAUSES),
  binds: fc.array(fact, { maxLength: 2 }),
});
const table = fc.array(fc.array(seed, { maxLength: 6 }), { maxLength: 5 });
const bound = fc.array(fc.record({ fact, match: fc.constant('exact' as const), expected: value }), { maxLength: 3 });

/** A table whose rules find what the seeds say, and a count of how often each was asked. */
function build(seeds: readonly (readonly Seed[])[]): { phases: Phase<null>[]; rules: Rule<null>[]; asked: string[] } {
  const asked: string[] = [];
  const text = { say: 'something', fixes: [{ audience: 'client' as const, say: 'do it otherwise' }] };
  const phases = seeds.map((row, p) => ({
    id: `p${p}`,
    rules: row.map((from, r) => ({
      id: `p${p}.r${r}`,
      cite: 'made up',
      refusal: `refusal_${p}_${r}`,
      why: 'made up',
      counts: from.counts,
      binds: from.binds,
      causes: { one: text, two: text },
      check: () => {
        asked.push(`p${p}.r${r}`);
        return from.finding;
      },
    })),
  }));
  return { phases, rules: phases.flatMap((phase) => phase.rules), asked };
}

/** Runs a law on made-up tables and bindings. */
function law(judge: (seeds: readonly (readonly Seed[])[], bindings: readonly Binding[]) => void): void {
  fc.assert(fc.property(table, bound, judge), { numRuns: RUNS });
}

describe('laws of decide', () => {
  it('asks every rule exactly once, in order, whatever failed before', () => {
    law((seeds, bindings) => {
      const { phases, rules, asked } = build(seeds);
      const { checks } = decide(null, phases, bindings);
      expect(asked).toEqual(rules.map((rule) => rule.id));
      expect(leaves(checks.filter((check) => check.children)).map((check) => check.id)).toEqual(asked);
    });
  });

  it('gives the identical judgement for the identical case, and changes nothing it was given', () => {
    law((seeds, bindings) => {
      const before = JSON.stringify([seeds, bindings]);
      const { phases } = build(seeds);
      expect(decide(null, phases, bindings)).toEqual(decide(null, phases, bindings));
      expect(JSON.stringify([seeds, bindings])).toBe(before);
    });
  });

  it('refuses exactly when a rule fails or a binding is judged by nobody, and the first failure is decisive', () => {
    law((seeds, bindings) => {
      const { phases, rules } = build(seeds);
      const judgement = decide(null, phases, bindings);
      const flat = seeds.flat();
      const first = flat.findIndex((one) => one.finding.outcome === 'fail');
      const unjudged = bindings.some((binding) => !flat.some((one) => one.binds.includes(binding.fact)));
      expect(judgement.ok).toBe(first < 0 && !unjudged);
      expect(judgement.decisive?.rule).toBe(rules[first]?.id ?? (unjudged ? BINDINGS_JUDGED : undefined));
      expect(judgement.counts).toBe(
        flat.some(({ finding: f, counts }) => f.outcome === 'fail' && counts.includes(f.cause)),
      );
    });
  });

  it('shows no control, invisible or direction-changing character of any value', () => {
    law((seeds, bindings) => {
      for (const check of leaves(decide(null, build(seeds).phases, bindings).checks)) {
        expect(`${check.expected ?? ''}${check.presented ?? ''}`).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }
    });
  });
});

describe('laws of match', () => {
  it('is total, and exact is equality of values', () => {
    fc.assert(
      fc.property(
        value,
        value,
        fc.constantFrom('exact' as const, 'within' as const, 'covers' as const),
        (a, b, match) => {
          expect(typeof matches(match, a, b)).toBe('boolean');
          expect(matches('exact', a, b)).toBe(matches('exact', b, a));
          expect(matches('exact', a, structuredClone(a))).toBe(true);
          expect(matches(match, a, undefined)).toBe(false);
        },
      ),
      { numRuns: RUNS },
    );
  });
});
