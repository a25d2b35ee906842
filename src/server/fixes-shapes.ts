/** What is said of the changes that the hub can make about a refusal: plans, and what came of one. Plain JSON. */
import type { Proposal } from '../profiles/oauth/fixes.ts';

/** One item. Raw: not yet made safe to show. */
export interface Change {
  readonly item: string;
  readonly from: string;
  readonly to: string;
}

/** What the same request would come to; of a refusal, the cause that decides then. */
export interface Outlook {
  readonly ok: boolean;
  readonly rule?: string;
  readonly say?: string;
}

/** One proposal, planned. Texts of the changes are raw: what a stranger presented is among them. */
export interface PlannedFix extends Pick<Proposal, 'id' | 'rule' | 'say' | 'impact' | 'then'> {
  readonly changes: readonly Change[];
  /** Not there where it depends on a secret. */
  readonly would?: Outlook;
  /** Names this change of this registration as it stands; another one has another seal. */
  readonly seal: string;
}

/** What the hub can do about one refusal. */
export interface Fixes {
  readonly verdict: string;
  /** Whose registration it is, while there is one. */
  readonly app?: { readonly id: string; readonly name: string };
  readonly fixes: readonly PlannedFix[];
  /** The same case by today's settings, all else as it was. */
  readonly today?: Outlook;
}

/** `applied`, with the secret where a new one was made; `stale` when it is not what was planned any more. */
export type FixOutcome =
  | {
      readonly outcome: 'applied';
      readonly app: { readonly id: string; readonly name: string };
      readonly secret?: string;
      readonly then: string;
    }
  | { readonly outcome: 'stale' };
