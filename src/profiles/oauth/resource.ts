/** The protected API's gate: an access token for an answer. A refusal leaves a verdict; so does a token's first use. */
import type { KeyObject } from 'node:crypto';
import type { Grant } from '../../core/model.ts';
import type { Judgement } from '../../core/verdict.ts';
import type { Incoming, Outgoing } from '../../protocols/http/exchange.ts';
import type { Loaded, Redemption } from '../../store/port.ts';
import type { App } from './app.ts';
import { bound, enabledScopes, listOf, type ResourceCase } from './case.ts';
import { appOf } from './clients.ts';
import { partsIn, switchedOn } from './coverage.ts';
import type { OAuthDeps } from './deps.ts';
import { judge } from './profile.ts';
import { dpopFacts, dpopNonce, type Proof, readProof } from './prove/dpop.ts';
import type { ReplayCache } from './prove/replay-cache.ts';
import { codeFacts, grantFacts, readHandle } from './token.ts';
import { refusalOf, verdictOf } from './verdicts.ts';
import { errorUri, resourceRefusal } from './wire.ts';

/** Who came in: the grant behind the token, and until when the token lives (ms). */
export interface Admitted {
  readonly ok: true;
  readonly grant: Grant;
  readonly code: string;
  readonly until: number;
  /** The scopes that it was let in for. */
  readonly needs: readonly string[];
  /** The token's scopes that were switched on then. */
  readonly scopes: readonly string[];
  /** RFC 9449 §8.2: the nonce for the next proof, for whoever sent one. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The gate's answer. */
export type Admission = Admitted | { readonly ok: false; readonly answer: Outgoing };

/** A judged API request. */
export interface JudgedAccess {
  readonly c: ResourceCase;
  readonly judgement: Judgement;
  readonly loaded: Loaded;
  /** The application behind the token, where there is one. */
  readonly app?: App;
  /** What the proof may do once. */
  readonly once?: NonNullable<Proof['once']>;
}

/** Judges one API request; nothing is written. `needs` are the scopes of the route. */
export async function judgeAccess(deps: OAuthDeps, request: Incoming, needs: readonly string[]): Promise<JudgedAccess> {
  const { scheme, token } = readAuthorization(request.headers['authorization']);
  const read = token === undefined ? undefined : readHandle('access_token', token);
  const id = read?.handle.read === 'ok' ? read.handle.id : undefined;
  const proof = atApi(await readProof(request.headers['dpop'], token ?? ''));
  const loaded = await deps.store.load({
    ...(id !== undefined && { codes: [id] }),
    ...(proof?.once && deps.config.sharedReplay && { once: [proof.once.key] }),
  });
  const code = id === undefined ? undefined : loaded.codes.get(id);
  const grant = code && loaded.grants.get(code.grant);
  const app = await appOf(deps, grant?.to, loaded);
  const enabled = [...new Set([...enabledScopes(app), ...switchedOn(deps, app, needs)])];
  const within = code ? partsIn(deps, listOf(bound(code, 'scope')), needs) : [];
  const origins = [deps.config.issuer, ...deps.config.aliases];
  const c: ResourceCase = {
    now: loaded.now,
    ...(deps.offline && { offline: true }),
    scheme,
    needs,
    ...(grant && { enabled }),
    ...(within.length > 0 && { within }),
    ...(read && { handle: read.handle }),
    ...(code && { code: codeFacts(code) }),
    ...(grant && { grant: grantFacts(grant) }),
    generation: loaded.generation,
    target: { method: request.method, uris: proof ? origins.map((origin) => origin + request.path) : [] },
    ...(proof && { dpop: dpopFacts(proof, nonceKey(deps), loaded.now, loaded.once) }),
  };
  const judgement = judge('resource', c);
  return { c, judgement, loaded, ...(app && { app }), ...(proof?.once && { once: proof.once }) };
}

/** Its key with a prefix: here and at `/token` a proof is remembered each for itself, whatever remembers it. */
function atApi(proof: Proof | undefined): Proof | undefined {
  return proof?.once ? { ...proof, once: { ...proof.once, key: `api-${proof.once.key}` } } : proof;
}

/**
 * Nonces of this process, as long as only this process remembers what it has seen; those of every node, where the store
 * does. The two belong together: a nonce that others take, or that outlives a restart, would let a proof in twice.
 */
function nonceKey({ config, keys }: OAuthDeps): KeyObject {
  return config.sharedReplay ? keys.nonce : keys.apiNonce;
}

/** Lets one API request in, or refuses it as RFC 6750 says. */
export async function admit(
  deps: OAuthDeps,
  seen: ReplayCache,
  request: Incoming,
  needs: readonly string[],
): Promise<Admission> {
  const { c, judgement, loaded, app } = await settled(deps, seen, request, needs);
  const code = loaded.codes.get(c.code?.id ?? '');
  const grant = loaded.grants.get(c.grant?.id ?? '');
  const nonce = dpopNonce(nonceKey(deps), c.now);
  if (!judgement.ok || !code || !grant) {
    const verdict = verdictOf(c, judgement, { action: 'resource', source: request.source });
    const kept = await deps.store.refuse(refusalOf(c, judgement, verdict));
    return {
      ok: false,
      answer: resourceRefusal(judgement, errorUri(deps, kept.verdict), nonce, needs.join(' ')),
    };
  }
  const headers: Readonly<Record<string, string>> = c.dpop ? { 'dpop-nonce': nonce } : {};
  const scopes = switchedOn(deps, app, listOf(bound(code, 'scope')));
  return { ok: true, grant, code: code.id, until: code.until, needs, scopes, headers };
}

/** Each round that is lost means that the token, its grant or its proof was used or ended by another call meanwhile. */
const ROUNDS_MAX = 10;

/**
 * Judges, and writes what may happen once: the token's first call, for the timeline, and a proof that nodes share. When
 * something changed meanwhile the request is judged again: a parallel call costs nothing, a revocation or a copy of the
 * proof that came first refuses.
 */
async function settled(
  deps: OAuthDeps,
  seen: ReplayCache,
  request: Incoming,
  needs: readonly string[],
): Promise<JudgedAccess> {
  const first = await judgeAccess(deps, request, needs);
  let judged = deps.config.sharedReplay ? first : spendProof(first, seen);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const redemption = redemptionOf(deps, judged, request.source);
    if (!redemption || (await deps.store.redeem(redemption)) === 'done') return judged;
    judged = await judgeAccess(deps, request, needs);
  }
  throw new Error(`expected to settle a call of the API, but others came between ${ROUNDS_MAX} times`);
}

