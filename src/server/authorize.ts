/** `/authorize`, sign-in and the verdict pages: the profile's decisions, mounted on pages that work without JavaScript. */
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
import type { OAuthDeps } from '../profiles/oauth/deps.ts';
import { sealReference } from '../profiles/oauth/reference.ts';
import { readForm } from '../protocols/form/form.ts';
import type { Incoming, Outgoing, Route } from '../protocols/http/exchange.ts';
import { type AppView, OperationError, type Operations } from './operations.ts';
import { consentPage } from './pages/consent.ts';
import { homePage } from './pages/home.ts';
import type { Signed } from './pages/layout.ts';
import { type LoginProblem, loginPage } from './pages/login.ts';
import { problemPage } from './pages/problem.ts';
import { signinNeededPage } from './pages/signin-needed.ts';
import { settingsRefused, verdictPage } from './pages/verdict.ts';
import { formActionSource, pageHeaders } from './security-headers.ts';
import type { Session, Sessions } from './session.ts';
import type { Users } from './users.ts';

/** What the pages need. */
export interface PageDeps {
  readonly oauth: OAuthDeps;
  readonly operations: Operations;
  readonly sessions: Sessions;
  readonly users: Users;
  /** The hub's name on its pages. */
  readonly hub: string;
  /** What each scope means to the person who is asked. */
  readonly meanings: (scopes: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** Scopes that are offered where an application is registered; others can be typed. */
  readonly known: ReadonlyMap<string, string>;
}

/** Every page route. */
export function pageRoutes(deps: PageDeps): readonly Route[] {
  return [
    { method: 'GET', path: '/', handle: (request) => home(deps, request) },
    {
      method: 'GET',
      path: '/login',
      handle: (request) => showLogin(deps, request, nextOf(queryOf(request).get('next'))),
    },
    { method: 'POST', path: '/login', handle: (request) => signIn(deps, request) },
    { method: 'GET', path: '/login/link', handle: (request) => signInByLink(deps, request) },
    { method: 'POST', path: '/logout', handle: (request) => signOut(deps, request) },
    { method: 'GET', path: '/authorize', handle: (request) => ask(deps, request) },
    { method: 'POST', path: '/authorize', handle: (request) => answer(deps, request) },
    { method: 'GET', path: '/r/:reference', handle: (request) => showVerdict(deps, request) },
  ];
}

async function home(deps: PageDeps, request: Incoming): Promise<Outgoing> {
  const session = await deps.sessions.read(request.headers['cookie']);
  const { issuer } = deps.oauth.config;
  if (!session) return html(200, homePage({ hub: deps.hub, issuer }));
  const refusals = (await deps.operations.verdicts({ limit: 50 })).filter((verdict) => !verdict.ok);
  return html(200, homePage({ hub: deps.hub, issuer, signed: signedOf(deps, session), refusals }));
}

async function ask(deps: PageDeps, request: Incoming): Promise<Outgoing> {
  const asked = await readAuthorize(deps.oauth, request.query, request.source);
  if (!isSound(asked)) return outcome(deps, await refuseAuthorize(deps.oauth, asked));
  const session = await deps.sessions.read(request.headers['cookie']);
  if (!session) return showLogin(deps, request, `/authorize?${request.query}`, asked.c.client?.name);
  return consent(deps, session, asked, request.query);
}

async function consent(deps: PageDeps, session: Session, asked: AuthorizeRequest, query: string): Promise<Outgoing> {
  const meanings = await deps.meanings(consentScopes(asked));
  const { redirect_uri: redirectUri = '', dpop_jkt: key, pairing_id: pairingId } = asked.c.request.values;
  const page = consentPage({
    hub: deps.hub,
    signed: signedOf(deps, session),
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
  const form = bodyOf(request);
  const query = form.get('request') ?? '';
  const session = await deps.sessions.read(request.headers['cookie']);
  const holds = session && deps.sessions.csrfHolds(session, consentPurpose(query), form.get('csrf'));
  if (!holds || fromElsewhere(request)) {
    return html(
      403,
      problemPage({ hub: deps.hub, error: 'form_expired', ...(session && { signed: signedOf(deps, session) }) }),
    );
  }
  const decision = form.get('decision') === 'allow' ? 'allow' : 'deny';
  const asked = await readAuthorize(deps.oauth, query, request.source, decision);
  return outcome(deps, await answerAuthorize(deps.oauth, asked, session.user));
}

/**
 * Was the form on a page of another origin? Cookies know no ports: another program on this host can plant its own, with
 * the token that belongs to them, so cookie and token alone do not tell whose form it was. Browsers do (Fetch Metadata).
 */
export function fromElsewhere(request: Incoming): boolean {
  const site = request.headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
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

interface LoginTry {
  readonly name?: string;
  readonly problem?: LoginProblem;
}

/** The sign-in page, leading on to `next`: a path that `nextOf` would let through. */
export function showLogin(
  deps: PageDeps,
  request: Incoming,
  next: string,
  app?: string,
  tried: LoginTry = {},
  status = 200,
): Outgoing {
  const { csrf, setCookie } = deps.sessions.visit(request.headers['cookie']);
  const origin = deps.oauth.config.issuer;
  const page = loginPage({
    hub: deps.hub,
    origin,
    csrf,
    hidden: { next },
    ...(app !== undefined && { app: { name: app } }),
    ...tried,
  });
  const { problem } = tried;
  const wait: Record<string, string> =
    problem && 'retryAfterSeconds' in problem ? { 'retry-after': String(problem.retryAfterSeconds) } : {};
  return html(status, page, undefined, { 'set-cookie': setCookie, ...wait });
}

const LOGIN_STATUS = { wrong: 401, wait: 429, busy: 503 } as const;

async function signIn(deps: PageDeps, request: Incoming): Promise<Outgoing> {
  const form = bodyOf(request);
  const next = nextOf(form.get('next'));
  const name = form.get('name') ?? '';
  const cookie = request.headers['cookie'];
  const again = (problem: LoginProblem, status: number): Outgoing =>
    showLogin(deps, request, next, undefined, { name: name.slice(0, 64), problem }, status);
  if (fromElsewhere(request) || !deps.sessions.visitHolds(cookie, form.get('csrf')))
    return again({ kind: 'expired' }, 403);
  const result = await deps.users.signIn({ name, password: form.get('password') ?? '', source: request.source });
  if (result.outcome === 'in')
    return redirect(next, { 'set-cookie': (await deps.sessions.open(result.user, cookie)).setCookie });
  const problem: LoginProblem =
    result.outcome === 'wrong'
      ? { kind: 'wrong' }
      : { kind: result.outcome, retryAfterSeconds: result.retryAfterSeconds };
  return again(problem, LOGIN_STATUS[result.outcome]);
}

async function signInByLink(deps: PageDeps, request: Incoming): Promise<Outgoing> {
  const user = await deps.sessions.redeemLink(queryOf(request).get('token'));
  if (user === undefined) return showLogin(deps, request, '/', undefined, { problem: { kind: 'link' } }, 401);
  return redirect('/', { 'set-cookie': (await deps.sessions.open(user, request.headers['cookie'])).setCookie });
}

async function signOut(deps: PageDeps, request: Incoming): Promise<Outgoing> {
  const cookie = request.headers['cookie'];
  const session = await deps.sessions.read(cookie);
  const holds = session && deps.sessions.csrfHolds(session, 'logout', bodyOf(request).get('csrf'));
  if (!holds || fromElsewhere(request)) {
    return html(403, problemPage({ hub: deps.hub, error: 'form_expired' }));
  }
  return redirect('/', { 'set-cookie': (await deps.sessions.close(cookie)).setCookie });
}

/** A stranger is shown the same page whether the reference exists or not. */
async function showVerdict(deps: PageDeps, request: Incoming): Promise<Outgoing> {
  const reference = request.path.slice('/r/'.length);
  const session = await deps.sessions.read(request.headers['cookie']);
  if (!session) return html(200, signinNeededPage({ hub: deps.hub, reference }));
  const signed = signedOf(deps, session);
  try {
    const verdict = await deps.operations.verdict(`vd_${reference.toUpperCase()}`);
    const timeline = verdict.grant === undefined ? undefined : await deps.operations.timeline(verdict.grant);
    const app = settingsRefused(verdict) ? await appOf(deps, verdict.subject) : undefined;
    return html(
      200,
      verdictPage({ hub: deps.hub, signed, verdict, ...(timeline && { timeline }), ...(app && { app }) }),
    );
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return html(404, problemPage({ hub: deps.hub, error: 'not_found', signed }));
  }
}

/** The application that a verdict is about, while it is registered. */
async function appOf(deps: PageDeps, id: string | undefined): Promise<AppView | undefined> {
  return (await deps.operations.listApps()).find((app) => app.id === id);
}

/** Who is signed in, for the frame of a page. */
export function signedOf(deps: PageDeps, session: Session): Signed {
  return { user: session.user, csrf: deps.sessions.csrf(session, 'logout') };
}

/** Our own pages that a person may be sent to: deciding, one verdict, the applications and one of them. */
const NEXT =
  /^\/(?:authorize\?[\x21-\x7e]*|r\/[0-9A-Za-z]{4,32}|apps(?:\/(?!\.{1,2}$)(?:[0-9A-Za-z._~-]|%25[0-9a-f]{2}){1,100})?)?$/;

/** Where to go after signing in: one of our own pages, never another site. */
export function nextOf(next: string | undefined): string {
  return next !== undefined && NEXT.test(next) ? next : '/';
}

/** The parameters of a request's query. */
export function queryOf(request: Incoming): ReadonlyMap<string, string> {
  return readForm(request.query).parameters;
}

function bodyOf(request: Incoming): ReadonlyMap<string, string> {
  return readForm(request.body).parameters;
}

/** A page as an answer. `formAction` is one more place its form may lead to, made by `formActionSource`. */
export function html(
  status: number,
  body: string,
  formAction?: string,
  extra: Readonly<Record<string, string>> = {},
): Outgoing {
  return { status, headers: { ...pageHeaders(formAction), ...extra }, body };
}

/** Sends the browser on with a GET. */
export function redirect(location: string, extra: Readonly<Record<string, string>> = {}): Outgoing {
  return {
    status: 303,
    headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', ...extra },
    body: '',
  };
}
