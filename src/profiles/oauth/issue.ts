/** What a sound token request is given: an access token, a refresh token where the app may refresh, and what follows. */
import type { Binding, Code, Grant } from '../../core/model.ts';
import type { Verdict } from '../../core/verdict.ts';
import { codeId, LABELS, mintCode, successorOf } from '../../protocols/typed-code/typed-code.ts';
import type { Loaded, Redemption } from '../../store/port.ts';
import { askedScopes, bound, boundText, inGrace, listOf, provenKey, type TokenCase } from './case.ts';
import type { OAuthDeps, Owed } from './deps.ts';
import { endOf } from './mint.ts';
import type { Proof } from './prove/dpop.ts';

/** RFC 6749 §5.1. */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: 'Bearer' | 'DPoP';
  readonly expires_in: number;
  readonly refresh_token?: string;
  readonly scope: string;
}

/** A judged, sound attempt, and what it was judged from. */
export interface SoundAttempt {
  readonly c: TokenCase;
  readonly evidence: {
    readonly presented?: string;
    readonly proof?: Proof;
    readonly box?: { readonly once?: { readonly key: string; readonly until: number } };
  };
  readonly loaded: Loaded;
}

/** The answer, and the redemption that must be done before anybody hears it. */
export interface Issued {
  readonly response: TokenResponse;
  readonly redemption: Redemption;
}

const NOTHING: Owed = { effects: [] };

/** Builds both for a judged, sound case. Pure but for fresh random tokens. */
export function issue(deps: OAuthDeps, judged: SoundAttempt, verdict: Verdict, owed: Owed = NOTHING): Issued {
  const { c, loaded } = judged;
  const spent = loaded.codes.get(c.code?.id ?? '');
  const grant = loaded.grants.get(spent?.grant ?? '');
  if (!spent || !grant) throw new Error('a sound case has a code and a grant');
  const access = accessToken(deps, c, grant);
  const refresh = refreshToken(deps, judged, spent, grant);
  const again = c.intent === 'refresh_token' && inGrace(c);
  const once = [judged.evidence.proof?.once, judged.evidence.box?.once].filter((one) => one !== undefined);
  return {
    response: {
      access_token: access.token,
      token_type: bound(access.code, 'jkt') === undefined ? 'Bearer' : 'DPoP',
      expires_in: Math.floor((access.code.until - c.now) / 1_000),
      ...(refresh && { refresh_token: refresh.token }),
      scope: access.scope,
      ...owed.response,
    },
    redemption: {
      now: c.now,
      grant: { id: grant.id, rev: grant.rev },
      ...(again
        ? { unchanged: [spent, ...(refresh ? [refresh.code] : [])].map(({ id, rev }) => ({ code: id, rev })) }
        : {
            spend: {
              code: spent.id,
              rev: spent.rev,
              ...(refresh && c.intent === 'refresh_token' && { next: refresh.code.id }),
            },
          }),
      issue: again || !refresh ? [access.code] : [access.code, refresh.code],
      ...(once.length > 0 && { once }),
      effects: owed.effects,
      verdict,
    },
  };
}

function accessToken(deps: OAuthDeps, c: TokenCase, grant: Grant): { token: string; code: Code; scope: string } {
  // Exactly the scopes that the rules judged: a request that names a part of them gets that part.
  const scopes = askedScopes(c);
  const token = mintCode('access_token', 'opaque', c.now);
  const key = provenKey(c);
  const bindings = [...clientBinding(c), ...scopeBinding(scopes), ...keyBinding(key)];
  return {
    token,
    code: codeOf('access_token', token, grant, c, bindings, deps.config.accessTtlSeconds, null),
    scope: scopes.join(' '),
  };
}

/** A fresh family starts at random; after that each token has one successor that can be computed again. */
function refreshToken(
  deps: OAuthDeps,
  judged: SoundAttempt,
  spent: Code,
  grant: Grant,
): { token: string; code: Code } | undefined {
  const { c, evidence, loaded } = judged;
  if (!c.client?.grantTypes.includes('refresh_token')) return undefined;
  const known = spent.next === undefined ? undefined : loaded.codes.get(spent.next);
  const token =
    c.intent === 'authorization_code'
      ? mintCode('refresh_token', 'opaque', c.now)
      : successorOf(deps.keys.successor, evidence.presented ?? '', grant.id, spent.usedAt ?? c.now);
  if (known) {
    // Under another master key the successor cannot be made again, and a dead token must not pass for it.
    if (idOf('refresh_token', token) !== known.id)
      throw new Error('the refresh successor cannot be made again: the master key has changed');
    return { token, code: known };
  }
  const key = refreshKey(c, c.client.authMethod);
  const granted = bound(c.code, 'scope');
  const bindings = [...clientBinding(c), ...scopeBinding(listOf(granted)), ...keyBinding(key)];
  return { token, code: codeOf('refresh_token', token, grant, c, bindings, deps.config.refreshTtlSeconds, 1) };
}

/**
 * RFC 9449 §5: a public client's refresh token is bound to its key; a confidential one's to the client. What is tied to
 * a pairing is tied to its key as well, or refreshing would turn it into a bearer token that opens the accessory.
 */
function refreshKey(c: TokenCase, authMethod: string): string | undefined {
  const kept = boundText(c.code, 'jkt');
  if (authMethod === 'none') return provenKey(c) ?? kept;
  return c.intent === 'refresh_token' || boundText(c.code, 'pairing_id') !== undefined ? kept : undefined;
}

/** The id of a token that was made here: no need to read it as if somebody had presented it. */
function idOf(purpose: 'access_token' | 'refresh_token', token: string): string {
  return codeId(purpose, token.slice(LABELS[purpose].length));
}

function codeOf(
  purpose: 'access_token' | 'refresh_token',
  token: string,
  grant: Grant,
  c: TokenCase,
  bindings: readonly Binding[],
  ttlSeconds: number,
  total: number | null,
): Code {
  return {
    id: idOf(purpose, token),
    grant: grant.id,
    purpose,
    handle: 'opaque',
    bindings,
    from: c.now,
    until: endOf(grant, c.now + ttlSeconds * 1_000),
    total,
    used: 0,
    state: 'live',
    generation: c.generation,
    rev: 1,
  };
}

function clientBinding(c: TokenCase): readonly Binding[] {
  return [{ fact: 'client_id', match: 'exact', expected: c.clientId ?? '' }];
}

function scopeBinding(scopes: readonly string[]): readonly Binding[] {
  return [{ fact: 'scope', match: 'covers', expected: scopes }];
}

function keyBinding(jkt: string | undefined): readonly Binding[] {
  return jkt === undefined ? [] : [{ fact: 'jkt', match: 'exact', expected: jkt }];
}
