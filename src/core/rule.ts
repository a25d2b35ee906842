/** The shape of a rule, and the four things a rule can find. One rule per file; the file's name is the rule's id. */
import type { Value } from './model.ts';
import type { Fix } from './verdict.ts';

/** Text of one cause a rule can name; the same text feeds verdicts, checklists and `docs/rules.md`. */
export interface CauseText {
  readonly say: string;
  readonly fixes: readonly Fix[];
}

/** What came of one check. Values are raw here; `decide` makes them safe to show. */
export type Finding =
  | { readonly outcome: 'pass'; readonly expected?: Value; readonly presented?: Value; readonly because?: string }
  | {
      readonly outcome: 'fail' | 'warn';
      readonly cause: string;
      readonly expected?: Value;
      readonly presented?: Value;
      readonly detail?: string;
    }
  | { readonly outcome: 'skip'; readonly because: string };

/**
 * What a check may show to a developer, from whom the owner's private facts are withheld.
 * `all`: it shows nothing but what came with the request, what the application is registered with, and what is the same for
 * everybody. `own`: also what a code was asked for with; shown of the application's own codes. `cause`: what it compares is
 * the owner's, and that it failed, why and what to do may be told. `own-cause`: the same, of the application's own codes.
 */
export type Open = 'all' | 'own' | 'cause' | 'own-cause';

/** A rule judges one thing about a case of type `C`. */
export interface Rule<C> {
  /** `<profile>.<file name>` */
  readonly id: string;
  /** Standard and section, for example `RFC 6749 §4.1.3`. */
  readonly cite: string;
  /** The wire error when this rule is the decisive one. */
  readonly refusal: string;
  /** The attack or accident this rule is for, in one line. */
  readonly why: string;
  /** The bound facts this rule judges. A binding that no rule judges refuses the case. */
  readonly binds?: readonly string[];
  /** Causes whose failure, by a holder of the handle, counts against the code. */
  readonly counts?: readonly string[];
  /** Causes that never refuse: the check holds, and somebody should know. */
  readonly warns?: readonly string[];
  /** What the developer of the application that asked may see of this check. Absent: nothing, unless it decided. */
  readonly open?: Open;
  /** This check holds only where the code is one of the application that presents it. */
  readonly whose?: true;
  readonly causes: Readonly<Record<string, CauseText>>;
  /** Pure and total: never throws, never reads a clock. */
  check(c: C): Finding;
}

/** A named group of rules; the table of phases is the protocol, top to bottom, and its order is the precedence. */
export interface Phase<C> {
  readonly id: string;
  readonly rules: readonly Rule<C>[];
}

/** Optional values a finding shows. */
interface Shown {
  readonly expected?: Value;
  readonly presented?: Value;
}

/** The check holds. */
export const pass = (shown?: Shown & { readonly because?: string }): Finding =>
  shown ? { outcome: 'pass', ...shown } : PASSED;

const PASSED: Finding = { outcome: 'pass' };

/** The check refuses, for one of the rule's declared causes. */
export const fail = (cause: string, shown: Shown & { readonly detail?: string } = {}): Finding => ({
  outcome: 'fail',
  cause,
  ...shown,
});

/** The check holds, but the person in charge should know. */
export const warn = (cause: string, shown: Shown & { readonly detail?: string } = {}): Finding => ({
  outcome: 'warn',
  cause,
  ...shown,
});

/** The check could not be made: masked by another fault, not applicable, or impossible offline. */
export const skip = (because: string): Finding => ({ outcome: 'skip', because });
