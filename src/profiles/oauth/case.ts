/**
 * The cases that the OAuth tables judge: one attempt, loaded, proven and secret-free. Everything slow or secret
 * (hashing, signatures, PKCE) has happened in `prove/` and stands here as an outcome, so a case can be kept as a
 * verdict's snapshot, and judging it again gives the identical tree.
 */

import { bindingOf } from '../../core/match.ts';
import type { Binding, Code, Grant, Value } from '../../core/model.ts';
import type { UnsealCause } from '../../protocols/sealed/hub.ts';
import type { SignedCodeCause } from '../../protocols/signed-code/read.ts';
import type { App, AppScope } from './app.ts';

/** What a rule may know of a client. */
export type ClientFacts = Pick<App, 'name' | 'type' | 'authMethod' | 'redirectUris' | 'grantTypes'> & {
  readonly id: string;
  /** Its list, and parts of it that the request names (`coverage.ts`). `explicit`: given only to who names it. */
  readonly scopes: readonly (AppScope & { readonly explicit?: true })[];
  readonly withoutPkce?: true;
};

/** Has the client nothing to prove itself by but PKCE or a key? Whatever it is registered as, it is then a public one. */
export function isPublic(client: ClientFacts): boolean {
  return client.type === 'public' || client.authMethod === 'none';
}

/** The request as it came, without any secret: known parameters by value, the rest by name. */
export interface RequestFacts {
  readonly mediaType?: string;
  /** A fault of the form encoding: what, where. */
  readonly fault?: { readonly kind: string; readonly detail: string };
  readonly duplicates: readonly string[];
  /** Values of the parameters that are no secrets, byte-exact. */
  readonly values: Readonly<Record<string, string>>;
  /** Names of all parameters that came, secrets included. */
  readonly names: readonly string[];
}

/** A DPoP proof (RFC 9449) after verification. */
export interface DpopFacts {
  readonly fault?: { readonly kind: 'several' | 'malformed' | 'algorithm'; readonly detail: string };
  readonly signature: 'valid' | 'invalid' | 'unchecked';
  readonly jkt?: string;
  /** `Ed25519`, `P-256` …: the key's curve (RFC 7517 `crv`). */
  readonly curve?: string;
  readonly pairingId?: string;
  readonly htm?: string;
  readonly htu?: string;
  /** Seconds since the epoch, as the client's clock had it. */
  readonly iat?: number;
  readonly nonce: 'absent' | 'current' | 'other';
  readonly replayed: boolean;
  /** Resource requests only: the proof names this access token. */
  readonly ath?: 'match' | 'mismatch' | 'absent';
}

/** What the request should have said about itself, for `htm` and `htu`. */
export interface Target {
  readonly method: string;
  readonly uris: readonly string[];
}

/** A presented code or token: how it read, and the id it was looked up by; of a signed one also what is signed. */
export type HandleFacts =
  | { readonly read: 'ok'; readonly id: string; readonly form: 'opaque' | 'bound'; readonly blanks: boolean }
  | {
      readonly read: 'ok';
      readonly id: string;
      readonly form: 'signed';
      readonly blanks: boolean;
      readonly keyId: string;
      readonly until: number;
    }
  | { readonly read: 'empty' | 'label' | 'length' | 'character'; readonly detail: string }
  | {
      readonly read: 'signed';
      readonly cause: Exclude<SignedCodeCause, 'empty' | 'too-long'>;
      readonly expected: string;
      readonly presented: string;
      readonly detail?: string;
    };

/** A sealed request: the key that opened it, and whether this very box was redeemed before; or why none opened it. */
export type BoxFacts =
  | { readonly keyId: string; readonly replayed?: true }
  | { readonly cause: UnsealCause; readonly expected?: string; readonly presented?: string };

/** A loaded code, as rules see it; secret bindings carry a fingerprint instead of their value. */
export type CodeFacts = Omit<Code, 'handle'>;

/** Client authentication, RFC 6749 §2.3: the method seen, and whether its secret is right. */
export interface AuthFacts {
  readonly method: 'none' | 'client_secret_basic' | 'client_secret_post' | 'several' | 'malformed';
  readonly secret: 'absent' | 'match' | 'mismatch' | 'unchecked';
}

/** Common to all three tables. */
export interface Asked {
  readonly now: number;
  readonly request: RequestFacts;
  readonly clientId?: string;
  readonly client?: ClientFacts;
  /** The request is judged without a hub's records: what needs them is skipped. */
  readonly offline?: true;
}

/** Common to the tables that judge a code or token. */
export interface Presented {
  readonly now: number;
  readonly offline?: true;
  readonly handle?: HandleFacts;
  readonly code?: CodeFacts;
  readonly grant?: Pick<Grant, 'id' | 'state' | 'endedBy' | 'rev'>;
  /** The successor of a used refresh token, while it lives: has it been used? */
  readonly next?: { readonly used: number };
  readonly generation: number;
  readonly dpop?: DpopFacts;
  readonly target: Target;
  /** Scopes asked for or needed that are a part of granted ones, in other words (`coverage.ts`). */
  readonly within?: readonly string[];
  /** What the code is bound to that another profile judges, when nothing is wrong here (`Beyond`). */
  readonly beyond?: readonly string[];
}

/** A request at `POST /token`. */
export interface TokenCase extends Asked, Presented {
  /** What the request is after, even when `grant_type` is misspelled. */
  readonly intent: 'authorization_code' | 'refresh_token';
  readonly auth: AuthFacts;
  readonly pkce: 'absent' | 'malformed' | 'match' | 'mismatch' | 'unasked';
  /** There when the request came sealed. */
  readonly box?: BoxFacts;
  /** There when the grant was refreshed too often: how long it must wait. */
  readonly pace?: { readonly waitSeconds: number };
  /** What another profile found sound, in its own words; no rule here looks at it. */
  readonly circumstances?: Readonly<Record<string, unknown>>;
}

