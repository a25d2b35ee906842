/** What goes over the wire, as types: the shapes of `shapes.ts`, which the tests hold against real answers. */
import type { Confidence, FactKind } from '../../profiles/payments/data-types.ts';

/** An attempt that somebody would like to make, or is about to. */
export interface GateRequest {
  readonly card: Readonly<Record<string, string>>;
  readonly amount: { readonly minor: number; readonly currency: string };
  readonly network: string;
  readonly initiator: 'cardholder' | 'merchant';
  readonly processor?: string;
  readonly region?: string;
  readonly purchase?: string;
  readonly new_facts?: readonly FactKind[];
  readonly lease_seconds?: number;
}

/** How an attempt went. */
export interface GateOutcome {
  readonly outcome: 'approved' | 'declined' | 'not-sent';
  readonly response?: { readonly code?: string; readonly advice?: string };
}

/** When the same may be tried again; null with `never`: only new facts open it. */
export interface NextAnswer {
  readonly next_allowed_at: string | null;
  readonly never: boolean;
}

/** What the merchant can do, and what the customer may be told. */
export interface TextsAnswer {
  readonly merchant: readonly string[];
  readonly customer: readonly string[];
}

/** A rule that says no. */
export interface RuleAnswer {
  readonly rule: string;
  readonly cause: string;
  readonly says: string;
  readonly until: string | null;
  readonly never: boolean;
  readonly source: string;
  readonly edition: string;
  readonly confidence: Confidence;
  readonly fee?: {
    readonly minor: number;
    readonly currency: string;
    readonly source: string;
    readonly edition: string;
  };
}

/** Why not. `verdict` and `refused` where it was recorded. */
export interface ClosedAnswer extends NextAnswer, TextsAnswer {
  readonly admitted: false;
  readonly closed: readonly RuleAnswer[];
  readonly verdict?: string;
  readonly refused?: number;
}

/** Leave to send one attempt. */
export interface ReservedAnswer {
  readonly admitted: true;
  readonly attempt: string;
  readonly fence: number;
  readonly lease_until: string;
  readonly verdict: string;
}

/** To a check or a reservation. */
export type GateAnswer = { readonly admitted: true } | ReservedAnswer | ClosedAnswer;

/** To an outcome. */
export type RecordAnswer =
  | ({
      readonly recorded: 'now' | 'already';
      readonly attempt: string;
      readonly outcome: GateOutcome['outcome'];
    } & NextAnswer &
      Partial<TextsAnswer>)
  | { readonly recorded: 'conflict'; readonly recorded_outcome: string };

/** An attempt as it is kept. */
export interface KeptAnswer extends NextAnswer {
  readonly attempt: string;
  readonly fence: number;
  readonly at: string;
  readonly lease_until: string;
  readonly amount: GateRequest['amount'];
  readonly initiator: GateRequest['initiator'];
  readonly purchase?: string;
  readonly outcome: GateOutcome['outcome'] | 'pending' | 'unknown';
  readonly responded_at?: string;
  readonly code?: string;
  readonly advice?: string;
  readonly class?: string;
}
