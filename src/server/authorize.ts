/** `/authorize`: the profile's decisions, mounted on pages that work without JavaScript. */
import { createHash } from 'node:crypto';
import {
  type AuthorizeOutcome,
  type AuthorizeRequest,
  answerAuthorize,
  consentScopes,
  isSound,
  readAuthorize,
  refuseAuthorize,
} from '../profiles/oauth/authorize.ts';
import { sealReference } from '../profiles/oauth/reference.ts';
import type { Incoming, Outgoing, Route } from '../protocols/http/exchange.ts';
import { consentPage } from './pages/consent.ts';
import { problemPage } from './pages/problem.ts';
import { formActionSource } from './security-headers.ts';
import {
  formExpired,
  frame,
  html,
  isTheirs,
  type PageDeps,
  posted,
  redirect,
  showLogin,
  type Visit,
  viewerOf,
} from './visit.ts';

/** The page where a person decides. */
export function authorizeRoutes(deps: PageDeps): readonly Route[] {
  return [
    { method: 'GET', path: '/authorize', handle: (request) => ask(deps, request) },
    { method: 'POST', path: '/authorize', handle: (request) => answer(deps, request) },
  ];
}

async function ask(deps: PageDeps, request: Incoming): Promise<Outgoing> {
  const asked = await readAuthorize(deps.oauth, request.query, request.source);
  if (!asked.judgement.ok) return outcome(deps, await refuseAuthorize(deps.oauth, asked));
  const who = await viewerOf(deps, request);
  if (!who) return showLogin(deps, request, `/authorize?${request.query}`, asked.c.client?.name);
  const visit: Visit = { deps, request, ...who };
  if (!maySay(visit)) return notTheirs(visit);
  // What another profile has against it tells what this house has: nobody hears of it before somebody who may decide came.
  return isSound(asked) ? consent(visit, asked) : outcome(deps, await refuseAuthorize(deps.oauth, asked));
}

/** A developer looks into refusals; what an app may do in this house is not for them to say. */
function maySay({ viewer }: Visit): boolean {
  return viewer.role === 'operator';
}

function notTheirs(visit: Visit): Outgoing {
  return html(403, problemPage({ ...frame(visit), error: 'not_yours' }));
}

async function consent(visit: Visit, asked: AuthorizeRequest): Promise<Outgoing> {
  const { deps, session } = visit;
  const { query } = visit.request;
  const meanings = await deps.meanings(consentScopes(asked));
  const { redirect_uri: redirectUri = '', dpop_jkt: key, pairing_id: pairingId } = asked.c.request.values;
  const page = consentPage({
    ...frame(visit),
    csrf: deps.sessions.csrf(session, consentPurpose(query)),
    action: '/authorize',
    hidden: { request: query },
    app: { name: asked.c.client?.name ?? '', clientId: asked.c.clientId ?? '', redirectUri },
    scopes: consentScopes(asked).map((name) => {
      const means = meanings.get(name);
      return means === undefined ? { name } : { name, means };
    }),
    ...(key !== undefined && { boundTo: { key: key.slice(0, 8), ...(pairingId !== undefined && { pairingId }) } }),
    codeTtlSeconds: deps.oauth.config.codeTtlSeconds,
  });
  return html(200, page, formActionSource(redirectUri));
}

/** The person's answer: the request comes back with the form and is judged again from its first byte. */
async function answer(deps: PageDeps, request: Incoming): Promise<Outgoing> {
  const form = posted(request);
  const query = form.values.get('request') ?? '';
  const who = await viewerOf(deps, request);
  if (!who) return html(403, problemPage({ hub: deps.hub, error: 'form_expired' }));
  const visit: Visit = { deps, request, ...who };
  if (!isTheirs(visit, consentPurpose(query), form)) return formExpired(visit);
  if (!maySay(visit)) return notTheirs(visit);
  const decision = form.values.get('decision') === 'allow' ? 'allow' : 'deny';
  const asked = await readAuthorize(deps.oauth, query, request.source, decision);
  return outcome(deps, await answerAuthorize(deps.oauth, asked, visit.viewer.user));
}

/** One token for one request: it answers no other. */
function consentPurpose(query: string): string {
  return `consent:${createHash('sha256').update(query).digest('base64url')}`;
}

function outcome(deps: PageDeps, result: AuthorizeOutcome): Outgoing {
  if (result.kind === 'redirect') return redirect(result.location);
  const reference = sealReference(deps.oauth.keys.reference, result.verdict);
  return html(400, problemPage({ hub: deps.hub, error: result.error, reference }));
}
