/**
 * `/`: what was refused, newest first; for strangers, which hub this is. Beside the page, what makes it live:
 *
 *     GET /refusals.json   the next rows of the same list
 *     GET /refusals/live   rows as they come (event stream)
 *     GET /refusals/chart  the chart alone, as a page has it
 *
 * All four take the same parameters (`refusals-query.ts`) and go through `seenBy`: a developer gets their own and nothing else.
 */
import type { Verdict } from '../../core/verdict.ts';
import { type Incoming, json, type Outgoing, type Route } from '../../protocols/http/exchange.ts';
import type { Query } from '../../store/port.ts';
import { chartSection } from '../pages/chart.ts';
import { appChoice } from '../pages/fields.ts';
import { homePage } from '../pages/home.ts';
import { render } from '../pages/html.ts';
import { type Choice, type RefusalRow, refusalsPage } from '../pages/refusals.ts';
import { seenBy } from '../seen-by.ts';
import { openStream } from '../streams.ts';
import type { Viewer } from '../users.ts';
import { frame, fromElsewhere, html, live, type PageDeps, queryOf, type Visit, viewerOf } from '../visit.ts';
import { causeName, columnsFor, WORDS } from '../words.ts';
import { otherHolders } from './lookups.ts';
import { type Counted, causesOf, chartOf, countOver, nameCauses } from './refusals-chart.ts';
import { liveFeed } from './refusals-live.ts';
import { type Asked, askedPath, cursorText, isFiltered, readAsked, storeQuery, tallyQuery } from './refusals-query.ts';
import { rowOf } from './refusals-row.ts';
import { createTurns, type Found, matches, search } from './refusals-search.ts';

/** Rows of a page, and of one answer as JSON. */
const PAGE_ROWS = 100;
const MORE_ROWS = 250;

/** Causes that are offered; others can be written into the address. */
const CAUSES_MAX = 50;

/** The front page and what makes it live. */
export function refusalRoutes(deps: PageDeps): readonly Route[] {
  return [
    { method: 'GET', path: '/', handle: (request) => home(deps, request) },
    { method: 'GET', path: '/refusals.json', handle: (request) => part(deps, request, more) },
    { method: 'GET', path: '/refusals/live', handle: (request) => part(deps, request, openLive) },
    { method: 'GET', path: '/refusals/chart', handle: (request) => part(deps, request, chartAlone) },
  ];
}

async function home(deps: PageDeps, request: Incoming): Promise<Outgoing> {
  const who = await viewerOf(deps, request);
  return who
    ? refusals({ deps, request, ...who })
    : html(200, homePage({ hub: deps.hub, issuer: deps.oauth.config.issuer }));
}

/** What a script asks for: it is told what is wrong in a word, and never sent to a page. */
async function part(
  deps: PageDeps,
  request: Incoming,
  handle: (visit: Visit, asked: Asked) => Promise<Outgoing>,
): Promise<Outgoing> {
  if (fromElsewhere(request)) return json(403, { error: 'expected a page of this hub to ask' });
  const who = await viewerOf(deps, request);
  if (!who) return json(401, { error: 'expected somebody who is signed in: sign in at /login' });
  return handle({ deps, request, ...who }, readAsked(queryOf(request)));
}

const turns = new WeakMap<PageDeps, ReturnType<typeof createTurns>>();

/** The rows that are asked for, as the viewer may see them. */
function find({ deps, viewer }: Visit, asked: Asked, now: number, limit: number): Promise<Found> {
  const look = (): Promise<Found> =>
    search((query) => deps.operations.verdicts(query), storeQuery(asked, viewer, now), {
      limit,
      ...(asked.text !== undefined && { text: asked.text }),
      seen: (verdict) => seenBy(viewer, verdict),
    });
  const inTurn = turns.get(deps) ?? createTurns();
  turns.set(deps, inTurn);
  return inTurn(viewer.user, look);
}

/** The chart's numbers, and what its causes are called. */
async function count(
  { deps: { operations }, viewer }: Visit,
  asked: Asked,
  now: number,
): Promise<{ readonly counted: Counted; readonly names: ReadonlyMap<string, string> }> {
  const query = tallyQuery(asked, viewer, now);
  const counted = await countOver((of) => operations.tallies(of), query, now);
  const newest = (cause: string, limit: number): Promise<readonly Verdict[]> =>
    operations.verdicts({ ...query, ok: false, cause, limit });
  return { counted, names: await nameCauses(newest, counted) };
}

function rowsOf(verdicts: readonly Verdict[], viewer: Viewer, asked: Asked): RefusalRow[] {
  const columns = columnsFor(viewer, asked.profile);
  return verdicts.map((verdict) => rowOf(verdict, columns));
}

