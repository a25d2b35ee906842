/** `/grants/<id>`: a decision and what came of it; renew its code, revoke it. */
import type { Code, Grant } from '../../core/model.ts';
import { listOf } from '../../profiles/oauth/case.ts';
import type { Outgoing, Route } from '../../protocols/http/exchange.ts';
import { type AppView, NotFoundError, type Operations, type Timeline } from '../operations.ts';
import { type GrantForm, type GrantToll, grantPage, grantRenewedPage, grantRevokePage } from '../pages/grant.ts';
import { grantPath } from '../pages/grant-words.ts';
import { PATHS } from '../pages/layout.ts';
import { lineageOf } from '../pages/lineage.ts';
import { codeStanding, grantStanding } from '../standing.ts';
import {
  formExpired,
  forOperator,
  frame,
  html,
  isTheirs,
  live,
  noted,
  orProblem,
  type PageDeps,
  posted,
  queryOf,
  redirect,
  type Visit,
} from '../visit.ts';
import { allowedOf, appOf, counted, MOST } from './lookups.ts';

/** The page of one grant. */
export function oneGrantRoutes(deps: PageDeps): readonly Route[] {
  const path = `${PATHS.grants}/:id`;
  return [
    { method: 'GET', path, handle: forOperator(deps, showOne) },
    { method: 'POST', path, handle: forOperator(deps, change) },
  ];
}

/** Grants below it that are listed. */
const BELOW = 50;

async function showOne(visit: Visit): Promise<Outgoing> {
  const query = queryOf(visit.request);
  const life = await lifeOf(visit);
  if (query.get('ask') === 'revoke') return askRevoke(visit, life);
  const module = visit.deps.assets.path('owed');
  const page = await onePage(visit, life, { module, ...(query.get('done') === 'revoke' && { revoked: true }) });
  return live(200, page);
}

interface Life extends Timeline {
  readonly app?: AppView;
}

/** The grant that the address names; its codes and what they became. */
async function lifeOf({ deps, request }: Visit): Promise<Life> {
  const id = decoded(request.path.slice(PATHS.grants.length + 1));
  if (!/^gr_[0-9A-Za-z]{4,40}$/.test(id)) throw new NotFoundError('no grant has such an id');
  const timeline = await deps.operations.timeline(id);
  const app = await appOf(deps.operations, timeline.grant.to);
  return { ...timeline, ...(app && { app }) };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}

/** Of a long life, this many of its last moments are told. */
const TOLD = 100;
/** A code is redeemed, or renewed for the last time, well within this of its grant. */
const BEGINNING_MS = 600_000;

async function onePage(
  visit: Visit,
  { app, ...timeline }: Life,
  more: Pick<Parameters<typeof grantPage>[0], 'revoked' | 'problem' | 'module'> = {},
): Promise<string> {
  const { deps, session } = visit;
  const { operations } = deps;
  const { grant, codes, verdicts } = timeline;
  const full = codes.length === MOST;
  const scopes = listOf(grant.terms['scope']);
  const [{ now, generation }, family, beginning, means, events] = await Promise.all([
    operations.status(),
    operations.grants({ grant: grant.id, limit: BELOW }),
    full ? operations.codes({ grant: grant.id, until: grant.from + BEGINNING_MS, limit: MOST }) : [],
    deps.meanings(scopes),
    grant.profile === 'payments' ? operations.accountEvents() : [],
  ]);
  const all = [...new Map([...beginning, ...codes].map((code) => [code.id, code])).values()];
  const code = all.find((one) => isRenewable(one, grant, now, generation));
  return grantPage({
    ...frame(visit),
    grant,
    ...(app && { app }),
    standing: grantStanding(grant, now),
    allowed: allowedOf(scopes, means),
    lineage: lineageOf({ timeline: { ...timeline, codes: all }, now, generation, ...(full && { more: true }) }),
    at: { now, generation },
    changed: events.filter(
      ({ act, about, at }) => act === 'merchant-changed' && about === grant.to && at >= grant.from,
    ),
    timeline: { ...timeline, codes: codes.slice(-TOLD), verdicts: verdicts.slice(-TOLD) },
    untold: Math.max(0, codes.length - TOLD) + Math.max(0, verdicts.length - TOLD),
    below: family.filter(({ id }) => id !== grant.id),
    ...(code && { renewable: { code, csrf: deps.sessions.csrf(session, purpose('renew', grant.id)), now } }),
    ...more,
  });
}

function isRenewable(code: Code, grant: Grant, now: number, generation: number): boolean {
  const isCode = code.purpose === 'authorization_code' && grant.state === 'active';
  return isCode && codeStanding(code, { now, generation, grant }) === 'live';
}

async function askRevoke(visit: Visit, { grant, app }: Life): Promise<Outgoing> {
  const csrf = visit.deps.sessions.csrf(visit.session, purpose('revoke', grant.id));
  const toll = await tollOf(visit.deps.operations, grant);
  return html(200, grantRevokePage({ ...frame(visit), grant, ...(app && { app }), csrf, toll }));
}

/** What would die with it. Of grants below, those right below are counted. */
async function tollOf(operations: Operations, grant: Grant): Promise<GrantToll> {
  const { now } = await operations.status();
  const [live, effects, family] = await Promise.all([
    operations.codes({ grant: grant.id, liveAt: now, limit: MOST }),
    operations.effects({ grant: grant.id, state: ['due', 'done'], limit: MOST }),
    operations.grants({ grant: grant.id, liveAt: now, limit: MOST }),
  ]);
  return {
    ...counted(live),
    ...(live.length === MOST && { more: true }),
    grants: family.filter(({ id }) => id !== grant.id).length,
    devices: effects.map(({ kind, target, data }) => {
      const pairing = data['pairing_id'];
      return { kind, target, ...(typeof pairing === 'string' && { pairing }) };
    }),
  };
}

async function change(visit: Visit): Promise<Outgoing> {
  const life = await lifeOf(visit);
  const form = posted(visit.request);
  const what = form.values.get('do');
  if ((what !== 'renew' && what !== 'revoke') || !isTheirs(visit, purpose(what, life.grant.id), form))
    return formExpired(visit);
  if (what === 'renew') return renew(visit, life, form.values.get('code') ?? '');
  await visit.deps.operations.revoke(life.grant.id);
  await noted(visit, 'grant-revoked', life.grant.id);
  return redirect(`${grantPath(life.grant.id)}?done=revoke`);
}

async function renew(visit: Visit, life: Life, code: string): Promise<Outgoing> {
  const { operations, oauth } = visit.deps;
  const { grant, app, codes } = life;
  const old = codes.find(({ id }) => id === code);
  if (!old) throw new NotFoundError('no code of this grant has such an id');
  const updated = await orProblem(() => operations.upd(old.id));
  if (typeof updated === 'string')
    return html(409, await onePage(visit, life, { problem: `the code is not renewed: ${updated}` }));
  await noted(visit, 'code-renewed', grant.id);
  const { now } = await operations.status();
  const isBound = (fact: string): boolean => old.bindings.some((binding) => binding.fact === fact);
  return html(
    200,
    grantRenewedPage({
      ...frame(visit),
      grant,
      ...(app && { app }),
      updated,
      proves: app ?? { id: grant.to, authMethod: 'none' },
      issuer: oauth.config.issuer,
      now,
      ownVerifier: isBound('code_challenge'),
      proof: isBound('jkt'),
    }),
  );
}

/** One token for one form of one grant. */
function purpose(form: GrantForm, id: string): string {
  return `grant:${form}:${id}`;
}
