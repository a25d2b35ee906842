/**
 * `/authorize` without its pages: judges the request, and turns the person's answer into a code or a standard error.
 * The pages, sign-in and sessions are the server's (`src/server/authorize.ts`).
 */
import type { Judgement } from '../../core/verdict.ts';
import { type AuthorizeCase, askedScopes } from './case.ts';
import { appOf, clientPart } from './clients.ts';
import { withListed } from './coverage.ts';
import type { Asked, OAuthDeps, Objection } from './deps.ts';
import { queryEvidence } from './evidence.ts';
import { type Decision, type MintedCode, mintAuthorization } from './mint.ts';
import { addressRules, judge } from './profile.ts';
import { refusalOf, verdictOf } from './verdicts.ts';
import { errorUri, redirectTo } from './wire.ts';

/** A judged authorize request. */
export interface AuthorizeRequest {
  readonly c: AuthorizeCase;
  readonly judgement: Judgement;
  readonly source: string;
  /** Opaque to us, handed back to the client. */
  readonly state?: string;
  readonly generation: number;
  /** What another profile has against it, where OAuth has nothing. */
  readonly objection?: Objection;
}

/** Where the browser goes, or what it is shown when the redirect URI cannot be trusted (RFC 6749 §4.1.2.1). */
export type AuthorizeOutcome =
  | { readonly kind: 'redirect'; readonly location: string; readonly verdict: string }
  | { readonly kind: 'problem'; readonly error: string; readonly verdict: string };

/**
 * Reads and judges the query of an authorize request. With `decision`, the person's answer is judged too. `ownership` is the
 * person in charge's alone: no query asks for it.
 */
export async function readAuthorize(
  deps: OAuthDeps,
  query: string,
  source: string,
  decision?: 'allow' | 'deny',
  ownership?: string,
): Promise<AuthorizeRequest> {
  const { form, facts } = queryEvidence(query);
  const clientId = form.get('client_id');
  const loaded = await deps.store.load({});
  const { now, generation } = loaded;
  const app = await appOf(deps, clientId, loaded);
  const c: AuthorizeCase = withListed(deps, {
    now,
    ...(deps.offline && { offline: true }),
    request: facts,
    ...clientPart(clientId, app),
    ...(decision && { decision }),
  });
  const state = form.get('state');
  const judgement = judge('authorize', c);
  const objection = judgement.ok ? await deps.beyond?.consent(askedOf(c, source, ownership)) : undefined;
  return {
    c,
    judgement,
    source,
    generation,
    ...(state !== undefined && { state }),
    ...(objection && { objection }),
  };
}

/** Is there nothing against it? */
export function isSound({ judgement, objection }: AuthorizeRequest): boolean {
  return judgement.ok && !objection;
}

function askedOf(c: AuthorizeCase, source: string, ownership: string | undefined): Asked {
  const { dpop_jkt: jkt, pairing_id: pairingId, hap_jkt: hapJkt } = c.request.values;
  return {
    now: c.now,
    source,
    ...(c.clientId !== undefined && { clientId: c.clientId }),
    scopes: askedScopes(c),
    ...(jkt !== undefined && { jkt }),
    ...(pairingId !== undefined && { pairingId }),
    ...(hapJkt !== undefined && { hapJkt }),
    ...(ownership !== undefined && { ownership }),
  };
}

/** Scopes the consent page must name. */
export function consentScopes(request: AuthorizeRequest): readonly string[] {
  return askedScopes(request.c);
}

/** Keeps the refusal, and says where it is told: to the client by redirect, or to the person on a page. */
export async function refuseAuthorize(deps: OAuthDeps, request: AuthorizeRequest): Promise<AuthorizeOutcome> {
  const { c, judgement, source, state, objection } = request;
  const verdict = verdictOf(c, judgement, { action: 'authorize', source });
  const kept = await deps.store.refuse(objection?.keep ?? refusalOf(c, judgement, verdict));
  const { rule = '', refusal = objection?.refusal ?? 'server_error' } = judgement.decisive ?? {};
  const redirectUri = c.request.values['redirect_uri'];
  if (addressRules.has(rule) || redirectUri === undefined)
    return { kind: 'problem', error: refusal, verdict: kept.verdict };
  const location = redirectTo(redirectUri, {
    error: refusal,
    error_uri: errorUri(deps, kept.verdict),
    state,
    iss: deps.config.issuer,
  });
  return { kind: 'redirect', location, verdict: kept.verdict };
}

/** Mints what was asked for and judged sound; `by` is whoever decided. */
export async function mintAsked(
  deps: OAuthDeps,
  request: AuthorizeRequest,
  by: string,
  form: Pick<Decision, 'short' | 'handle' | 'ttlSeconds' | 'ownership' | 'grantTtlSeconds'> = {},
): Promise<{ readonly minted: MintedCode; readonly verdict: string }> {
  const { c, judgement, source } = request;
  const {
    redirect_uri: redirectUri,
    code_challenge: challenge,
    dpop_jkt: jkt,
    pairing_id: pairingId,
    hap_jkt: hapJkt,
  } = c.request.values;
  const minted = mintAuthorization(deps, c.now, request.generation, {
    by,
    clientId: c.clientId ?? '',
    scopes: askedScopes(c),
    ...(redirectUri !== undefined && { redirectUri }),
    ...(challenge !== undefined && { challenge }),
    ...(jkt !== undefined && { jkt }),
    ...(pairingId !== undefined && { pairingId }),
    ...(hapJkt !== undefined && { hapJkt }),
    ...form,
  });
  const verdict = verdictOf(c, judgement, {
    action: 'authorize',
    source,
    grant: minted.grant.id,
    code: minted.kept.id,
  });
  await deps.store.mint({ grant: minted.grant, codes: [minted.kept], verdict });
  return { minted, verdict: verdict.id };
}

/**
 * The person has answered: a yes hands a code to the client (RFC 6749 §4.1.2, RFC 9207 `iss`), a no an error.
 *
 * @throws on a bug of the caller: a sound request that was judged without the person's answer
 */
export async function answerAuthorize(
  deps: OAuthDeps,
  request: AuthorizeRequest,
  user: string,
): Promise<AuthorizeOutcome> {
  if (!isSound(request)) return refuseAuthorize(deps, request);
  if (request.c.decision !== 'allow')
    throw new Error('expected a request judged with the answer of a person, got none');
  const { minted, verdict } = await mintAsked(deps, request, user);
  const parameters = { code: minted.code, state: request.state, iss: deps.config.issuer };
  return {
    kind: 'redirect',
    location: redirectTo(request.c.request.values['redirect_uri'] ?? '', parameters),
    verdict,
  };
}