async function refusals(visit: Visit): Promise<Outgoing> {
  const { deps, request, viewer } = visit;
  const asked = readAsked(queryOf(request));
  const { now } = await deps.operations.status();
  const [found, { counted, names }, apps] = await Promise.all([
    find(visit, asked, now, PAGE_ROWS),
    count(visit, asked, now),
    appChoices(visit),
  ]);
  const { before: _, ...first } = asked;
  const { range } = asked;
  const next = found.next && askedPath({ ...asked, before: found.next });
  const plain = found.verdicts.length === 0 && !asked.before && !found.next && !isFiltered(asked);
  const page = refusalsPage({
    ...frame(visit),
    issuer: deps.oauth.config.issuer,
    module: deps.assets.path('refusals'),
    columns: columnsFor(viewer, asked.profile).map(({ label }) => label),
    rows: rowsOf(found.verdicts, viewer, asked),
    chart: chartOf(counted, asked, names),
    filters: {
      ...asked,
      accepted: asked.accepted ?? false,
      profiles: WORDS.map(({ profile, name }) => ({ value: profile, name })),
      apps,
      causes: causesOf(counted)
        .slice(0, CAUSES_MAX)
        .map(({ cause, count: times }) => ({ value: cause, name: names.get(cause) ?? causeName(cause), count: times })),
      rangeHref: (other) => askedPath({ ...first, range: other }),
    },
    paths: {
      more: askedPath(first, '/refusals.json'),
      chart: askedPath(first, '/refusals/chart'),
      ...(found.next && { next: cursorText(found.next) }),
      ...(!asked.before && { live: askedPath(first, '/refusals/live', { from: String(now) }) }),
    },
    ...(next !== undefined && { older: next }),
    ...(asked.text !== undefined && found.next && { scanned: found.scanned }),
    ...(isFiltered(asked) && { all: askedPath({ range }) }),
    ...(asked.before && { newest: askedPath(first) }),
    ...(plain && (await isEmpty(visit)) && { empty: true }),
  });
  return live(200, page);
}

/** Was nothing of theirs ever kept? */
async function isEmpty({ deps, viewer }: Visit): Promise<boolean> {
  const all: Query = { ...storeQuery({ range: 'all', accepted: true }, viewer, 0), limit: 1 };
  return (await deps.operations.verdicts(all)).length === 0;
}

/** Applications that one may choose: a developer's own, or all, and whom else grants are for. */
async function appChoices({ deps, viewer }: Visit): Promise<Choice[]> {
  const apps = await deps.operations.listApps();
  const open = viewer.role === 'operator' ? apps : apps.filter(({ id }) => viewer.apps.includes(id));
  const named = open.map((app) => ({ value: app.id, name: appChoice(app) }));
  if (viewer.role !== 'operator') return named;
  return [...named, ...(await otherHolders(deps.operations)).map((to) => ({ value: to, name: to }))];
}

async function more(visit: Visit, asked: Asked): Promise<Outgoing> {
  const { now } = await visit.deps.operations.status();
  const { verdicts, next } = await find(visit, asked, now, MORE_ROWS);
  const rows = rowsOf(verdicts, visit.viewer, asked);
  return json(200, { rows, now, ...(next && { next: cursorText(next) }) });
}

async function chartAlone(visit: Visit, asked: Asked): Promise<Outgoing> {
  const { now } = await visit.deps.operations.status();
  const { counted, names } = await count(visit, asked, now);
  return html(200, render(chartSection(chartOf(counted, asked, names))));
}

/** Milliseconds since the epoch, as an event's id has them. */
const TIME = /^\d{1,15}$/;

async function openLive(visit: Visit, asked: Asked): Promise<Outgoing> {
  const { deps, request, viewer } = visit;
  const { operations, streams, pulse } = deps;
  const { now } = await operations.status();
  const resume = [request.headers['last-event-id'], queryOf(request).get('from')].find((at) => TIME.test(at ?? ''));
  const { before: _, ...query } = storeQuery(asked, viewer, now);
  const columns = columnsFor(viewer, asked.profile);
  const feed = liveFeed({
    list: (touchedSince, limit, before) =>
      operations.verdicts({ ...query, touchedSince, limit, ...(before && { before }) }),
    now: async () => (await operations.status()).now,
    row: (verdict) => {
      const seen = seenBy(viewer, verdict);
      return seen && (asked.text === undefined || matches(seen, asked.text)) ? rowOf(seen, columns) : undefined;
    },
    // A time that has not come yet would leave out what comes until then.
    from: Math.min(now, resume === undefined ? now : Number(resume)),
    good: () => isStill(visit),
    pulse,
  });
  return openStream(streams, `user ${viewer.user}`, feed);
}

/** Is the session still open, and of somebody who may see the same? */
async function isStill({ deps, request, session, viewer }: Visit): Promise<boolean> {
  const open = await deps.sessions.peek(request.headers['cookie']);
  if (open?.key !== session.key) return false;
  return JSON.stringify(await deps.users.find(open.user)) === JSON.stringify(viewer);
}
