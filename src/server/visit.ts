/**
 * What every page of the hub is made with: who is asking, whether a form is theirs, and how a page or a way on is answered.
 * Not here: what a page shows (`pages/`), and what each address does (`authorize.ts`, `manage.ts`, `console/`).
 */
import type { OAuthDeps } from '../profiles/oauth/deps.ts';
import { FORM_LIMITS, readForm } from '../protocols/form/form.ts';
import type { Incoming, Outgoing, Route } from '../protocols/http/exchange.ts';
import { type AccountAct, noteAccountEvent } from './account-events.ts';
import type { Assets } from './console/assets.ts';
import type { FirstRun } from './first-run.ts';
import { NotFoundError, OperationError, type Operations } from './operations.ts';
import { PATHS, type Signed } from './pages/layout.ts';
import { type LoginProblem, loginPage } from './pages/login.ts';
import { problemPage } from './pages/problem.ts';
import type { Passkeys } from './passkeys.ts';
import type { PasswordChange, PasswordChanged } from './password-change.ts';
import type { Pulse } from './pulse.ts';
import { pageHeaders } from './security-headers.ts';
import type { Session, Sessions } from './session.ts';
import type { Streams } from './streams.ts';
import type { Users, Viewer } from './users.ts';

/** What the pages need. */
export interface PageDeps {
  readonly oauth: OAuthDeps;
  readonly operations: Operations;
  readonly sessions: Sessions;
  readonly users: Users;
  /** Undefined where browsers make none: the issuer is an IP address. */
  readonly passkeys: Passkeys | undefined;
  readonly firstRun: FirstRun;
  readonly changePassword: (change: PasswordChange) => Promise<PasswordChanged>;
  /** The modules that pages run in the browser. */
  readonly assets: Assets;
  /** Places for pages that are told as things happen, and when there may be something to tell. */
  readonly streams: Streams;
  readonly pulse: Pulse;
  /** The hub's name on its pages. */
  readonly hub: string;
  /** What each scope means to the person who is asked. */
  readonly meanings: (scopes: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** Scopes that are offered where an application is registered; others can be typed. */
  readonly known: ReadonlyMap<string, string>;
}

/** A request of somebody who is signed in. */
export interface Visit {
  readonly deps: PageDeps;
  readonly request: Incoming;
  readonly session: Session;
  readonly viewer: Viewer;
}

/** What an address does for somebody who is signed in. */
export type Handler = (visit: Visit) => Promise<Outgoing> | Outgoing;

/**
 * A page for whoever runs the hub. Who is not signed in is asked to, in the same words whether there is such a thing or not;
 * a developer is told that there is nothing here.
 */
export function forOperator(deps: PageDeps, handle: Handler): Route['handle'] {
  return (request) =>
    visited(deps, request, (visit) => (visit.viewer.role === 'operator' ? handle(visit) : absent(visit)));
}

/** A page for everybody who is signed in: it looks at `visit.viewer` for what may be shown. */
export function forAnyone(deps: PageDeps, handle: Handler): Route['handle'] {
  return (request) => visited(deps, request, handle);
}

async function visited(deps: PageDeps, request: Incoming, handle: Handler): Promise<Outgoing> {
  const who = await viewerOf(deps, request);
  const next = nextOf(request.path + (request.method === 'GET' && request.query !== '' ? `?${request.query}` : ''));
  if (!who) {
    return request.method === 'GET'
      ? showLogin(deps, request, next)
      : showLogin(deps, request, next, undefined, { problem: { kind: 'expired' } }, 403);
  }
  const visit: Visit = { deps, request, ...who };
  if (request.tooLarge) return html(413, problemPage({ ...frame(visit), error: 'too_large' }));
  try {
    return await handle(visit);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    return absent(visit);
  }
}

/**
 * Who asks, while the session lasts and the person is still a user. What another origin asks for without going there (a
 * picture, a frame, a script's request) nobody asks: how long it takes, or how large it is, would tell that origin something.
 */
export async function viewerOf(
  deps: Pick<PageDeps, 'sessions' | 'users'>,
  request: Incoming,
): Promise<{ readonly session: Session; readonly viewer: Viewer } | undefined> {
  const { sessions } = deps;
  const dest = request.headers['sec-fetch-dest'] ?? 'document';
  if (dest !== 'document' && fromElsewhere(request)) return undefined;
  // What a page asks for by itself is no use of a session, or one that is left open would keep it for ever.
  const look = dest === 'empty' ? sessions.peek : sessions.read;
  const session = await look(request.headers['cookie']);
  const viewer = session && (await deps.users.find(session.user));
  return session && viewer && { session, viewer };
}

/** Writes down who did what, to be looked up on the page of keys and audit. */
export async function noted({ deps: { oauth }, viewer }: Visit, act: AccountAct, about?: string): Promise<void> {
  const { now } = await oauth.store.load({});
  const event = { at: now, user: viewer.user, act, ...(about !== undefined && { about }) };
  await noteAccountEvent(oauth.registry, event);
}

/** There is nothing at this address, or nothing for them. */
export function absent(visit: Visit): Outgoing {
  return html(404, problemPage({ ...frame(visit), error: 'not_found' }));
}

/** The answer; where an operation says that this cannot be, there is nothing at this address. */
export async function orAbsent(visit: Visit, answer: Handler): Promise<Outgoing> {
  try {
    return await answer(visit);
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return absent(visit);
  }
}

/** The frame of a page for a visitor. */
export function frame({ deps, session, viewer }: Visit): { readonly hub: string; readonly signed: Signed } {
  return { hub: deps.hub, signed: signedOf(deps, session, viewer) };
}

/** Who is signed in, for the frame of a page. */
function signedOf(deps: Pick<PageDeps, 'sessions'>, session: Session, viewer: Viewer): Signed {
  return { user: session.user, role: viewer.role, csrf: deps.sessions.csrf(session, 'logout') };
}

/** What a form said; `fault` where it could not be read to its end. */
export interface Posted {
  readonly values: ReadonlyMap<string, string>;
  readonly fault?: string;
}

/** Reads a form of at most so many fields. */
export function posted({ body }: Incoming, parameters: number = FORM_LIMITS.parameters): Posted {
  const { parameters: values, fault } = readForm(body, { ...FORM_LIMITS, parameters });
  return { values, ...(fault && { fault: `the form cannot be read: ${fault.detail}` }) };
}

/** Was this form on a page of ours that was made for this visitor and this purpose? */
export function isTheirs({ deps, request, session }: Visit, purpose: string, { values }: Posted): boolean {
  return !fromElsewhere(request) && deps.sessions.csrfHolds(session, purpose, values.get('csrf'));
}

/** A form whose page was somebody else's or has grown old: nothing was done. */
export function formExpired(visit: Visit): Outgoing {
  return html(403, problemPage({ ...frame(visit), error: 'form_expired' }));
}

/** The answer, or what is wrong with what was asked for, to be shown beside the form. */
export async function orProblem<T extends object | undefined>(ask: () => Promise<T>): Promise<T | string> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof OperationError) || error instanceof NotFoundError) throw error;
    return error.message;
  }
}

