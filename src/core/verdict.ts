/**
 * What every redemption leaves behind: a tree of every check, what was expected, what came, the cause and the fix.
 * Not here: how a check is made (`decide.ts`) and what the stranger hears (each profile's `wire.ts`).
 */
import { show } from './show.ts';

/** Who can carry out a fix. */
export type Audience = 'client' | 'owner' | 'operator' | 'issuer';

/** One thing to do about a cause. */
export interface Fix {
  readonly audience: Audience;
  readonly say: string;
}

/** Why a check failed or warned. `id` is unique inside its rule. */
export interface Cause {
  readonly id: string;
  readonly say: string;
  /** What is particular to this attempt: `blank at position 19`, `came 12 s after its end`. */
  readonly detail?: string;
  readonly fixes: readonly Fix[];
}

/** `fail` refuses; `warn` passes and says so; `skip` could not be judged and says `because`. */
export type Outcome = 'pass' | 'fail' | 'warn' | 'skip';

/** A node of the tree: a phase (with `children`) or one rule. `expected` and `presented` are already safe to show. */
export interface Check {
  readonly id: string;
  readonly outcome: Outcome;
  readonly expected?: string;
  readonly presented?: string;
  readonly cause?: Cause;
  readonly because?: string;
  /** Something of it was taken out for whoever looks (`withhold.ts`). */
  readonly withheld?: true;
  readonly children?: readonly Check[];
}

/** What `decide` found: the tree, and the failed check that the profile's precedence puts first. */
export interface Judgement {
  readonly ok: boolean;
  readonly checks: readonly Check[];
  readonly decisive?: { readonly rule: string; readonly cause: string; readonly refusal: string };
  /** True when a failed proof by a holder of the handle must count against the code. */
  readonly counts: boolean;
}

/** What the refusal did to the code, its grant and the source; filled in by the store, in the verdict's transaction. */
export interface Consequence {
  /** Failures now inside the window of the limit that was counted. */
  readonly hits?: number;
  readonly burned?: boolean;
  readonly heldUntil?: number;
  /** Live codes and tokens that died with a revoked grant, and device effects now being undone. */
  readonly revokedCodes?: number;
  readonly undoing?: number;
}

/** A judgement that was kept. `snapshot` is the case it was made from, outcomes only, never a secret. */
export interface Verdict {
  /** `vd_` plus 26 characters. Its first ten after the prefix are the reference in `error_uri`. */
  readonly id: string;
  readonly profile: string;
  /** Which table of the profile judged: `token`, `authorize`, `resource`. */
  readonly action: string;
  readonly ok: boolean;
  /** Rule id, cause id and wire error of the decisive check. */
  readonly decisive?: string;
  readonly cause?: string;
  readonly refusal?: string;
  /** Client id, as presented and shown, and where the attempt came from. */
  readonly subject?: string;
  readonly source?: string;
  readonly grant?: string;
  readonly code?: string;
  /** Hash of rule ids, versions and configuration: equal policy and snapshot give an equal tree. */
  readonly policy: string;
  readonly at: number;
  readonly snapshot: unknown;
  /** Kept for refusals; a success is judged again from its snapshot. */
  readonly checks?: readonly Check[];
  /** How many equal attempts this row stands for (unknown handles are coalesced). */
  readonly times: number;
  readonly consequence?: Consequence;
  /** What is the owner's was taken out for whoever looks (`withhold.ts`); no kept row has it. */
  readonly withheld?: true;
  /** Its subject, source, snapshot and tree were erased on request; the rest stays. */
  readonly erased?: true;
}

/** What a row is made of beside its judgement. `subject` is as it was presented; `id` is fresh. */
export interface RowParts extends Pick<Verdict, 'id' | 'profile' | 'action' | 'source' | 'policy' | 'at' | 'snapshot'> {
  readonly subject?: string | undefined;
  readonly grant?: string | undefined;
  readonly code?: string | undefined;
}

/** The row that is kept of a judged case. A success keeps no tree: it is judged again from its snapshot. */
export function verdictRow(judgement: Judgement, parts: RowParts): Verdict {
  const { id, profile, action, subject, source, grant, code, policy, at, snapshot } = parts;
  return {
    id,
    profile,
    action,
    ok: judgement.ok,
    ...named(judgement),
    ...(subject !== undefined && { subject: show(subject) }),
    ...(source !== undefined && { source }),
    ...(grant !== undefined && { grant }),
    ...(code !== undefined && { code }),
    policy,
    at,
    snapshot,
    ...(!judgement.ok && { checks: judgement.checks }),
    times: 1,
  };
}

/**
 * A kept row with its tree, which `judge` makes where the row keeps none. One of another profile stays as it is, one that
 * was erased has an empty tree.
 */
export function withTree(
  verdict: Verdict,
  profile: string,
  judge: (action: string, snapshot: unknown) => Judgement,
): Verdict {
  if (verdict.checks || verdict.profile !== profile) return verdict;
  return { ...verdict, checks: verdict.erased ? [] : judge(verdict.action, verdict.snapshot).checks };
}

/**
 * The row as it would be for another case: what was found is the new judgement's, nothing came of it, and who, when and
 * where stay.
 */
export function judgedAgain(
  verdict: Verdict,
  judgement: Judgement,
  { policy, snapshot }: Pick<Verdict, 'policy' | 'snapshot'>,
): Verdict {
  const { decisive: _d, cause: _c, refusal: _r, checks: _k, consequence: _q, ...rest } = verdict;
  return { ...rest, ok: judgement.ok, ...named(judgement), policy, snapshot, checks: judgement.checks };
}

/** The decisive check as a row names it. */
function named({ decisive }: Judgement): Pick<Verdict, 'decisive' | 'cause' | 'refusal'> {
  return decisive ? { decisive: decisive.rule, cause: decisive.cause, refusal: decisive.refusal } : {};
}

/** All rule nodes of a tree, phases flattened, in order. */
export function leaves(checks: readonly Check[]): Check[] {
  return checks.flatMap((check) => (check.children ? leaves(check.children) : [check]));
}

/** The ordered checklist of a refusal: every fix that the failed checks name, decisive first, each once. */
export function checklist(checks: readonly Check[]): (Fix & { readonly rule: string })[] {
  const seen = new Set<string>();
  const list: (Fix & { readonly rule: string })[] = [];
  for (const outcome of ['fail', 'warn'] as const) {
    for (const check of leaves(checks)) {
      if (check.outcome !== outcome) continue;
      for (const fix of check.cause?.fixes ?? []) {
        if (seen.has(fix.say)) continue;
        seen.add(fix.say);
        list.push({ ...fix, rule: check.id });
      }
    }
  }
  return list;
}
