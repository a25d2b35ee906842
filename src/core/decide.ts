/**
 * The engine. Pure: no clock, no I/O, no crypto, no protocol word. It never short-circuits: every check that can be
 * made is made, so one attempt shows all of its faults.
 */
import type { Binding } from './model.ts';
import type { CauseText, Finding, Phase, Rule } from './rule.ts';
import { show } from './show.ts';
import type { Cause, Check, Judgement, Outcome } from './verdict.ts';

/** Id of the engine's own check: every binding of the code was judged by some rule of the table. */
export const BINDINGS_JUDGED = 'core.bindings-judged';

/**
 * Judges a case by a profile's table.
 *
 * @param c the case: loaded, proven and secret-free; the same case gives the same judgement on every machine
 * @param phases the table; the first failed rule, top to bottom, is the decisive one
 * @param bindings what the presented code is tied to; a binding that no rule judges refuses (fail closed)
 * @throws only on a bug: a rule that names a cause it does not declare
 */
export function decide<C>(c: C, phases: readonly Phase<C>[], bindings: readonly Binding[] = []): Judgement {
  const findings: Finding[] = [];
  let decisive: Judgement['decisive'];
  let counts = false;
  for (const phase of phases) {
    for (const rule of phase.rules) {
      const finding = rule.check(c);
      findings.push(finding);
      if (finding.outcome === 'pass' || finding.outcome === 'skip') continue;
      if (!rule.causes[finding.cause]) {
        throw new Error(`rule ${rule.id} names the cause ${finding.cause}, which it does not declare`);
      }
      if (finding.outcome === 'warn') continue;
      decisive ??= { rule: rule.id, cause: finding.cause, refusal: rule.refusal };
      counts ||= rule.counts?.includes(finding.cause) ?? false;
    }
  }
  const judged = judgedFacts(phases);
  const unjudged = bindings.filter((b) => !judged.has(b.fact));
  if (unjudged.length > 0) decisive ??= { rule: BINDINGS_JUDGED, cause: 'unjudged', refusal: 'server_error' };
  let drawn: readonly Check[] | undefined;
  return {
    ok: decisive === undefined,
    // Drawn when somebody looks: on the way of a success nobody does.
    get checks() {
      drawn ??= draw(phases, findings, unjudged);
      return drawn;
    },
    ...(decisive && { decisive }),
    counts,
  };
}

/** The tree of what was found, in the order of the table. */
function draw<C>(phases: readonly Phase<C>[], findings: readonly Finding[], unjudged: readonly Binding[]): Check[] {
  let at = 0;
  const checks = phases.map(({ id, rules }): Check => {
    const children = rules.map((rule) => toCheck(rule, findings[at++] as Finding));
    const outcome = children.reduce<Outcome>((worst, child) => worse(worst, child.outcome), 'skip');
    return { id, outcome, children };
  });
  if (unjudged.length === 0) return checks;
  return [...checks, { id: BINDINGS_JUDGED, outcome: 'fail', cause: unjudgedCause(unjudged) }];
}

/** A table is a constant, so what it judges is worked out once. */
const JUDGED = new WeakMap<readonly unknown[], ReadonlySet<string>>();

function judgedFacts<C>(phases: readonly Phase<C>[]): ReadonlySet<string> {
  let facts = JUDGED.get(phases);
  if (!facts) {
    facts = new Set(phases.flatMap((phase) => phase.rules.flatMap((rule) => rule.binds ?? [])));
    JUDGED.set(phases, facts);
  }
  return facts;
}

const SEVERITY: Readonly<Record<Outcome, number>> = { skip: 0, pass: 1, warn: 2, fail: 3 };

function worse(a: Outcome, b: Outcome): Outcome {
  return SEVERITY[b] > SEVERITY[a] ? b : a;
}

function toCheck<C>(rule: Rule<C>, finding: Finding): Check {
  const { id } = rule;
  if (finding.outcome === 'skip') return { id, outcome: 'skip', because: finding.because };
  const shown = {
    ...(finding.expected !== undefined && { expected: show(finding.expected) }),
    ...(finding.presented !== undefined && { presented: show(finding.presented) }),
  };
  if (finding.outcome === 'pass') {
    return { id, outcome: 'pass', ...shown, ...(finding.because !== undefined && { because: finding.because }) };
  }
  const { say, fixes } = rule.causes[finding.cause] as CauseText;
  const detail = finding.detail !== undefined && { detail: finding.detail };
  const cause: Cause = { id: finding.cause, say, ...detail, fixes };
  return { id, outcome: finding.outcome, ...shown, cause };
}

function unjudgedCause(unjudged: readonly Binding[]): Cause {
  return {
    id: 'unjudged',
    say: 'the code is bound to a fact that no rule of this table judges',
    detail: unjudged.map((b) => show(b.fact)).join(', '),
    fixes: [{ audience: 'operator', say: 'upgrade the hub: the code was minted by a newer version' }],
  };
}
