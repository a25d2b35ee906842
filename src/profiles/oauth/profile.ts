/**
 * The OAuth profile as tables. Reading a table top to bottom is reading the protocol; the first rule that fails is the
 * one the wire hears about. Standards: RFC 6749, 6750, 7636, 8252, 9449, 9700.
 */
import { createHash } from 'node:crypto';
import { decide } from '../../core/decide.ts';
import type { Phase } from '../../core/rule.ts';
import type { Fix, Judgement } from '../../core/verdict.ts';
import type { AuthorizeCase, Case, ResourceCase, TokenCase } from './case.ts';
import { boxOpened } from './rules/box-opened.ts';
import { clientAuthMethod } from './rules/client-auth-method.ts';
import { clientKnown } from './rules/client-known.ts';
import { clientSecret } from './rules/client-secret.ts';
import { codeChallenge } from './rules/code-challenge.ts';
import { codeClient } from './rules/code-client.ts';
import { codeKnown } from './rules/code-known.ts';
import { codeSignature } from './rules/code-signature.ts';
import { codeStanding } from './rules/code-standing.ts';
import { codeUnexpired } from './rules/code-unexpired.ts';
import { codeUnused } from './rules/code-unused.ts';
import { codeVerifier } from './rules/code-verifier.ts';
import { codeWellformed } from './rules/code-wellformed.ts';
import { consentGiven } from './rules/consent-given.ts';
import { dpopFresh } from './rules/dpop-fresh.ts';
import { dpopNonce } from './rules/dpop-nonce.ts';
import { dpopOnce } from './rules/dpop-once.ts';
import { dpopSignature } from './rules/dpop-signature.ts';
import { dpopTarget } from './rules/dpop-target.ts';
import { dpopTokenHash } from './rules/dpop-token-hash.ts';
import { dpopWellformed } from './rules/dpop-wellformed.ts';
import { formReadable } from './rules/form-readable.ts';
import { grantTypeEnabled } from './rules/grant-type-enabled.ts';
import { grantTypeKnown } from './rules/grant-type-known.ts';
import { keyBinding } from './rules/key-binding.ts';
import { mediaType } from './rules/media-type.ts';
import { pairingId } from './rules/pairing-id.ts';
import { pairingKey } from './rules/pairing-key.ts';
import { parametersOnce } from './rules/parameters-once.ts';
import { parametersPresent } from './rules/parameters-present.ts';
import { redirectUriExact } from './rules/redirect-uri-exact.ts';
import { redirectUriRegistered } from './rules/redirect-uri-registered.ts';
import { refreshPace } from './rules/refresh-pace.ts';
import { responseType } from './rules/response-type.ts';
import { scopeEnabled } from './rules/scope-enabled.ts';
import { scopeGranted } from './rules/scope-granted.ts';
import { scopeIncluded } from './rules/scope-included.ts';
import { scopeSufficient } from './rules/scope-sufficient.ts';
import { tokenScheme } from './rules/token-scheme.ts';

const key = [dpopWellformed, dpopSignature, dpopTarget, dpopFresh, dpopNonce, dpopOnce] as const;

/** A sealed request. What is in a box that was not opened nobody knows, and nothing else is judged. */
const box: Phase<TokenCase> = { id: 'box', rules: [boxOpened] };

/** The usual `POST /token`: a code or a refresh token for tokens. */
const usual: readonly Phase<TokenCase>[] = [
  { id: 'request', rules: [mediaType, formReadable, parametersOnce, parametersPresent, grantTypeKnown] },
  { id: 'client', rules: [clientKnown, grantTypeEnabled, clientAuthMethod, clientSecret] },
  { id: 'proof', rules: key },
  { id: 'code', rules: [codeWellformed, codeKnown, codeClient, codeUnused, codeStanding, codeUnexpired] },
  { id: 'binding', rules: [redirectUriExact, redirectUriRegistered, codeVerifier, pairingKey, pairingId] },
  { id: 'scope', rules: [scopeGranted, scopeIncluded, scopeEnabled] },
];

/** `POST /token`, all of it. Most trees have no line on `box`, `signature` and `pace`: see `ofToken`. */
const token: readonly Phase<TokenCase>[] = [
  box,
  ...usual.slice(0, 4),
  { id: 'signature', rules: [codeSignature] },
  ...usual.slice(4),
  { id: 'pace', rules: [refreshPace] },
];

/** The phases that have something to say of this case; of nearly every one it is the usual ones. */
function ofToken(c: TokenCase): readonly Phase<TokenCase>[] {
  const signed = c.handle && (c.handle.read === 'signed' || (c.handle.read === 'ok' && c.handle.form === 'signed'));
  if (!c.box && !signed && c.pace === undefined) return usual;
  if (c.box && 'cause' in c.box) return [box];
  const silent = [...(c.box ? [] : ['box']), ...(signed ? [] : ['signature']), ...(c.pace ? [] : ['pace'])];
  return token.filter(({ id }) => !silent.includes(id));
}

