/** `/setup`: the first run. For strangers, with the link that `counterfoil start` printed. */
import type { Incoming, Outgoing, Route } from '../../protocols/http/exchange.ts';
import { noteAccountEvent } from '../account-events.ts';
import { PATHS } from '../pages/layout.ts';
import { problemPage } from '../pages/problem.ts';
import { type SetupPage, setupGonePage, setupPage } from '../pages/setup.ts';
import { bodyOf, fromElsewhere, html, type PageDeps, queryOf, redirect } from '../visit.ts';

/** Its routes. */
export function setupRoutes(deps: PageDeps): readonly Route[] {
  return [
    { method: 'GET', path: '/setup', handle: (request) => show(deps, request) },
    { method: 'POST', path: '/setup', handle: (request) => claim(deps, request) },
  ];
}

async function show(deps: PageDeps, request: Incoming): Promise<Outgoing> {
  const token = queryOf(request).get('token') ?? '';
  return (await deps.firstRun.holds(token)) ? form(deps, request, 200, { token }) : gone(deps);
}

/** The token that it asks for is no cross-site form's, but a page that was open too long, or another site's, is told first. */
async function claim(deps: PageDeps, request: Incoming): Promise<Outgoing> {
  const values = bodyOf(request);
  const cookie = request.headers['cookie'];
  if (fromElsewhere(request) || !deps.sessions.visitHolds(cookie, values.get('csrf')))
    return html(403, problemPage({ hub: deps.hub, error: 'form_expired' }));
  const token = values.get('token') ?? '';
  const name = (values.get('name') ?? '').trim();
  const password = values.get('password') ?? '';
  const again = async (status: number, problem: NonNullable<SetupPage['problem']>): Promise<Outgoing> =>
    (await deps.firstRun.holds(token)) ? form(deps, request, status, { token, name, problem }) : gone(deps);
  if (password !== values.get('again'))
    return again(400, { about: 'password', say: 'the password was typed in two ways: please type it twice again' });
  const claimed = await deps.firstRun.claim(token, name, password);
  switch (claimed.outcome) {
    case 'gone':
      return gone(deps);
    case 'busy':
      return again(503, { say: 'the hub is busy: please try again' });
    case 'refused':
      return again(400, { about: claimed.about === 'password' ? 'password' : 'name', say: claimed.say });
    case 'added': {
      const { session, setCookie } = await deps.sessions.open(claimed.name, cookie);
      await noteAccountEvent(deps.oauth.registry, { at: session.signedInAt, user: claimed.name, act: 'set-up' });
      return redirect(PATHS.home, { 'set-cookie': setCookie });
    }
  }
}

function form(
  deps: PageDeps,
  request: Incoming,
  status: number,
  input: Pick<SetupPage, 'token' | 'name' | 'problem'>,
): Outgoing {
  const { csrf, setCookie } = deps.sessions.visit(request.headers['cookie']);
  const page = setupPage({ hub: deps.hub, origin: deps.oauth.config.issuer, csrf, ...input });
  return html(status, page, undefined, { 'set-cookie': setCookie });
}

function gone({ hub }: PageDeps): Outgoing {
  return html(410, setupGonePage(hub));
}