/** A request at `GET /authorize`, and later the user's answer to it. */
export interface AuthorizeCase extends Asked {
  readonly decision?: 'allow' | 'deny';
}

/** A request at the protected API. */
export interface ResourceCase extends Presented {
  readonly scheme: 'none' | 'bearer' | 'dpop' | 'other';
  /** Scopes that the route needs. */
  readonly needs: readonly string[];
  /** Scopes that are included and enabled for the token's application right now; none when it is gone. */
  readonly enabled?: readonly string[];
}

/** A case of any table; a verdict's snapshot is one. */
export type Case = TokenCase | AuthorizeCase | ResourceCase;

/** The value a code is bound to, or undefined. */
export function bound(code: { readonly bindings: readonly Binding[] } | undefined, fact: string): Value | undefined {
  return code && bindingOf(code.bindings, fact)?.expected;
}

/** The same, where the profile only ever binds text. */
export function boundText(
  code: { readonly bindings: readonly Binding[] } | undefined,
  fact: string,
): string | undefined {
  const value = bound(code, fact);
  return typeof value === 'string' ? value : undefined;
}

/** A value that the profile only ever keeps as a list: the scopes of a code or of a grant's terms. */
export function listOf(value: Value | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

/** The scopes an application may use right now: included and switched on. None when it is gone. */
export function enabledScopes(app: Pick<App, 'scopes'> | undefined): readonly string[] {
  return app?.scopes.filter((scope) => scope.enabled).map((scope) => scope.name) ?? [];
}

/** Scopes asked for, in order (RFC 6749 §3.3: separated by single blanks). */
export function scopesOf(text: string | undefined): readonly string[] {
  return text === undefined || text === '' ? [] : text.split(' ');
}

/** Signature algorithms a DPoP proof may use (RFC 9449 §5.1). No RSA: its keys make verifying as slow as the sender likes. */
export const DPOP_ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256', 'ES384'] as const;

/** Seconds a DPoP proof may be old, and ahead of the hub's clock. */
export const DPOP_WINDOW = { pastSeconds: 60, aheadSeconds: 10 } as const;

/** Seconds between the proof's making and `now`, by the hub's clock; negative when its clock is ahead. */
export function proofAgeSeconds(now: number, iat: number): number {
  return Math.round(now / 1000 - iat);
}

/** Is the DPoP proof sound, made for this request just now, and unused? Its key is then proven. */
export function provenKey(c: Presented): string | undefined {
  const { dpop, target } = c;
  if (!dpop || dpop.fault || dpop.signature !== 'valid' || dpop.nonce !== 'current' || dpop.replayed) return undefined;
  if (dpop.htm !== target.method || !target.uris.includes(dpop.htu ?? '')) return undefined;
  if (dpop.ath !== undefined && dpop.ath !== 'match') return undefined;
  const age = proofAgeSeconds(c.now, dpop.iat ?? 0);
  return age <= DPOP_WINDOW.pastSeconds && -age <= DPOP_WINDOW.aheadSeconds ? dpop.jkt : undefined;
}

/** Milliseconds in which the loser of a race is a loser, and nothing worse. */
export const LOST_RACE_MS = 2_000;
/** Milliseconds in which a used refresh token still answers with its one successor, without any other proof. */
export const REFRESH_GRACE_MS = 10_000;

/**
 * Is the sender proven to be the party the code or token was issued to? Every proof it was issued under must hold:
 * client authentication, PKCE, key. A refresh family with neither secret nor key has nothing but the token itself;
 * there possession is the proof (RFC 9700 §4.14.2), or a thief who is first would never be found out.
 */
export function proven(c: TokenCase): boolean {
  const owner = boundText(c.code, 'client_id');
  if (!c.client || owner !== c.client.id) return false;
  if (c.client.authMethod !== 'none' && c.auth.secret !== 'match') return false;
  const jkt = boundText(c.code, 'jkt');
  if (jkt !== undefined && provenKey(c) !== jkt) return false;
  if (c.intent === 'refresh_token') return true;
  if (bound(c.code, 'code_challenge') !== undefined) return c.pkce === 'match';
  return c.client.authMethod !== 'none' || jkt !== undefined;
}

/**
 * Is the token good for nothing without a secret or a key beside it? A copy of it is then no harm, and who comes back late
 * with all of its proofs is the rightful holder, whose network lost an answer.
 */
export function senderBound(c: Pick<TokenCase, 'client' | 'code'>): boolean {
  return (c.client !== undefined && c.client.authMethod !== 'none') || bound(c.code, 'jkt') !== undefined;
}

/**
 * Does a used refresh token still answer with its successor? Never once that was used. A bearer token does for a moment; a
 * token that needs a proof does for whoever makes that proof.
 */
export function inGrace(c: TokenCase): boolean {
  const usedAt = c.code?.usedAt;
  if (usedAt === undefined || c.next?.used !== 0) return false;
  return c.now - usedAt <= REFRESH_GRACE_MS || (senderBound(c) && proven(c));
}

/**
 * The scopes a request is about: those it names, else those its code carries, else (at `/authorize`) all that the
 * application has switched on and that need not be named.
 */
export function askedScopes(c: Asked & { readonly code?: CodeFacts }): readonly string[] {
  const named = scopesOf(c.request.values['scope']);
  if (named.length > 0) return named;
  const carried = bound(c.code, 'scope');
  if (carried !== undefined) return listOf(carried);
  return c.client?.scopes.flatMap(({ name, enabled, explicit }) => (enabled && !explicit ? [name] : [])) ?? [];
}