/**
 * Was the form on a page of another origin? Cookies know no ports: another program on this host can plant its own, with
 * the token that belongs to them, so cookie and token alone do not tell whose form it was. Browsers do (Fetch Metadata).
 */
export function fromElsewhere(request: Incoming): boolean {
  const site = request.headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

/** What came of signing in, where somebody tried. */
export interface LoginTry {
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
  const passkeys = deps.passkeys?.offeredAt(request.headers['host']) ? deps.passkeys : undefined;
  const page = loginPage({
    hub: deps.hub,
    origin,
    csrf,
    hidden: { next },
    ...(passkeys && {
      module: deps.assets.path('passkey'),
      passkey: {
        action: PASSKEY_PATH,
        options: passkeys.request(csrf),
        again: `${PATHS.login}?next=${encodeURIComponent(next)}`,
      },
    }),
    ...(app !== undefined && { app: { name: app } }),
    ...tried,
  });
  const { problem } = tried;
  const wait: Record<string, string> =
    problem && 'retryAfterSeconds' in problem ? { 'retry-after': String(problem.retryAfterSeconds) } : {};
  const headers = { ...pageHeaders(undefined, passkeys !== undefined), 'set-cookie': setCookie, ...wait };
  return { status, headers, body: page };
}

/** Where the sign-in page sends what a passkey answered. */
export const PASSKEY_PATH: string = `${PATHS.login}/passkey`;

/** Our own pages that a person may be sent to, with what they were asked: deciding, one verdict, and the console's. */
const NEXT =
  /^\/(?:authorize\?[\x21-\x7e]*|r\/[0-9A-Za-z]{4,32}|(?:(?:apps|grants|accessories|audit|profile|guide|share)(?:\/(?!\.{1,2}$)(?:[0-9A-Za-z._~:-]|%25[0-9a-f]{2}){1,100})?)?(?:\?[\x21-\x7e]{0,1000})?)$/;

/** Where to go after signing in: one of our own pages, never another site. */
export function nextOf(next: string | undefined): string {
  return next !== undefined && NEXT.test(next) ? next : '/';
}

/** The parameters of a request's query. */
export function queryOf(request: Incoming): ReadonlyMap<string, string> {
  return readForm(request.query).parameters;
}

/** The fields of a form. */
export function bodyOf(request: Incoming): ReadonlyMap<string, string> {
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

/** A page that runs a module of ours; without JavaScript it shows the same. */
export function live(status: number, body: string): Outgoing {
  return { status, headers: pageHeaders(undefined, true), body };
}

/** Sends the browser on with a GET. */
export function redirect(location: string, extra: Readonly<Record<string, string>> = {}): Outgoing {
  return {
    status: 303,
    headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', ...extra },
    body: '',
  };
}