/** The part of the authorize table that must hold before anything is sent to the redirect URI. */
const beforeRedirect: readonly Phase<AuthorizeCase>[] = [
  { id: 'address', rules: [formReadable, parametersOnce, clientKnown, redirectUriRegistered] },
];

/** `GET /authorize`: a person is asked to decide. */
const authorize: readonly Phase<AuthorizeCase>[] = [
  ...beforeRedirect,
  { id: 'request', rules: [responseType, grantTypeEnabled, codeChallenge, keyBinding] },
  { id: 'scope', rules: [scopeIncluded, scopeEnabled] },
  { id: 'decision', rules: [consentGiven] },
];

/** The protected API: an access token for an answer. */
const resource: readonly Phase<ResourceCase>[] = [
  { id: 'token', rules: [tokenScheme, codeWellformed, codeKnown, codeStanding, codeUnexpired] },
  { id: 'proof', rules: [...key, dpopTokenHash, pairingKey] },
  { id: 'scope', rules: [scopeSufficient] },
];

/** The tables by action, as verdicts name them. */
export const tables: {
  readonly token: readonly Phase<TokenCase>[];
  readonly authorize: readonly Phase<AuthorizeCase>[];
  readonly resource: readonly Phase<ResourceCase>[];
} = { token, authorize, resource };

/** An action of this profile. */
export type Action = keyof typeof tables;

/** Rules whose failure at `/authorize` is told to the person and never redirected (RFC 6749 §4.1.2.1). */
export const addressRules: ReadonlySet<string> = new Set(beforeRedirect.flatMap((p) => p.rules.map((r) => r.id)));

/** Names this engine: equal policy and snapshot give an equal tree. */
export const policy: string = createHash('sha256')
  .update(JSON.stringify([tables, 'oauth-4']))
  .digest('base64url')
  .slice(0, 12);

/** Judges a case, fresh or from a snapshot, by the table of its action. */
export function judge(action: Action, c: Case): Judgement {
  const beyond = 'beyond' in c ? (c.beyond ?? []) : [];
  const bindings = 'code' in c ? (c.code?.bindings ?? []).filter(({ fact }) => !beyond.includes(fact)) : [];
  // The snapshot's action names its type; the tables share no other common shape.
  const phases = action === 'token' ? ofToken(c as TokenCase) : tables[action];
  const judgement = decide(c as never, phases as readonly Phase<never>[], bindings);
  const { decisive } = judgement;
  if (!decisive) return judgement;
  return { ...judgement, decisive: { ...decisive, refusal: heardAt(action, decisive) } };
}

/** What RFC 6750 §3.1 and RFC 9449 §7.1 let an API say beside `invalid_token`. */
const API_ERRORS: ReadonlySet<string> = new Set(['invalid_dpop_proof', 'use_dpop_nonce', 'insufficient_scope']);

/**
 * The error as it is heard at one endpoint. Rules are shared by the tables and speak the words of `/token`
 * (RFC 6749 §5.2); `/authorize` (§4.1.2.1) and the API have words of their own.
 */
function heardAt(action: Action, { rule, cause, refusal }: { rule: string; cause: string; refusal: string }): string {
  if (action === 'authorize')
    return refusal === 'invalid_grant' || refusal === 'invalid_client' ? 'invalid_request' : refusal;
  if (action === 'token' || API_ERRORS.has(refusal)) return refusal;
  // RFC 6750 §3.1: a request without any credentials gets no error code.
  return rule === tokenScheme.id && cause === 'missing' ? 'unauthorized' : 'invalid_token';
}

/** One cause of an error, and what to do about it. */
export interface PossibleCause {
  readonly rule: string;
  readonly say: string;
  readonly fixes: readonly Fix[];
}

/** What few requests have to do with: a checklist that knows nothing of its request names it last. */
const RARE: ReadonlySet<string> = new Set([boxOpened.id, codeSignature.id]);

/** The generic checklist of a wire error, for when nothing but the error is known: each cause and its fixes, in order. */
export function checklistFor(error: string): readonly PossibleCause[] {
  const found = new Map<string, PossibleCause>();
  for (const action of Object.keys(tables) as Action[]) {
    const rules = tables[action].flatMap((phase: Phase<never>) => phase.rules);
    for (const { id: rule, refusal, causes, warns } of rules) {
      for (const [cause, { say, fixes }] of Object.entries(causes)) {
        const heard = !warns?.includes(cause) && heardAt(action, { rule, cause, refusal }) === error;
        if (heard) found.set(`${rule}/${cause}`, { rule, say, fixes });
      }
    }
  }
  return [...found.values()].sort((a, b) => Number(RARE.has(a.rule)) - Number(RARE.has(b.rule)));
}
