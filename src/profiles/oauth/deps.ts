/** What the OAuth endpoints are given: a store, the registries, keys made once, and the few settings there are. */
import type { KeyObject } from 'node:crypto';
import type { Effect, Grant } from '../../core/model.ts';
import type { Check } from '../../core/verdict.ts';
import type { SealingKey } from '../../protocols/sealed/key.ts';
import type { SigningKey } from '../../protocols/signed-code/signed-code.ts';
import type { Refusal, Store } from '../../store/port.ts';
import type { Registry } from '../../store/registry.ts';

/** What sealed redemption takes. */
export interface SealingKeys {
  /** The hub's long-term Ed25519 key, which apps know from pairing: it signs the statement of the sealing key. */
  readonly ltsk: KeyObject;
  /** The key to seal to at `now`, and behind it some older ones, so that an old box is told from a strange one. */
  keysAt(now: number): readonly [SealingKey, ...SealingKey[]];
}

/** Keys, each for one purpose, made once (`KeyObject`s: Node is slow with raw buffers). */
export interface OAuthKeys {
  /** Refresh successors. */
  readonly successor: KeyObject;
  /** DPoP nonces at `/token`, the same on every node; at the protected API too where nodes share its proofs. */
  readonly nonce: KeyObject;
  /** References of verdicts in `error_uri`; 32 bytes. */
  readonly reference: KeyObject;
  /** DPoP nonces at the protected API where its proofs are remembered in memory; of this process only. */
  readonly apiNonce: KeyObject;
  /** Signs codes that can be verified offline; unless given, none are handed out or known. */
  readonly codes?: SigningKey;
  /** Opens sealed requests; unless given, they are refused like any other strange media type. */
  readonly sealing?: SealingKeys;
}

/** Settings. */
export interface OAuthConfig {
  /** RFC 8414 issuer, without a trailing slash. */
  readonly issuer: string;
  /** Other origins that name this hub, accepted in `htu` only. */
  readonly aliases: readonly string[];
  /** Lifetime of a code, at most 300. */
  readonly codeTtlSeconds: number;
  readonly accessTtlSeconds: number;
  readonly refreshTtlSeconds: number;
  /**
   * Several nodes serve one store: a DPoP proof at the protected API is good at any of them, once, and the store keeps
   * that. Otherwise it is good at this process alone, whose memory keeps it.
   */
  readonly sharedReplay?: true;
}

/** The ceiling that RFC 6749 §4.1.2 recommends as ten minutes and this product sets at five. */
export const CODE_TTL_MAX_SECONDS = 300;

/** How often something may happen to one key. Times are the store's, in milliseconds. */
export interface Pace {
  /** How long this key must wait for its next; 0 when it need not. Changes nothing. */
  waitMs(key: string, now: number): number;
  /** Counts one. */
  take(key: string, now: number): void;
}

/** What somebody decides, or decided, as far as another profile may have to judge it. */
export interface Asked {
  readonly now: number;
  readonly source: string;
  readonly clientId?: string;
  readonly scopes: readonly string[];
  /** What the code is, or will be, bound to. */
  readonly pairingId?: string;
  readonly jkt?: string;
  readonly hapJkt?: string;
  readonly ownership?: string;
}

/** A redemption that OAuth has found sound. Nothing is written yet. */
export interface Redeeming extends Asked {
  readonly grant: Grant;
  readonly codeId: string;
  /** The code as it was presented; it stays in memory. */
  readonly presented: string;
  readonly form: ReadonlyMap<string, string>;
  /** The sender's key, where its proof holds: thumbprint, curve, `x` of its JWK, and the claim `hap_jkt`. */
  readonly sender?: { readonly jkt: string; readonly curve?: string; readonly x?: string; readonly hapJkt?: string };
}

/** What is wrong with it by the other profile's rules: what the client hears, what is kept, and in words for the operator. */
export interface Objection {
  readonly refusal: string;
  readonly keep: Refusal;
  readonly checks: readonly Check[];
}

/** What follows from a redemption beside tokens. */
export interface Owed {
  readonly effects: readonly Effect[];
  /** Members of the token answer beside OAuth's own. */
  readonly response?: Readonly<Record<string, unknown>>;
  /** What the verdict keeps of it beside its own case: versions, for whoever looks at it after an update. */
  readonly kept?: Readonly<Record<string, unknown>>;
}

/**
 * The profile that some scopes belong to: it judges what OAuth's rules cannot, when these have found nothing wrong, and owes
 * what OAuth knows nothing of. Its verdicts are its own.
 */
export interface Beyond {
  consent(asked: Asked): Promise<Objection | undefined>;
  redeem(redeeming: Redeeming): Promise<Objection | Owed>;
  /** Those of `asked` that are a part of what is granted. Pure: no look at any record. */
  covered(granted: readonly string[], asked: readonly string[]): readonly string[];
  /** What a code may be bound to that this profile judges when it is redeemed, and OAuth does not. */
  readonly facts: readonly string[];
  /** Is this scope given only to who names it? Whoever asks for nothing in particular does not get it. Pure. */
  explicit(scope: string): boolean;
}

/** What every endpoint gets. */
export interface OAuthDeps {
  readonly store: Store;
  readonly registry: Registry;
  readonly keys: OAuthKeys;
  readonly config: OAuthConfig;
  /** The pace of refreshing, for each grant; unless given there is none. */
  readonly pace?: Pace;
  /** Unless given, scopes are words and owe nothing. */
  readonly beyond?: Beyond;
  /** No records are at hand: what would need them is skipped instead of refused. For `explain` without a hub. */
  readonly offline?: true;
}
