/** What the OAuth endpoints are given: a store, the registries, keys made once, and the few settings there are. */
import type { KeyObject } from 'node:crypto';
import type { Store } from '../../store/port.ts';
import type { Registry } from '../../store/registry.ts';

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
  /** The accessory that a code with a pairing id opens, where the hub has one. */
  readonly pairingTarget?: string;
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

/** What every endpoint gets. */
export interface OAuthDeps {
  readonly store: Store;
  readonly registry: Registry;
  readonly keys: OAuthKeys;
  readonly config: OAuthConfig;
  /** The pace of refreshing, for each grant; unless given there is none. */
  readonly pace?: Pace;
  /** No records are at hand: what would need them is skipped instead of refused. For `explain` without a hub. */
  readonly offline?: true;
}