/** What an admitted call writes; most calls write nothing. */
function redemptionOf(
  { config }: OAuthDeps,
  { c, judgement, loaded, once }: JudgedAccess,
  source: string,
): Redemption | undefined {
  const code = loaded.codes.get(c.code?.id ?? '');
  const grant = loaded.grants.get(c.grant?.id ?? '');
  if (!judgement.ok || !code || !grant) return undefined;
  const isFirst = code.used === 0;
  const shared = once !== undefined && config.sharedReplay === true;
  if (!isFirst && !shared) return undefined;
  return {
    now: c.now,
    grant: { id: grant.id, rev: grant.rev },
    issue: [],
    ...(shared && { once: [once] }),
    ...(isFirst && {
      spend: { code: code.id, rev: code.rev },
      verdict: verdictOf(c, judgement, { action: 'resource', source }),
    }),
  };
}

/** Is the token still good, its scopes still switched on? For streams, which outlive the request that was judged. */
export async function stillAdmitted(deps: OAuthDeps, admitted: Admitted): Promise<boolean> {
  const scopes = await scopesNow(deps, admitted);
  if (scopes === undefined) return false;
  const within = partsIn(deps, scopes, admitted.needs);
  return admitted.needs.every((scope) => scopes.includes(scope) || within.includes(scope));
}

/** The scopes of a token that are switched on right now; undefined when it is good no more. */
export async function scopesNow(deps: OAuthDeps, admitted: Admitted): Promise<readonly string[] | undefined> {
  const loaded = await deps.store.load({ codes: [admitted.code] });
  const { now, codes, grants, generation } = loaded;
  const code = codes.get(admitted.code);
  const good =
    code?.state === 'live' &&
    now <= code.until &&
    code.generation === generation &&
    grants.get(code.grant)?.state === 'active';
  if (!good) return undefined;
  return switchedOn(deps, await appOf(deps, admitted.grant.to, loaded), listOf(bound(code, 'scope')));
}

/**
 * Takes the proof's key if the call would be admitted, and only then: so nobody can spend a proof for somebody else, and
 * nobody without a token can fill the cache and push keys out of it.
 */
function spendProof(judged: JudgedAccess, seen: ReplayCache): JudgedAccess {
  const { c, judgement, once } = judged;
  if (!judgement.ok || !c.dpop || !once || seen.take(once.key, c.now, once.until)) return judged;
  const replayed: ResourceCase = { ...c, dpop: { ...c.dpop, replayed: true } };
  return { ...judged, c: replayed, judgement: judge('resource', replayed) };
}

/** Reads the Authorization header of an API request (RFC 6750 §2.1, RFC 9449 §7.1). Total: whatever is no token is `other`. */
export function readAuthorization(header: string | undefined): { scheme: ResourceCase['scheme']; token?: string } {
  if (header === undefined) return { scheme: 'none' };
  const match = /^(bearer|dpop) +([A-Za-z0-9._~+/=-]{1,512})$/i.exec(header);
  if (!match) return { scheme: 'other' };
  return {
    scheme: match[1]?.toLowerCase() === 'dpop' ? 'dpop' : 'bearer',
    ...(match[2] !== undefined && { token: match[2] }),
  };
}
