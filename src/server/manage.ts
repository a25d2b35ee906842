/**
 * Trusted Applications on pages: list, register, change, remove, for whoever runs the hub. Everything goes through
 * `Operations`, so a page can do what the command line can, and no more.
 *
 * A form names what it does in the field `do`; its CSRF token is good for that form of that application alone.
 */
import type { AppScope, GrantType } from '../profiles/oauth/app.ts';
import type { Outgoing, Route } from '../protocols/http/exchange.ts';
import { holdingsOf } from './holdings.ts';
import { type AppInput, type AppView, NotFoundError, OperationError } from './operations.ts';
import { appPage } from './pages/app.ts';
import {
  APP_FORMS,
  type AppForm,
  appIdOf,
  appPath,
  type KnownScope,
  type ScopeSwitch,
  SECTION,
  switchesOf,
  type Tried,
} from './pages/app-fields.ts';
import { APP_KINDS, appNewPage, appSecretPage } from './pages/app-new.ts';
import { appRemovePage } from './pages/app-remove.ts';
import { appsPage } from './pages/apps.ts';
import { PATHS } from './pages/layout.ts';
import {
  formExpired,
  forOperator,
  frame,
  html,
  isTheirs,
  noted,
  orProblem,
  type PageDeps,
  posted,
  queryOf,
  redirect,
  type Visit,
} from './visit.ts';

/** The routes of the registry. */
export function appRoutes(deps: PageDeps): readonly Route[] {
  const path = { list: PATHS.apps, new: `${PATHS.apps}/new`, one: `${PATHS.apps}/:id` };
  return [
    { method: 'GET', path: path.list, handle: forOperator(deps, list) },
    { method: 'GET', path: path.new, handle: forOperator(deps, (visit) => showNew(visit)) },
    { method: 'POST', path: path.new, handle: forOperator(deps, register) },
    { method: 'GET', path: path.one, handle: forOperator(deps, showOne) },
    { method: 'POST', path: path.one, handle: forOperator(deps, change) },
  ];
}

async function list(visit: Visit): Promise<Outgoing> {
  const apps = await visit.deps.operations.listApps();
  const removed = queryOf(visit.request).get('done') === 'remove';
  return html(200, appsPage({ ...frame(visit), apps, ...(removed && { removed }) }));
}

function showNew(visit: Visit, tried?: Tried<'new'>): Outgoing {
  const csrf = visit.deps.sessions.csrf(visit.session, NEW);
  return html(
    tried ? 400 : 200,
    appNewPage({ ...frame(visit), csrf, known: knownScopes(visit.deps), ...(tried && { tried }) }),
  );
}

async function register(visit: Visit): Promise<Outgoing> {
  const { deps } = visit;
  const form = posted(visit.request, FIELDS_MAX);
  const { values, fault } = form;
  const tried = (problem: string): Outgoing => showNew(visit, { form: 'new', problem, values });
  if (!isTheirs(visit, NEW, form)) return formExpired(visit);
  if (fault !== undefined) return tried(fault);
  const id = (values.get('id') ?? '').trim();
  const saved = await orProblem(() => deps.operations.addApp(id, newApp(values)));
  if (typeof saved === 'string') return tried(saved);
  await noted(visit, 'app-registered', id);
  if (saved.secret === undefined) return redirect(appPath(id));
  return html(200, appSecretPage({ ...frame(visit), app: saved.app, secret: saved.secret }));
}

function newApp(values: ReadonlyMap<string, string>): AppInput {
  const kind = APP_KINDS.find((one) => one === values.get('kind'));
  if (kind === undefined) throw new OperationError(`expected a kind of application: ${APP_KINDS.join(', ')}`);
  const name = (values.get('name') ?? '').trim();
  const ticked = switchesOf(values).flatMap((row) => (row.included ? [row.name] : []));
  return {
    ...(name !== '' && { name }),
    ...(kind === 'public' ? { type: 'public' } : { type: 'confidential', authMethod: kind }),
    redirectUris: lines(values.get('uris')),
    scopes: [...ticked, ...words(values.get('more'))],
  };
}

async function showOne(visit: Visit): Promise<Outgoing> {
  const query = queryOf(visit.request);
  const app = await appAsked(visit);
  if (query.get('ask') === 'remove') return askRemove(visit, app);
  const done = APP_FORMS.find((form) => form === query.get('done'));
  return html(200, await onePage(visit, app, done && { done }));
}

/** Refusals on the page of an application; the rest are in the list. */
const REFUSALS_SHOWN = 8;

async function onePage(
  visit: Visit,
  app: AppView,
  more: Pick<Parameters<typeof appPage>[0], 'done' | 'tried' | 'expired'> = {},
): Promise<string> {
  const { deps, session } = visit;
  const refusals = await deps.operations.verdicts({ client: app.id, ok: false, limit: REFUSALS_SHOWN });
  const csrf = Object.fromEntries(
    APP_FORMS.map((form) => [form, deps.sessions.csrf(session, purpose(form, app.id))]),
  ) as Record<AppForm, string>;
  return appPage({ ...frame(visit), app, csrf, known: knownScopes(deps), refusals, ...more });
}

