import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Open } from './rule.ts';
import { type Check, leaves, type Outcome, type Verdict } from './verdict.ts';
import { type Opening, WITHHELD, withhold } from './withhold.ts';

const RULES: ReadonlyMap<string, Opening> = new Map<string, Opening>([
  ['p.all', { open: 'all' }],
  ['p.own', { open: 'own' }],
  ['p.cause', { open: 'cause' }],
  ['p.own-cause', { open: 'own-cause' }],
  ['p.closed', {}],
  ['p.holder', { open: 'cause', whose: true }],
]);

const SECRET = 'cAnArY-7f3k';

function check(id: string, outcome: Outcome = 'fail'): Check {
  const shown = { expected: `${SECRET}-e`, presented: `${SECRET}-p` };
  if (outcome === 'pass') return { id, outcome, ...shown, because: `${SECRET}-b` };
  if (outcome === 'skip') return { id, outcome, because: `${SECRET}-b` };
  const fixes = [{ audience: 'client', say: `mend ${id}` }] as const;
  return { id, outcome, ...shown, cause: { id: 'c', say: `${id} does not hold`, detail: `${SECRET}-d`, fixes } };
}

function verdict(checks: readonly Check[], more: Partial<Verdict> = {}): Verdict {
  return {
    id: 'vd_1',
    profile: 'p',
    action: 'a',
    ok: false,
    decisive: 'p.first',
    cause: 'c',
    refusal: 'invalid_grant',
    subject: 'app',
    source: `${SECRET}-s`,
    grant: `gr_${SECRET}`,
    code: 'cd_1',
    policy: 'x',
    at: 7,
    snapshot: { a: SECRET },
    checks: [{ id: 'phase', outcome: 'fail', children: checks }],
    times: 3,
    consequence: { hits: 3, burned: true, undoing: 2 },
    ...more,
  };
}

const OWN = check('p.holder', 'pass');
const OTHERS = check('p.holder', 'fail');

/** What is left of one check beside who holds the code. */
function left(one: Check, holder: Check, more?: Partial<Verdict>): Check {
  const [, found] = leaves(withhold(verdict([holder, one], more), RULES).checks ?? []);
  if (!found) throw new Error('no check is lost');
  return found;
}

describe('withhold', () => {
  it('leaves what everybody may see as it is, whoever holds the code', () => {
    for (const holder of [OWN, OTHERS])
      for (const outcome of ['pass', 'fail', 'warn', 'skip'] as const)
        expect(left(check('p.all', outcome), holder)).toEqual(check('p.all', outcome));
  });

  it('shows what a code was asked for with to whom the code belongs, and to nobody else', () => {
    expect(left(check('p.own'), OWN)).toEqual(check('p.own'));
    expect(left(check('p.own'), OTHERS)).toEqual({
      id: 'p.own',
      outcome: 'skip',
      because: WITHHELD,
      withheld: true,
    });
  });

  it('tells why and what to do without what was compared', () => {
    const told = {
      id: 'p.cause',
      outcome: 'fail',
      cause: { id: 'c', say: 'p.cause does not hold', fixes: [{ audience: 'client', say: 'mend p.cause' }] },
      withheld: true,
    };
    expect(left(check('p.cause'), OTHERS)).toEqual(told);
    expect(left(check('p.own-cause'), OWN)).toMatchObject({ outcome: 'fail', withheld: true });
    expect(left(check('p.own-cause'), OTHERS)).toMatchObject({ outcome: 'skip', because: WITHHELD });
    expect(left(check('p.cause', 'pass'), OTHERS)).toEqual({ id: 'p.cause', outcome: 'pass', withheld: true });
  });

  it('says of a rule that opens nothing, or that nobody knows, not even whether it holds', () => {
    for (const id of ['p.closed', 'p.unheard-of'])
      for (const outcome of ['pass', 'fail', 'warn', 'skip'] as const)
        expect(left(check(id, outcome), OWN)).toEqual({ id, outcome: 'skip', because: WITHHELD, withheld: true });
  });

  it('tells the cause of the check that decided: the application has heard of it', () => {
    expect(left(check('p.closed'), OWN, { decisive: 'p.closed' })).toMatchObject({
      outcome: 'fail',
      cause: { say: 'p.closed does not hold' },
      withheld: true,
    });
  });

  it('takes source, grant, case and devices out, and keeps that a code of their own is burned', () => {
    const seen = withhold(verdict([OWN]), RULES);
    expect(seen).toMatchObject({
      consequence: { hits: 3, burned: true },
      code: 'cd_1',
      snapshot: null,
      withheld: true,
    });
    expect(Object.keys(seen)).not.toContain('source');
    expect(Object.keys(seen)).not.toContain('grant');
    expect(seen.consequence).not.toHaveProperty('undoing');
  });

  it('says nothing of what became of a code of somebody else', () => {
    const seen = withhold(verdict([OTHERS]), RULES);
    expect(seen).not.toHaveProperty('consequence');
    expect(seen).not.toHaveProperty('code');
  });

  it('a phase says no more than its checks do', () => {
    const outcomes = (checks: readonly Check[]): Outcome | undefined =>
      withhold(verdict(checks), RULES).checks?.[0]?.outcome;
    expect(outcomes([check('p.closed')])).toBe('skip');
    expect(outcomes([check('p.all', 'pass'), check('p.closed')])).toBe('pass');
    expect(outcomes([check('p.all', 'warn'), check('p.all', 'pass')])).toBe('warn');
  });

  it('lets no withheld fact through, whatever the tree, and leaves its input alone', () => {
    const ids = ['p.cause', 'p.own-cause', 'p.closed', 'p.unheard-of', 'p.own'];
    const leaf = fc
      .tuple(fc.constantFrom(...ids), fc.constantFrom<Outcome>('pass', 'fail', 'warn', 'skip'))
      .map(([id, outcome]) => check(id, outcome));
    fc.assert(
      fc.property(
        fc.array(fc.array(leaf, { maxLength: 5 }), { maxLength: 4 }),
        fc.constantFrom(...ids),
        (trees, decisive) => {
          const checks = trees.map((children, i): Check => ({ id: `phase ${i}`, outcome: 'fail', children }));
          const whole = verdict([OTHERS], { decisive });
          const made = { ...whole, checks: [...(whole.checks ?? []), ...checks] };
          const before = JSON.stringify(made);
          expect(JSON.stringify(withhold(made, RULES))).not.toContain(SECRET);
          expect(JSON.stringify(made)).toBe(before);
        },
      ),
    );
  });

  it('knows what to do with every way a rule can be open', () => {
    const all: readonly Open[] = ['all', 'own', 'cause', 'own-cause'];
    for (const open of all) {
      const rules = new Map<string, Opening>([['p.x', { open }]]);
      const [one] = leaves(withhold(verdict([check('p.x')]), rules).checks ?? []);
      expect(one?.outcome).toBe('fail');
    }
  });
});
