/** Signing in and out at the hub's pages: by name and password, by a passkey, or once by a link of the command line. */
import type { Incoming, Outgoing, Route } from '../protocols/http/exchange.ts';
import { type AccountAct, noteAccountEvent } from './account-events.ts';
import type { LoginProblem } from './pages/login.ts';
import { problemPage } from './pages/problem.ts';
import {
  bodyOf,
  fromElsewhere,
  html,
  nextOf,
  PASSKEY_PATH,
  type PageDeps,
  queryOf,
  redirect,
  showLogin,
} from './visit.ts';

/** The addresses of signing in and out. */
export function signInRoutes(deps: PageDeps): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/login',
      handle: (request) => showLogin(deps, request, nextOf(queryOf(request).get('next'))),
    },
    { method: 'POST', path: '/login', handle: (request) => signIn(deps, request) },
    { method: 'POST', path: PASSKEY_PATH, handle: (request) => signInByPasskey(deps, request) },
    { method: 'GET', path: '/login/link', handle: (request) => signInByLink(deps, request) },
    { method: 'POST', path: '/logout', handle: (request) => signOut(deps, request) },
  ];
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
  if (result.outcome === 'in') return letIn(deps, request, result.user, 'password', next);
  const problem: LoginProblem =
    result.outcome === 'wrong'
      ? { kind: 'wrong' }
      : { kind: result.outcome, retryAfterSeconds: result.retryAfterSeconds };
  return again(problem, LOGIN_STATUS[result.outcome]);
}

async function signInByLink(deps: PageDeps, request: Incoming): Promise<Outgoing> {
  const user = await deps.sessions.redeemLink(queryOf(request).get('token'));
  if (user === undefined) return showLogin(deps, request, '/', undefined, { problem: { kind: 'link' } }, 401);
  return letIn(deps, request, user, 'link', '/');
}

/** The form of a passkey: whose it is stands in the answer, so nothing is told of who has one. */
async function signInByPasskey(deps: PageDeps, request: Incoming): Promise<Outgoing> {
  const form = bodyOf(request);
  const next = nextOf(form.get('next'));
  const bound = form.get('csrf') ?? '';
  const again = (problem: LoginProblem, status: number): Outgoing =>
    showLogin(deps, request, next, undefined, { problem }, status);
  if (fromElsewhere(request) || !deps.sessions.visitHolds(request.headers['cookie'], bound))
    return again({ kind: 'expired' }, 403);
  const answer = form.get('answer') ?? '';
  const result = (await deps.passkeys?.signIn({ bound, answer, source: request.source })) ?? { outcome: 'wrong' };
  switch (result.outcome) {
    case 'in':
      return letIn(deps, request, result.user, 'passkey', next);
    case 'expired':
      return again({ kind: 'expired' }, 403);
    case 'wrong':
      return again({ kind: 'passkey' }, LOGIN_STATUS.wrong);
    default:
      return again({ kind: 'wait', retryAfterSeconds: result.retryAfterSeconds }, LOGIN_STATUS.wait);
  }
}

/** Signed in, under a fresh session, and on the way to where they wanted to be. */
async function letIn(
  deps: PageDeps,
  request: Incoming,
  user: string,
  act: AccountAct,
  next: string,
): Promise<Outgoing> {
  const { session, setCookie } = await deps.sessions.open(user, request.headers['cookie']);
  await noteAccountEvent(deps.oauth.registry, { at: session.signedInAt, user, act });
  return redirect(next, { 'set-cookie': setCookie });
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
