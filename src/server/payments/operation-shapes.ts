/** What the person in charge can do about payments, as types: arguments and answers are plain JSON, as in `operations.ts`. */
import type { GateAnswer, GateOutcome, GateRequest, KeptAnswer, RecordAnswer } from './answers.ts';

/** What may be set for a merchant; what is missing keeps its value (edit) or gets a safe default (add). */
export interface MerchantInput {
  /** Whole hours after a decline for funds, 0 to 720; 12 unless told. */
  readonly holdHours?: number;
  /** May the network's own advice (try again in 1 hour) shorten `holdHours`? No, unless told. */
  readonly adviceMayShorten?: boolean;
  /** The 12-hour window of Visa's old dispute rule: only said, or enforced as well. */
  readonly samePurchase?: 'warn' | 'close';
  /** How long an answer may take unless the attempt says otherwise, 5 to 600 seconds; 60 unless told. */
  readonly leaseSeconds?: number;
}

/** A key, shown once: only its fingerprint (`id`) is kept. `until` is null where it does not end by itself. */
export interface MerchantKey {
  readonly key: string;
  readonly id: string;
  readonly grant: string;
  readonly until: number | null;
}

/** A merchant that is let in. */
export interface MerchantView extends Required<MerchantInput> {
  readonly merchant: string;
  readonly grant: string;
  readonly by: string;
  readonly from: number;
  /** Those that are live, the newest first. */
  readonly keys: readonly { readonly id: string; readonly from: number; readonly until: number | null }[];
}

/** A key of card fingerprints, by name. */
export interface CardKeyView {
  readonly id: string;
  readonly from: number;
  /** `next`: in force from `from` on. `read`: cards that were not tried since are still known under it, until `goesAt`. */
  readonly state: 'in-force' | 'next' | 'read';
  readonly goesAt?: number;
}

/** The operations. A merchant may be left out (null) where there is only one. */
export interface PaymentsOperations {
  paymentsAddMerchant(
    name: string,
    input: MerchantInput,
  ): Promise<{ readonly merchant: MerchantView; readonly key: MerchantKey }>;
  paymentsListMerchants(): Promise<readonly MerchantView[]>;
  paymentsEditMerchant(name: string, input: MerchantInput): Promise<MerchantView>;
  /** One more key; revoking the id of one (`revoke`) ends it. */
  paymentsAddKey(name: string, days?: number | null): Promise<MerchantKey>;
  paymentsCardKeys(): Promise<readonly CardKeyView[]>;
  /** A new key for fingerprints; with `drop`, all older ones go. */
  paymentsRotateKey(drop: boolean): Promise<readonly CardKeyView[]>;
  paymentsCheck(merchant: string | null, asked: GateRequest): Promise<GateAnswer>;
  paymentsReserve(merchant: string | null, asked: GateRequest): Promise<GateAnswer>;
  paymentsRecord(merchant: string | null, attempt: string, outcome: GateOutcome): Promise<RecordAnswer>;
  paymentsAttempt(merchant: string | null, attempt: string): Promise<KeptAnswer>;
}
