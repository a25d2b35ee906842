import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BINDINGS_JUDGED, decide } from './decide.ts';
import type { Binding } from './model.ts';
import { type Finding, fail, type Phase, pass, type Rule, skip, warn } from './rule.ts';
import { leaves } from './verdict.ts';

type Kind = 'pass' | 'fail' | 'warn' | 'skip';
/** The case says what each rule shall find, by the number of the rule. */
type Case = { readonly kinds: readonly Kind[] };

const FINDINGS: Readonly<Record<Kind, () => Finding>> = {
  pass: () => pass({ presented: 'a b\u200b' }),
  fail: () => fail('wrong', { expected: 'a', presented: 'a ', detail: 'blank at position 2' }),
  warn: () => warn('odd', { presented: ['x'] }),
  skip: () => skip('masked by another fault'),
};

function rule(n: number, more: Partial<Rule<Case>> = {}): Rule<Case> {
  return {
    id: `test.rule-${n}`,
    cite: 'none',
    refusal: `refusal-${n}`,
    why: 'to be tested',
    causes: { wrong: { say: 'it is wrong', fixes: [] }, odd: { say: 'it is odd', fixes: [] } },
    check: (c) => FINDINGS[c.kinds[n] ?? 'skip'](),
    ...more,
  };
}

/** Tables of one to four phases of up to four rules, numbered top to bottom, and a case for all of them. */
const tables = fc.array(fc.nat(4), { minLength: 1, maxLength: 4 }).chain((sizes) => {
  let n = 0;
  const phases: Phase<Case>[] = sizes.map((size, i) => ({
    id: `phase-${i}`,
    rules: Array.from({ length: size }, () => rule(n++, n % 2 ? { counts: ['wrong'], binds: [`fact-${n}`] } : {})),
  }));
  const kind = fc.constantFrom<Kind>('pass', 'fail', 'warn', 'skip');
  return fc.record({
    phases: fc.constant(phases),
    c: fc.record({ kinds: fc.array(kind, { minLength: n, maxLength: n }) }),
  });
});

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFrozen(inner);
  }
  return value;
}

const runs = { numRuns: 1_000 };

describe('decide', () => {
  it('is pure: the same case gives the same judgement, and a frozen case is left untouched', () => {
    fc.assert(
      fc.property(tables, ({ phases, c }) => {
        const before = structuredClone(c);
        const first = decide(deepFrozen(c), deepFrozen(phases), deepFrozen([]));
        expect(decide(c, phases)).toEqual(first);
        expect(decide(structuredClone(before), phases)).toEqual(first);
        expect(c).toEqual(before);
      }),
      runs,
    );
  });

  it('never stops early: one leaf for every rule, in the order of the table, each asked once', () => {
    fc.assert(
      fc.property(tables, ({ phases, c }) => {
        const asked: string[] = [];
        const watch = (r: Rule<Case>): Rule<Case> => ({
          ...r,
          check: (x) => {
            asked.push(r.id);
            return r.check(x);
          },
        });
        const watched = phases.map((phase) => ({ ...phase, rules: phase.rules.map(watch) }));
        const ids = phases.flatMap((p) => p.rules.map((r) => r.id));
        expect(leaves(decide(c, watched).checks).map((check) => check.id)).toEqual(ids);
        expect(asked).toEqual(ids);
      }),
      runs,
    );
  });

  it('takes the first failed rule, top to bottom, as the decisive one, and refuses exactly when there is one', () => {
    fc.assert(
      fc.property(tables, ({ phases, c }) => {
        const judgement = decide(c, phases);
        const first = c.kinds.indexOf('fail');
        expect(judgement.ok).toBe(first < 0);
        expect(judgement.decisive).toEqual(
          first < 0 ? undefined : { rule: `test.rule-${first}`, cause: 'wrong', refusal: `refusal-${first}` },
        );
      }),
      runs,
    );
  });

  it('never refuses for a warning or a skip', () => {
    fc.assert(
      fc.property(tables, ({ phases, c }) => {
        const soft = { kinds: c.kinds.map((k) => (k === 'fail' ? 'warn' : k)) };
        expect(decide(soft, phases)).toMatchObject({ ok: true, counts: false });
      }),
      runs,
    );
  });

  it('counts exactly when a failed rule declared the cause as counting', () => {
    fc.assert(
      fc.property(tables, ({ phases, c }) => {
        const counting = phases.flatMap((p) => p.rules).some((r, n) => c.kinds[n] === 'fail' && r.counts !== undefined);
        expect(decide(c, phases).counts).toBe(counting);
      }),
      runs,
    );
  });

  it('gives a phase the worst outcome of its rules', () => {
    const phases = (kinds: Kind[]): string | undefined =>
      decide({ kinds }, [{ id: 'all', rules: kinds.map((_, n) => rule(n)) }]).checks[0]?.outcome;
    expect(phases([])).toBe('skip');
    expect(phases(['skip', 'pass'])).toBe('pass');
    expect(phases(['pass', 'warn', 'skip'])).toBe('warn');
    expect(phases(['fail', 'warn', 'pass'])).toBe('fail');
  });

  it('shows values safely and keeps the detail of this attempt', () => {
    const [check] = leaves(decide({ kinds: ['fail'] }, [{ id: 'one', rules: [rule(0)] }]).checks);
    expect(check).toMatchObject({ expected: 'a', presented: 'a␠', cause: { detail: 'blank at position 2' } });
  });
});

describe('bindings', () => {
  const binding = (fact: string): Binding => ({ fact, match: 'exact', expected: 'x' });

  it('refuses a code bound to a fact that no rule judges, even when every rule passes', () => {
    const judgement = decide({ kinds: ['pass'] }, [{ id: 'one', rules: [rule(0)] }], [binding('company')]);
    expect(judgement.ok).toBe(false);
    expect(judgement.decisive).toEqual({ rule: BINDINGS_JUDGED, cause: 'unjudged', refusal: 'server_error' });
    expect(leaves(judgement.checks).at(-1)?.cause?.detail).toBe('company');
  });

  it('lets a failed rule of the table stay decisive before an unjudged binding', () => {
    const judgement = decide({ kinds: ['fail'] }, [{ id: 'one', rules: [rule(0)] }], [binding('company')]);
    expect(judgement.decisive?.rule).toBe('test.rule-0');
  });

  it('refuses exactly when some binding is judged by no rule', () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 });
    fc.assert(
      fc.property(names, names, (bound, judged) => {
        const phases = [{ id: 'one', rules: [rule(0, { binds: judged })] }];
        const ok = decide({ kinds: ['pass'] }, phases, bound.map(binding)).ok;
        expect(ok).toBe(bound.every((fact) => judged.includes(fact)));
      }),
    );
  });
});

describe('a bug in a rule', () => {
  it('throws when a rule names a cause that it does not declare', () => {
    for (const finding of [fail('nowhere'), warn('nowhere')]) {
      const bad = rule(0, { check: () => finding });
      expect(() => decide({ kinds: [] }, [{ id: 'one', rules: [bad] }])).toThrow('test.rule-0 names the cause nowhere');
    }
  });
});
