/** Mints an authorization code for a decision: by consent in the browser, or by the person in charge. */
import type { Binding, Code, Facts, Grant } from '../../core/model.ts';
import { type SigningKey, signCode } from '../../protocols/signed-code/signed-code.ts';
import { codeId, mintCode, newId, readCode } from '../../protocols/typed-code/typed-code.ts';
import { CODE_TTL_MAX_SECONDS, type OAuthDeps } from './deps.ts';

/** Policy epoch of codes minted by this version; a change of binding rules raises it. */
const POLICY_EPOCH = 1;

/** What was decided. All of it has been judged before. */
export interface Decision {
  readonly by: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly redirectUri?: string;
  readonly challenge?: string;
  readonly jkt?: string;
  readonly pairingId?: string;
  /** Thumbprint of the key that accessories shall know the app by, where that is not the DPoP key. */
  readonly hapJkt?: string;
  /** A change of ownership that the code is for, in the words of the profile that carries it out. */
  readonly ownership?: string;
  /** The 16-character form; only for codes bound to a key or a challenge. */
  readonly short?: boolean;
  /** A code that can be verified offline, where the hub has a key for them. */
  readonly handle?: 'signed';
  readonly ttlSeconds?: number;
  /** Seconds after which the grant ends by itself, with everything issued for it; never unless given. */
  readonly grantTtlSeconds?: number;
}

/** The code, shown once, and what is kept of it. */
export interface MintedCode {
  readonly code: string;
  readonly grant: Grant;
  readonly kept: Code;
}

/**
 * Builds a grant and its code at `now`; the caller writes both in one `mint`.
 *
 * @throws on a bug of the caller: a decision that nobody could be held to, because what it names is bound to nothing
 */
export function mintAuthorization(deps: OAuthDeps, now: number, generation: number, decision: Decision): MintedCode {
  const { by, clientId, scopes, redirectUri, pairingId } = decision;
  if (pairingId !== undefined && decision.jkt === undefined)
    throw new Error('expected a key for the pairing, got none');
  if (decision.short && decision.jkt === undefined && decision.challenge === undefined) {
    throw new Error('expected a key or a challenge for a short code, got neither');
  }
  const signer = decision.handle === 'signed' ? deps.keys.codes : undefined;
  if (decision.handle === 'signed' && !signer) throw new Error('expected a key to sign codes with, got none');
  const terms: Facts = {
    scope: scopes,
    ...(redirectUri !== undefined && { redirect_uri: redirectUri }),
    ...(pairingId !== undefined && { pairing_id: pairingId }),
    ...(decision.ownership !== undefined && { ownership: decision.ownership }),
  };
  const grant: Grant = {
    id: newId('gr_', now),
    profile: 'oauth',
    by,
    to: clientId,
    terms,
    from: now,
    until: decision.grantTtlSeconds === undefined ? null : now + decision.grantTtlSeconds * 1_000,
    state: 'active',
    policyEpoch: POLICY_EPOCH,
    rev: 1,
  };
  const ttlSeconds = Math.min(decision.ttlSeconds ?? deps.config.codeTtlSeconds, CODE_TTL_MAX_SECONDS);
  return {
    grant,
    ...mintCodeOf(grant, bindingsOf(decision), {
      now,
      generation,
      ttlSeconds,
      form: signer ?? (decision.short ? 'bound' : 'opaque'),
    }),
  };
}

/** What a code looks like: 29 characters, 16, or signed with this key. */
export type CodeForm = 'opaque' | 'bound' | SigningKey;

/** A code for an existing grant, with the bindings given. */
export function mintCodeOf(
  grant: Pick<Grant, 'id' | 'until'>,
  bindings: readonly Binding[],
  { now, generation, ttlSeconds, form }: { now: number; generation: number; ttlSeconds: number; form: CodeForm },
): { code: string; kept: Code } {
  const until = endOf(grant, now + ttlSeconds * 1_000);
  const signed = typeof form === 'object';
  const code = signed ? signCode(form, { from: now, until }) : mintCode('authorization_code', form, now);
  const kept: Code = {
    id: codeId('authorization_code', signed ? code : bodyOf(code)),
    grant: grant.id,
    purpose: 'authorization_code',
    handle: signed ? 'signed' : form,
    bindings,
    from: now,
    until,
    total: 1,
    used: 0,
    state: 'live',
    generation,
    rev: 1,
  };
  return { code, kept };
}

/** What is issued for a grant lives no longer than the grant. Milliseconds since the epoch. */
export function endOf({ until }: Pick<Grant, 'until'>, wanted: number): number {
  return until === null ? wanted : Math.min(until, wanted);
}

function bodyOf(code: string): string {
  const read = readCode('authorization_code', code);
  if (!read.ok) throw new Error('a minted code can be read');
  return read.body;
}

function bindingsOf({
  clientId,
  redirectUri,
  challenge,
  jkt,
  pairingId,
  hapJkt,
  ownership,
  scopes,
}: Decision): readonly Binding[] {
  const exact = (fact: string, expected: string | undefined): readonly Binding[] =>
    expected === undefined ? [] : [{ fact, match: 'exact', expected }];
  return [
    ...exact('client_id', clientId),
    ...exact('redirect_uri', redirectUri),
    ...exact('code_challenge', challenge).map((b): Binding => ({ ...b, secret: true })),
    ...exact('jkt', jkt),
    ...exact('pairing_id', pairingId),
    ...exact('hap_jkt', hapJkt),
    ...exact('ownership', ownership),
    { fact: 'scope', match: 'covers', expected: scopes },
  ];
}