async function askRemove(visit: Visit, app: AppView): Promise<Outgoing> {
  const csrf = visit.deps.sessions.csrf(visit.session, purpose('remove', app.id));
  return html(
    200,
    appRemovePage({ ...frame(visit), csrf, app, holds: await holdingsOf(visit.deps.operations, app.id) }),
  );
}

/** One form of one application: taken and sent on, or shown again with what was wrong. */
async function change(visit: Visit): Promise<Outgoing> {
  const { deps } = visit;
  const app = await appAsked(visit);
  const said = posted(visit.request, FIELDS_MAX);
  const { values, fault } = said;
  const form = APP_FORMS.find((one) => one === values.get('do'));
  if (form === undefined || !isTheirs(visit, purpose(form, app.id), said)) {
    return html(403, await onePage(visit, app, { expired: true }));
  }
  const tried = async (problem: string): Promise<Outgoing> =>
    html(400, await onePage(visit, app, { tried: { form, problem, values } }));
  if (fault !== undefined) return tried(fault);
  if (form === 'remove') {
    await deps.operations.removeApp(app.id);
    await noted(visit, 'app-removed', app.id);
    return redirect(`${PATHS.apps}?done=remove`);
  }
  const saved = await orProblem(() => deps.operations.editApp(app.id, EDITS[form](app, values)));
  if (typeof saved === 'string') return tried(saved);
  await noted(visit, 'app-changed', app.id);
  if (saved.secret !== undefined) {
    return html(200, appSecretPage({ ...frame(visit), app: saved.app, secret: saved.secret, replaced: true }));
  }
  return redirect(`${appPath(app.id)}?done=${form}#${SECTION[form]}`);
}

/** What each form changes. @throws OperationError for what it cannot mean */
const EDITS: Readonly<
  Record<Exclude<AppForm, 'remove'>, (app: AppView, values: ReadonlyMap<string, string>) => AppInput>
> = {
  describe: (app, values) => ({
    name: (values.get('name') ?? '').trim(),
    ...(app.type === 'confidential' && {
      authMethod: values.get('authMethod') === 'client_secret_post' ? 'client_secret_post' : 'client_secret_basic',
    }),
  }),
  'add-uri': (app, values) => {
    const uri = (values.get('uri') ?? '').trim();
    if (app.redirectUris.includes(uri)) throw new OperationError('this redirect URI is registered already');
    return { redirectUris: [...app.redirectUris, uri] };
  },
  'remove-uri': (app, values) => {
    const left = app.redirectUris.filter((uri) => uri !== values.get('uri'));
    if (left.length === 0) throw new OperationError('an application needs a redirect URI: add another one first');
    return { redirectUris: left };
  },
  scopes: (app, values) => switched(app.scopes, switchesOf(values), words(values.get('more'))),
  'grant-types': (_app, values) => {
    const grantTypes = GRANT_TYPES.filter((type) => values.has(type));
    if (grantTypes.length === 0) {
      throw new OperationError('expected at least one grant type; to shut an application out, remove it');
    }
    return { grantTypes };
  },
  exceptions: ({ exceptions = {} }, values) => {
    const wanted = { withoutPkce: values.has('withoutPkce'), shortCodes: values.has('shortCodes') };
    // Only what changes is named, so that the log tells of a switch once.
    return {
      ...(wanted.withoutPkce !== (exceptions.withoutPkce ?? false) && { withoutPkce: wanted.withoutPkce }),
      ...(wanted.shortCodes !== (exceptions.shortCodes ?? false) && { shortCodes: wanted.shortCodes }),
    };
  },
  'new-secret': () => ({ rotateSecret: true }),
};

const GRANT_TYPES: readonly GrantType[] = ['authorization_code', 'refresh_token'];

/** Scopes after the switches of a form; one that the form did not show stays as it is. */
function switched(now: readonly AppScope[], rows: readonly ScopeSwitch[], more: readonly string[]): AppInput {
  const early = rows.find(({ name, included, enabled }) => enabled && !included && !now.some((s) => s.name === name));
  if (early) throw new OperationError(`scope ${early.name} cannot be enabled before it is included: tick both`);
  const byName = new Map(now.map(({ name, enabled }) => [name, enabled]));
  for (const { name, included, enabled } of rows) {
    if (included) byName.set(name, enabled);
    else byName.delete(name);
  }
  for (const name of more) byName.set(name, true);
  return {
    scopes: [...byName.keys()],
    disabledScopes: [...byName].flatMap(([name, enabled]) => (enabled ? [] : [name])),
  };
}

const NEW = 'app:new';

/** One token for one form of one application. */
function purpose(form: AppForm, id: string): string {
  return `app:${form}:${id}`;
}

async function appAsked({ deps, request }: Visit): Promise<AppView> {
  const id = appIdOf(request.path.slice(PATHS.apps.length + 1));
  if (id === undefined) throw new NotFoundError('no application has such an id');
  return deps.operations.showApp(id);
}

/** Three fields a scope, for as many scopes as an application may have. */
const FIELDS_MAX = 400;

function knownScopes({ known }: PageDeps): readonly KnownScope[] {
  return [...known].map(([name, means]) => ({ name, means }));
}

function lines(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function words(text: string | undefined): readonly string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}
