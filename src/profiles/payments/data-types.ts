/** The shapes of `rules-data/*.json`. A figure never stands without where it comes from and when it holds. */

/** How sure we are: the rule book itself, somebody who quotes it, general knowledge, or our own choice. */
export type Confidence = 'primary' | 'secondary' | 'general' | 'ours';

/** What every entry carries. Dates are UTC; `validFrom` is the first moment, `validTo` the first one after it; null is open. */
export interface Sourced {
  readonly source: string;
  readonly edition: string;
  readonly confidence: Confidence;
  readonly validFrom: string | null;
  readonly validTo: string | null;
}

/** What a response asks of the merchant. */
export type ResponseClass = 'approved' | 'funds' | 'technical' | 'fix-data' | 'never' | 'ask-issuer' | 'unknown';

/** A fact that came in after a decline and may open what the decline closed. */
export type FactKind = 'new-card' | 'account-updater' | '3-d-secure' | 'corrected-data' | 'issuer-approved';

/** What clears a class, unless an entry of its codes says otherwise. */
export interface ClassEntry extends Sourced {
  readonly class: ResponseClass;
  readonly clears: readonly FactKind[];
}

/** Response codes (ISO 8583 field 39) of one class. `reach`: how wide a "never" reaches. `discreet`: no word to the customer. */
export interface CodeEntry extends Sourced {
  readonly class: ResponseClass;
  readonly codes: Readonly<Record<string, string>>;
  readonly networks?: readonly string[];
  readonly clears?: readonly FactKind[];
  readonly reach?: 'merchant' | 'card';
  readonly discreet?: boolean;
}

/** Visa: 1 never, 2 later, 3 with other data, 4 all others. */
export interface CategoryEntry extends Sourced {
  readonly category: 1 | 2 | 3 | 4;
  readonly codes: readonly string[];
  readonly regions: readonly string[] | null;
}

/** Mastercard merchant advice codes (field 48.84). */
export interface AdviceEntry extends Sourced {
  readonly codes: Readonly<Record<string, string>>;
  readonly act: 'wait' | 'never' | 'fix-data' | 'note';
  readonly waitMs?: number;
  readonly class: ResponseClass;
}

/** How near a past attempt is: all the same, another initiator, another amount, another merchant. Each contains the former. */
export type Near = 'key' | 'amount' | 'merchant' | 'card';

/** At most `limit` in any `windowHours`. `reattempts` are those behind a decline within the window; `declines` are all. */
export interface LimitEntry extends Sourced {
  readonly id: string;
  readonly network: string;
  readonly counts: 'declines' | 'reattempts';
  readonly limit: number;
  readonly windowHours: number;
  readonly per: Near;
  readonly regions: readonly string[] | null;
  readonly except?: readonly string[];
}

/** What one attempt too many costs, in the smallest unit of the currency. */
export interface FeeEntry extends Sourced {
  readonly network: string;
  readonly reason: 'reattempts' | 'attempts' | 'stop-payment' | 'optimizer';
  readonly regions: readonly string[] | null;
  readonly minor: number;
  readonly currency: string;
}

/** A network, and whether it publishes limits. */
export interface NetworkEntry extends Sourced {
  readonly network: string;
  readonly limits: 'published' | 'none published';
}

/** Waiting times by their order; `exempt` are codes it does not count for. */
export interface HoldEntry extends Sourced {
  readonly id: string;
  readonly stepsMs: readonly number[];
  readonly exempt?: readonly string[];
}

/** What a processor's own code stands for: a code of the standard, or only a class; null says nothing. */
export type Meaning = string | { readonly class: ResponseClass } | null;

/** The language of a processor. `raw`: codes of the standard come as they are; `pad`: with zeros in front to this length. */
export interface DialectEntry extends Sourced {
  readonly processor: string;
  readonly names: readonly string[];
  readonly raw: boolean;
  readonly pad: number;
  readonly responses: Readonly<Record<string, Meaning>>;
  readonly rawAdvice: boolean;
  readonly advice: Readonly<Record<string, Meaning>>;
}

/** A word printed behind a response code. `processor` null: in general use; `codes` null: behind any code. */
export interface SuffixEntry extends Sourced {
  readonly processor: string | null;
  readonly word: string;
  readonly means: string;
  readonly codes: readonly string[] | null;
}

/** All files as one. */
export interface RulesData {
  readonly classes: readonly ClassEntry[];
  readonly codes: readonly CodeEntry[];
  readonly categories: readonly CategoryEntry[];
  readonly advice: readonly AdviceEntry[];
  readonly limits: readonly LimitEntry[];
  readonly fees: readonly FeeEntry[];
  readonly networks: readonly NetworkEntry[];
  readonly holds: readonly HoldEntry[];
  readonly dialects: readonly DialectEntry[];
  readonly suffixes: readonly SuffixEntry[];
}
