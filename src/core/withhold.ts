/**
 * What the developer of an application may see of a refusal of it: the faults, and the facts that were theirs before.
 * The owner's private facts are taken out, here and nowhere else. Each rule says what it may show (`Rule.open`); one that
 * says nothing, or is not known, shows nothing. Not here: whose verdict it is (`src/server/seen-by.ts`).
 */
import type { Open, Rule } from './rule.ts';
import { type Cause, type Check, leaves, type Outcome, type Verdict } from './verdict.ts';

/** What a withheld check says where its reason would stand. */
export const WITHHELD = 'withheld: the owner’s';

/** What of a rule matters here. */
export type Opening = Pick<Rule<never>, 'open' | 'whose'>;

/**
 * The verdict without the owner's private facts. Gone are the source, the grant, the case it was made from and how many
 * devices are concerned; of each check what its rule does not open. What stays: what was refused and why the application
 * was told so, when, how often, and that a code of its own is burned.
 *
 * @param rules by id, all that there are; a check of another one is withheld
 */
export function withhold(verdict: Verdict, rules: ReadonlyMap<string, Opening>): Verdict {
  const { source: _s, grant: _g, code, consequence, checks, snapshot: _c, ...rest } = verdict;
  const own = isOwn(verdict, rules);
  const { undoing: _u, ...known } = consequence ?? {};
  return {
    ...rest,
    snapshot: null,
    withheld: true,
    ...(own && code !== undefined && { code }),
    // Empty: nothing came of it. Absent: it is not for them to know.
    ...(own && { consequence: known }),
    ...(checks && { checks: checks.map((check) => seen(check, { own, decisive: verdict.decisive, rules })) }),
  };
}

/**
 * Is the code that came one of the application that presented it? What another's code was tied to, and what became of it,
 * is not theirs to see. Where no code was found, there is nothing to hide.
 */
function isOwn({ code, checks = [] }: Verdict, rules: ReadonlyMap<string, Opening>): boolean {
  if (code === undefined) return true;
  return leaves(checks).every(({ id, outcome }) => rules.get(id)?.whose !== true || outcome === 'pass');
}

interface View {
  readonly own: boolean;
  readonly decisive: string | undefined;
  readonly rules: ReadonlyMap<string, Opening>;
}

function seen(check: Check, view: View): Check {
  if (check.children) {
    const children = check.children.map((child) => seen(child, view));
    return { id: check.id, outcome: worst(children), children };
  }
  const open = view.rules.get(check.id)?.open;
  const level = open && LEVELS[open];
  if (level && holds(level.values, view)) return check;
  const { id, outcome, cause, expected, presented, because } = check;
  // Of the check that decided, the application has heard.
  const tells = id === view.decisive || (level !== undefined && holds(level.cause, view));
  if (!tells || outcome === 'skip') return { id, outcome: 'skip', because: WITHHELD, withheld: true };
  const { detail, ...told } = cause ?? {};
  const less = [expected, presented, because, detail].some((fact) => fact !== undefined);
  return { id, outcome, ...(cause && { cause: told as Cause }), ...(less && { withheld: true }) };
}

type When = 'always' | 'own' | 'never';

const LEVELS: Readonly<Record<Open, { readonly cause: When; readonly values: When }>> = {
  all: { cause: 'always', values: 'always' },
  cause: { cause: 'always', values: 'never' },
  own: { cause: 'own', values: 'own' },
  'own-cause': { cause: 'own', values: 'never' },
};

function holds(when: When, { own }: View): boolean {
  return when === 'always' || (when === 'own' && own);
}

const ORDER: readonly Outcome[] = ['fail', 'warn', 'pass'];

function worst(children: readonly Check[]): Outcome {
  return ORDER.find((outcome) => children.some((child) => child.outcome === outcome)) ?? 'skip';
}
