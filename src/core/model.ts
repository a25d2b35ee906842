/**
 * The nouns of the core: what was decided (a grant), the counterfoil kept for it (a code), what came back
 * (a presentation), and what may still happen to the world (an effect). Data only; no clock, no I/O, no protocol word.
 */

/** A value a decision was bound to, or that somebody presented. */
export type Value =
  | string
  | number
  | boolean
  | readonly string[]
  | { readonly from: number; readonly to: number }
  | { readonly minor: number; readonly currency: string }
  | { readonly version: readonly number[] };

/** Named values: `redirect_uri`, `client_id`, `pairing_id`, a version `{version: [5, 10]}` ... */
export type Facts = Readonly<Record<string, Value>>;

/** How an expected value meets a presented one. Closed on purpose: domain logic lives in named rules, not in matchers. */
export type Match = 'exact' | 'within' | 'covers';

/** One fact that a code is tied to. `secret` values are shown as fingerprints only. */
export interface Binding {
  readonly fact: string;
  readonly match: Match;
  readonly expected: Value;
  readonly secret?: true;
}

/**
 * What the holder holds; it decides what a wrong guess may cost.
 * `opaque`: a bearer secret of at least 128 bits. `bound`: shorter, redeemable only with a proven key or PKCE.
 * `short`: typed by a person, tied to a slot. `signed`: verifiable offline. `reference`: a public number, never burns.
 */
export type HandleKind = 'opaque' | 'bound' | 'short' | 'signed' | 'reference';

/** The decision itself. Everything issued for it dies with it. Times are milliseconds since the epoch, store clock. */
export interface Grant {
  readonly id: string;
  readonly profile: string;
  readonly parent?: string;
  /** Who decided (a user name), and for whom (a client id). */
  readonly by: string;
  readonly to: string;
  readonly terms: Facts;
  readonly from: number;
  readonly until: number | null;
  readonly state: 'pending' | 'active' | 'denied' | 'revoked';
  /** Set with `revoked`: when, and the cause id. */
  readonly endedAt?: number;
  readonly endedBy?: string;
  readonly policyEpoch: number;
  readonly rev: number;
}

/** The counterfoil. Access and refresh tokens are codes too. */
export interface Code {
  /** `cd_` plus the fingerprint of the handle; the handle itself is never stored. */
  readonly id: string;
  readonly grant: string;
  /** What it is for, in the profile's words: `authorization_code`, `access_token`, `refresh_token`. */
  readonly purpose: string;
  readonly handle: HandleKind;
  readonly bindings: readonly Binding[];
  readonly from: number;
  readonly until: number;
  /** How often it may be used; `null` without limit. */
  readonly total: number | null;
  readonly used: number;
  readonly usedAt?: number;
  readonly state: 'live' | 'burned' | 'revoked' | 'superseded';
  /** The code that took its place (refresh successor, `upd`). */
  readonly next?: string;
  /** The store generation it was minted in; a restored backup raises the generation and so kills it. */
  readonly generation: number;
  readonly rev: number;
}

/** A budget of failures. With `burn` the code dies; with `holdMs` the key must wait. */
export interface Limit {
  readonly id: string;
  /** Failures at which it trips, within `inMs` milliseconds, both ends included. */
  readonly count: number;
  readonly inMs: number;
  readonly then: { readonly holdMs: number } | 'burn';
}

/** A key (a source, a slot, a card at a merchant) that must wait until `until`. */
export interface Hold {
  readonly key: string;
  readonly until: number;
  /** What its profile knows of the key (what was tried, and how it went), as JSON. */
  readonly data?: string;
  readonly rev: number;
}

/** Something owed to the world outside the store (a pairing on an accessory), done only when read back and verified. */
export interface Effect {
  readonly id: string;
  readonly grant: string;
  readonly kind: string;
  readonly target: string;
  readonly data: Facts;
  readonly state: 'due' | 'done' | 'undoing' | 'undone';
  readonly attempts: number;
  /** Not before this time; also the end of a worker's lease. */
  readonly nextAt: number;
  readonly lastError?: string;
  readonly rev: number;
}
