/** What the payments client takes and answers. Its code is in `payments.ts`. */

/** A card: one of the three. Of a number, the hub keeps only a keyed hash. */
export type Card =
  | { readonly pan: string }
  | { readonly par: string }
  | { readonly token: string; readonly processor: string };

/** Something new of the card since it was declined. */
export type NewFact = 'new-card' | 'account-updater' | '3-d-secure' | 'corrected-data' | 'issuer-approved';

/** An attempt that is to be made. */
export interface Attempt {
  readonly card: Card;
  /** In the smallest unit of the currency: 1999 is 19.99 EUR. */
  readonly amount: { readonly minor: number; readonly currency: string };
  /** `visa`, `mastercard`, `amex` … */
  readonly network: string;
  readonly initiator: 'cardholder' | 'merchant';
  /** Whose words the answers are in: `stripe`, `adyen` …; the standard’s, `iso8583`, unless told. */
  readonly processor?: string;
  /** Of the merchant: `US`, `CA`, `EU` …; `USXB` in the US with a card from abroad; the strictest rules unless told. */
  readonly region?: string;
  /** The same for every attempt to pay the same thing. */
  readonly purchase?: string;
  readonly newFacts?: readonly NewFact[];
  /** How long its answer may take, 5 to 600; what the merchant is set to unless told. */
  readonly leaseSeconds?: number;
}

/** How an attempt went. `not-sent`: it never left, or the processor knows nothing of it; it does not count then. */
export type Outcome =
  | { readonly outcome: 'approved'; readonly response?: ProcessorAnswer }
  | { readonly outcome: 'declined'; readonly response: ProcessorAnswer }
  | { readonly outcome: 'not-sent' };

/** A processor's answer, in its own words. */
export interface ProcessorAnswer {
  readonly code?: string;
  readonly advice?: string;
}

/** When the same may be tried again; `never`: only something new of the card opens it. */
export type NextAllowed = Date | 'never';

/** A rule that says no, until when, and where its figure comes from. */
export interface ClosedRule {
  readonly rule: string;
  readonly cause: string;
  readonly says: string;
  readonly until: NextAllowed;
  readonly source: string;
  readonly edition: string;
  readonly confidence: 'primary' | 'secondary' | 'general' | 'ours';
  readonly fee?: {
    readonly minor: number;
    readonly currency: string;
    readonly source: string;
    readonly edition: string;
  };
}

/** Why it must not be sent, until when, and what can be done. */
export interface Refused {
  readonly admitted: false;
  readonly nextAllowedAt: NextAllowed;
  readonly closed: readonly ClosedRule[];
  /** What you can do, and what the customer may be told. */
  readonly merchant: readonly string[];
  readonly customer: readonly string[];
  /** Where whoever runs the hub reads more; not of a check. */
  readonly verdict?: string;
  /** How often the same was refused within 30 days; not of a check. */
  readonly refused?: number;
}

/** Leave to send one attempt. */
export interface Reserved {
  readonly admitted: true;
  readonly attempt: string;
  /** Grows with every attempt of the card; a processor that keeps the highest it saw refuses what comes late. */
  readonly fence: number;
  readonly leaseUntil: Date;
  readonly verdict: string;
}

/** What came of recording. */
export interface Recorded {
  readonly recorded: 'now' | 'already';
  readonly attempt: string;
  readonly outcome: Outcome['outcome'];
  readonly nextAllowedAt: NextAllowed;
  /** Of a decline. */
  readonly merchant?: readonly string[];
  readonly customer?: readonly string[];
}

/** A hold that has ended. */
export interface HoldEnded {
  /** Hand it to `holds` to go on from there. */
  readonly id: string;
  /** The last attempt of the same, and the card’s fingerprint at the hub. */
  readonly attempt: string;
  readonly card: string;
  readonly amount: Attempt['amount'];
  readonly initiator: Attempt['initiator'];
  readonly purchase?: string;
  readonly endedAt: Date;
}

/** How `holds` goes on. */
export interface HoldsOptions {
  /** The id of the last event that was dealt with. */
  readonly after?: string;
  /** Ends it. */
  readonly signal?: AbortSignal;
  /** Told each time that the hub listens: what ends from then on, or since `after`, is told. */
  readonly onReady?: () => void;
  /** Told when more happened than the hub looks back on: holds may have ended of which nothing is said. */
  readonly onIncomplete?: () => void;
}

/** What `send` is given. */
export interface Sending {
  readonly attempt: string;
  readonly fence: number;
  readonly leaseUntil: Date;
}

/** What came of `attempt`: it was not let through, or it was sent and recorded. */
export type Attempted<T> =
  | { readonly sent: false; readonly refused: Refused }
  | { readonly sent: true; readonly answer: T; readonly recorded: Recorded };

/** A client. Everything that is not an answer of the gate throws a PaymentsError. */
export interface PaymentsClient {
  /** Would it be let through? Nothing is recorded. */
  check(attempt: Attempt): Promise<{ readonly admitted: true } | Refused>;
  /** Checks and records in one: of all that ask at the same time, one is let through. */
  reserve(attempt: Attempt): Promise<Reserved | Refused>;
  /** Records how an attempt went; tried again with longer and longer pauses until the hub has it. */
  record(attempt: string, outcome: Outcome): Promise<Recorded>;
  /**
   * Reserves, sends, records. Where `send` throws nobody knows what became of it: it stays unanswered, counts when its lease is
   * over, and can still be recorded (`attempt` of the AttemptOpenError). The same holds for a program that dies in between.
   */
  attempt<T>(
    attempt: Attempt,
    send: (sending: Sending) => Promise<{ readonly answer: T; readonly outcome: Outcome }>,
  ): Promise<Attempted<T>>;
  /** Holds of this merchant as they end; comes back by itself where the connection is lost. */
  holds(options?: HoldsOptions): AsyncGenerator<HoldEnded, void, undefined>;
}

/** How to reach the hub. */
export interface PaymentsClientOptions {
  readonly url: string;
  readonly key: string;
  readonly fetch?: typeof fetch;
  /** Longest a call may take, in milliseconds; 10,000 unless told. */
  readonly timeoutMs?: number;
  /** How often `record` is tried; 8 unless told, over about a minute. */
  readonly tries?: number;
}
