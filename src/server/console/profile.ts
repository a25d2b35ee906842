/** `/profile`: one's own password, passkeys and sessions. Everything here is about who asks, and nobody else. */
import type { Outgoing, Route } from '../../protocols/http/exchange.ts';
import { PATHS } from '../pages/layout.ts';
import {
  type PasskeyOffer,
  PROFILE_FORMS,
  PROFILE_SECTION,
  type ProfileForm,
  type ProfilePage,
  profilePage,
  profilePath,
} from '../pages/profile.ts';
import { removePasskey } from '../passkeys.ts';
import type { User } from '../users.ts';
import {
  forAnyone,
  formExpired,
  frame,
  html,
  isTheirs,
  live,
  noted,
  type PageDeps,
  type Posted,
  posted,
  queryOf,
  redirect,
  type Visit,
} from '../visit.ts';

/** The routes of one's own account. */
export function profileRoutes(deps: PageDeps): readonly Route[] {
  return [
    { method: 'GET', path: PATHS.profile, handle: forAnyone(deps, show) },
    // Where signing in leads back to when a form was sent too late.
    { method: 'GET', path: `${PATHS.profile}/:form`, handle: () => redirect(PATHS.profile) },
    ...PROFILE_FORMS.map(
      (form): Route => ({
        method: 'POST',
        path: profilePath(form),
        handle: forAnyone(deps, (visit) => take(visit, form)),
      }),
    ),
  ];
}

function show(visit: Visit): Promise<Outgoing> {
  const done = PROFILE_FORMS.find((form) => form === queryOf(visit.request).get('done'));
  return shown(visit, 200, done && { done });
}

async function shown(visit: Visit, status: number, more: Pick<ProfilePage, 'done' | 'tried'> = {}): Promise<Outgoing> {
  const { deps, session, viewer } = visit;
  const [account, sessions] = await Promise.all([accountOf(visit), deps.sessions.list(viewer.user)]);
  const csrf = Object.fromEntries(
    PROFILE_FORMS.map((form) => [form, deps.sessions.csrf(session, purpose(form))]),
  ) as ProfilePage['csrf'];
  const input: ProfilePage = {
    ...frame(visit),
    viewer,
    csrf,
    ...(account && { account }),
    sessions,
    current: deps.sessions.nameOf(session),
    ...more,
  };
  if (account?.offer.kind !== 'here') return html(status, profilePage(input));
  return live(status, profilePage({ ...input, module: deps.assets.path('passkey') }));
}

/** Undefined for who came by a link of the command line. */
async function accountOf(visit: Visit): Promise<ProfilePage['account']> {
  const { deps, session, viewer, request } = visit;
  const { passkeys, oauth } = deps;
  const record = await oauth.registry.get<User>('user', viewer.user);
  if (!record) return undefined;
  const list = record.body.passkeys ?? [];
  const offer = async (): Promise<PasskeyOffer> => {
    if (!passkeys) return { kind: 'elsewhere' };
    if (!passkeys.offeredAt(request.headers['host'])) return { kind: 'elsewhere', at: passkeys.site.origins[0] };
    if (!(await isFresh(visit))) return { kind: 'again' };
    const options = await passkeys.creation(viewer.user, session.key);
    return options === undefined ? { kind: 'enough' } : { kind: 'here', options };
  };
  return { passkeys: list, offer: await offer() };
}

/** How long after signing in a passkey may be added: it outlasts the session, so a copy of an old cookie must not do. */
const FRESH_MS = 600_000;

async function isFresh({ deps: { oauth }, session }: Visit): Promise<boolean> {
  return (await oauth.store.load({})).now - session.signedInAt < FRESH_MS;
}

/** One token for one form of this page. */
function purpose(form: ProfileForm): string {
  return `profile:${form}`;
}

async function take(visit: Visit, form: ProfileForm): Promise<Outgoing> {
  const said = posted(visit.request);
  if (!isTheirs(visit, purpose(form), said)) return formExpired(visit);
  if (said.fault !== undefined) return shown(visit, 400, { tried: { form, problem: said.fault } });
  return FORMS[form](visit, said);
}

const FORMS: Readonly<Record<ProfileForm, (visit: Visit, said: Posted) => Promise<Outgoing>>> = {
  password: changePassword,
  passkey: addPasskey,
  'passkey-remove': dropPasskey,
  'session-end': async (visit, { values }) => {
    await visit.deps.sessions.closeOne(visit.viewer.user, values.get('session') ?? '');
    return done('session-end');
  },
  'sign-out-everywhere': async (visit) => {
    const { sessions } = visit.deps;
    await sessions.closeAll(visit.viewer.user);
    await noted(visit, 'signed-out-everywhere');
    return redirect(PATHS.home, { 'set-cookie': (await sessions.close(visit.request.headers['cookie'])).setCookie });
  },
};

async function changePassword(visit: Visit, { values }: Posted): Promise<Outgoing> {
  const { deps, request, viewer } = visit;
  const next = values.get('next') ?? '';
  if (next !== values.get('again')) {
    const problem = 'the new password was typed in two ways: please type it twice again';
    return shown(visit, 400, { tried: { form: 'password', about: 'next', problem } });
  }
  const current = values.get('current') ?? '';
  const changed = await deps.changePassword({ user: viewer.user, current, next, source: request.source });
  if (changed.outcome === 'refused') {
    const { about, say: problem } = changed;
    return shown(visit, about === 'current' ? 401 : 400, { tried: { form: 'password', about, problem } });
  }
  if (changed.outcome !== 'changed') {
    const seconds = changed.retryAfterSeconds;
    const problem = `too many tries in a row: please wait ${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
    const answer = await shown(visit, changed.outcome === 'wait' ? 429 : 503, { tried: { form: 'password', problem } });
    return { ...answer, headers: { ...answer.headers, 'retry-after': String(seconds) } };
  }
  await noted(visit, 'password-changed');
  // Whoever knew the old one is out, and a copy of this browser's cookie as well: it goes on under a fresh one.
  await deps.sessions.closeAll(viewer.user);
  const { setCookie } = await deps.sessions.open(viewer.user, request.headers['cookie']);
  return done('password', { 'set-cookie': setCookie });
}

async function addPasskey(visit: Visit, { values }: Posted): Promise<Outgoing> {
  const { deps, session, viewer } = visit;
  if (!(await isFresh(visit))) {
    const problem = 'you signed in a while ago: please sign in again, then add it';
    return shown(visit, 400, { tried: { form: 'passkey', problem } });
  }
  const added = await deps.passkeys?.add(
    viewer.user,
    session.key,
    values.get('name') ?? '',
    values.get('answer') ?? '',
  );
  if (added?.outcome === 'added') {
    await noted(visit, 'passkey-added');
    return done('passkey');
  }
  return shown(visit, 400, { tried: { form: 'passkey', problem: added?.say ?? 'this hub takes no passkeys here' } });
}

async function dropPasskey(visit: Visit, { values }: Posted): Promise<Outgoing> {
  const { deps, viewer } = visit;
  if (await removePasskey(deps.oauth.registry, viewer.user, values.get('id') ?? ''))
    await noted(visit, 'passkey-removed');
  return done('passkey-remove');
}

function done(form: ProfileForm, extra: Readonly<Record<string, string>> = {}): Outgoing {
  return redirect(`${PATHS.profile}?done=${form}#${PROFILE_SECTION[form]}`, extra);
}
