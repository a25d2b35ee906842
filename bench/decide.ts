/**
 * How long one judgement takes: the OAuth tables on sound requests, and a made-up table of 25 rules that all pass as the
 * yardstick of the engine alone.
 */
import { createHash } from 'node:crypto';
import { decide } from '../src/core/decide.ts';
import type { Binding } from '../src/core/model.ts';
import { type Phase, pass, type Rule } from '../src/core/rule.ts';
import { judge } from '../src/profiles/oauth/profile.ts';
import { resourceCase, tokenCase } from '../test/support/oauth-case.ts';
import { microsecondsPerCall, report } from './report.ts';

interface Attempt {
  readonly facts: Readonly<Record<string, string>>;
}

const PHASES = 5;
const RULES_PER_PHASE = 5;

const attempt: Attempt = {
  facts: Object.fromEntries(
    Array.from({ length: PHASES * RULES_PER_PHASE }, (_, i) => [`fact_${i}`, `com.myapp:/cb/${i}`]),
  ),
};

const rule = (index: number): Rule<Attempt> => {
  const fact = `fact_${index}`;
  const expected = `com.myapp:/cb/${index}`;
  return {
    id: `bench.${fact}`,
    cite: 'made up',
    refusal: 'invalid_grant',
    why: 'made up',
    binds: [fact],
    causes: {},
    check: ({ facts }) => {
      const presented = facts[fact];
      if (presented !== expected) throw new Error(`expected ${expected}, got ${presented}`);
      return pass({ expected, presented });
    },
  };
};

const phases: Phase<Attempt>[] = Array.from({ length: PHASES }, (_, phase) => ({
  id: `phase-${phase}`,
  rules: Array.from({ length: RULES_PER_PHASE }, (__, index) => rule(phase * RULES_PER_PHASE + index)),
}));

const bindings: Binding[] = ['fact_0', 'fact_7', 'fact_24'].map((fact) => ({ fact, match: 'exact', expected: fact }));

const token = tokenCase();
const resource = resourceCase();

/** Every path measured: its name, and one judgement that succeeds. */
const cases: readonly (readonly [name: string, run: () => { readonly ok: boolean }])[] = [
  ['decide, 25 made-up rules, success', () => decide(attempt, phases, bindings)],
  ['decide, oauth token, success', () => judge('token', token)],
  ['decide, oauth resource, success', () => judge('resource', resource)],
];

const code = 'hap5.1-authcode:x8G3pQ2vR9mN7kL1';
const hash = microsecondsPerCall(() => createHash('sha256').update(code).digest(), 1_000);
report(
  cases.map(([name, run]) => {
    if (!run().ok) throw new Error(`${name}: expected a success`);
    const value = microsecondsPerCall(run, 1_000);
    return { name, unit: 'µs', value, ratios: { 'SHA-256 of a code': value / hash } };
  }),
);
