/**
 * `/r/<reference>`: one verdict, for whoever may see it. The address is what a refused client was given. Whoever runs the hub
 * can also do something about it there: `?fix=<id>` shows the plan, and the form on it carries it out.
 */
import { leaves, type Verdict } from '../../core/verdict.ts';
import type { Incoming, Outgoing, Route } from '../../protocols/http/exchange.ts';
import type { Fixes, FixOutcome, PlannedFix } from '../fixes-shapes.ts';
import { NotFoundError } from '../operations.ts';
import { appSecretPage } from '../pages/app-new.ts';
import { fixPage } from '../pages/fix.ts';
import { PATHS } from '../pages/layout.ts';
import { signinNeededPage } from '../pages/signin-needed.ts';
import { wholeReferenceOf } from '../pages/timeline.ts';
import { settingsRefused, verdictPage } from '../pages/verdict.ts';
import { seenBy } from '../seen-by.ts';
import {
  absent,
  formExpired,
  forOperator,
  frame,
  html,
  isTheirs,
  noted,
  orAbsent,
  type PageDeps,
  posted,
  queryOf,
  redirect,
  type Visit,
  viewerOf,
} from '../visit.ts';
import { appOf } from './lookups.ts';
import { sharesHere } from './share.ts';

/** The page of one verdict, and doing something about it. */
export function verdictRoutes(deps: PageDeps): readonly Route[] {
  const path = `${PATHS.verdict}:reference`;
  return [
    { method: 'GET', path, handle: (request) => showVerdict(deps, request) },
    { method: 'POST', path, handle: forOperator(deps, (visit) => orAbsent(visit, fix)) },
  ];
}

/** A stranger is shown the same page whether the reference exists or not. */
async function showVerdict(deps: PageDeps, request: Incoming): Promise<Outgoing> {
  const who = await viewerOf(deps, request);
  if (!who) return html(200, signinNeededPage({ hub: deps.hub, reference: referenceIn(request) }));
  return orAbsent({ deps, request, ...who }, shown);
}

async function shown(visit: Visit): Promise<Outgoing> {
  const { deps, request, viewer } = visit;
  const operator = viewer.role === 'operator';
  // An id begins with its time: whether a shorter beginning is unique tells when others were refused.
  if (!operator && referenceIn(request).length < REFERENCE_MIN) return absent(visit);
  const verdict = seenBy(viewer, await deps.operations.verdict(`vd_${referenceIn(request)}`));
  if (!verdict) return absent(visit);
  // Withheld from a developer: the grant, the settings, and changing them.
  const timeline = verdict.grant === undefined ? undefined : await deps.operations.timeline(verdict.grant);
  const at = timeline && (await deps.operations.status());
  const app = operator && settingsRefused(verdict) ? await appOf(deps.operations, verdict.subject) : undefined;
  const fixes = operator && !verdict.ok ? await deps.operations.fixes(verdict.id) : undefined;
  const shares = operator && !verdict.ok && !verdict.erased ? await sharesHere(visit, verdict.id) : undefined;
  const query = queryOf(request);
  const planned = fixes?.fixes.find(({ id }) => id === query.get('fix'));
  if (fixes && planned) return html(200, planPage(visit, verdict, fixes, planned));
  const done = query.get('done');
  return html(
    200,
    verdictPage({
      ...frame(visit),
      verdict,
      ...(timeline && { timeline }),
      ...(at && { at }),
      ...(app && { app }),
      ...(fixes && { fixes }),
      ...(shares && { shares }),
      // An address can say what it likes: what is still open was not done.
      ...(done !== undefined && fixes && !fixes.fixes.some(({ id }) => id === done) && { done }),
    }),
  );
}

function planPage(visit: Visit, verdict: Verdict, { app }: Fixes, planned: PlannedFix, stale = false): string {
  const { deps, session } = visit;
  const check = leaves(verdict.checks ?? []).find(({ id }) => id === planned.rule);
  return fixPage({
    ...frame(visit),
    csrf: deps.sessions.csrf(session, purposeOf(planned.seal)),
    reference: wholeReferenceOf(verdict.id),
    app: app ?? { id: '', name: '' },
    fix: planned,
    ...(check && { check }),
    ...(stale && { stale }),
  });
}

/** Carries out the plan that was looked at; one that is not that any more is shown again, and nothing is done. */
async function fix(visit: Visit): Promise<Outgoing> {
  const { operations } = visit.deps;
  const form = posted(visit.request);
  const seal = form.values.get('seal') ?? '';
  const id = form.values.get('fix') ?? '';
  if (form.fault !== undefined || !isTheirs(visit, purposeOf(seal), form)) return formExpired(visit);
  const verdict = await operations.verdict(`vd_${referenceIn(visit.request)}`);
  const address = PATHS.verdict + wholeReferenceOf(verdict.id);
  const came = await orGone(() => operations.applyFix(verdict.id, id, seal));
  if (came?.outcome === 'applied') {
    const { app, secret } = came;
    await noted(visit, 'fix-applied', verdict.id);
    if (secret === undefined) return redirect(`${address}?done=${encodeURIComponent(id)}`);
    return html(200, appSecretPage({ ...frame(visit), app, secret, replaced: true }));
  }
  const fixes = await operations.fixes(verdict.id);
  const now = fixes.fixes.find((one) => one.id === id);
  return now ? html(409, planPage(visit, verdict, fixes, now, true)) : redirect(address);
}

/** One token for one change of one registration, as it stood when it was shown. */
function purposeOf(seal: string): string {
  return `fix:${seal}`;
}

/** Characters of the shortest reference that is handed out. */
const REFERENCE_MIN = 10;

function referenceIn({ path }: Incoming): string {
  return path.slice(PATHS.verdict.length).toUpperCase();
}

/** Somebody may have done it meanwhile. */
async function orGone(ask: () => Promise<FixOutcome>): Promise<FixOutcome | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    return undefined;
  }
}
