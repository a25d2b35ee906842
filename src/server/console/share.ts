/**
 * Sharing a refusal. `/share/<reference>` previews and makes a link, `/share-end/<id>` ends one: for whoever runs the hub.
 * `/s/<token>` and `/s-receipt/<token>` are for everybody who has the link: no cookie is read or set there.
 */
import type { Incoming, Outgoing, Route } from '../../protocols/http/exchange.ts';
import { json } from '../../protocols/http/exchange.ts';
import { NotFoundError } from '../operations.ts';
import { PATHS } from '../pages/layout.ts';
import { SHARE_PATHS, type SharesHere, shareMadePage, sharePage } from '../pages/share.ts';
import { shareGonePage, shareOpenPage } from '../pages/share-open.ts';
import { wholeReferenceOf } from '../pages/timeline.ts';
import { type OpenedShare, SHARE_PARTS, type SharePart } from '../share-shapes.ts';
import {
  formExpired,
  forOperator,
  frame,
  html,
  isTheirs,
  live,
  noted,
  orAbsent,
  orProblem,
  type PageDeps,
  posted,
  queryOf,
  redirect,
  type Visit,
} from '../visit.ts';

/** The routes. */
export function shareRoutes(deps: PageDeps): readonly Route[] {
  const { share, end, open, receipt, keys } = SHARE_PATHS;
  // What cannot be shared, because it accepted or was erased, has no page of sharing.
  return [
    { method: 'GET', path: `${share}:reference`, handle: forOperator(deps, (visit) => orAbsent(visit, preview)) },
    { method: 'POST', path: `${share}:reference`, handle: forOperator(deps, (visit) => orAbsent(visit, make)) },
    { method: 'POST', path: `${end}:id`, handle: forOperator(deps, endShare) },
    { method: 'GET', path: `${open}:token`, handle: (request) => openShare(deps, request) },
    { method: 'GET', path: `${receipt}:token`, handle: (request) => openReceipt(deps, request) },
    { method: 'GET', path: keys, handle: async () => json(200, (await deps.operations.receiptKeys()).jwks) },
  ];
}

function verdictId({ path }: Incoming): string {
  return `vd_${path.slice(SHARE_PATHS.share.length).toUpperCase()}`;
}

async function preview(visit: Visit): Promise<Outgoing> {
  const query = queryOf(visit.request);
  return showPreview(
    visit,
    SHARE_PARTS.filter((part) => query.has(part)),
  );
}

async function showPreview(
  visit: Visit,
  parts: readonly SharePart[],
  tried?: { readonly changed: true } | { readonly problem: string },
): Promise<Outgoing> {
  const { deps, session, request } = visit;
  const { verdict, refusal, seal } = await deps.operations.previewShare(verdictId(request), parts);
  const csrf = deps.sessions.csrf(session, `share:${verdict.id}`);
  const reference = wholeReferenceOf(verdict.id);
  return html(tried ? 409 : 200, sharePage({ ...frame(visit), reference, csrf, with: parts, refusal, seal, ...tried }));
}

async function make(visit: Visit): Promise<Outgoing> {
  const { deps, request, viewer } = visit;
  const form = posted(request);
  const { id } = await deps.operations.verdict(verdictId(request));
  if (!isTheirs(visit, `share:${id}`, form)) return formExpired(visit);
  const asked = (form.values.get('with') ?? '').split(' ');
  const parts = SHARE_PARTS.filter((part) => asked.includes(part));
  const seal = form.values.get('seal') ?? '';
  const shared = await orProblem(() => deps.operations.share(id, parts, viewer.user, seal));
  if (typeof shared === 'string') return showPreview(visit, parts, { problem: shared });
  if (!shared) return showPreview(visit, parts, { changed: true });
  await noted(visit, 'refusal-shared', id);
  const { link, path, until } = shared;
  const module = deps.assets.path('share');
  return live(200, shareMadePage({ ...frame(visit), module, reference: wholeReferenceOf(id), link, path, until }));
}

async function endShare(visit: Visit): Promise<Outgoing> {
  const { deps, request } = visit;
  const id = request.path.slice(SHARE_PATHS.end.length);
  if (!isTheirs(visit, `share-end:${id}`, posted(request))) return formExpired(visit);
  const { verdict } = await deps.operations.revokeShare(id);
  await noted(visit, 'share-ended', verdict);
  return redirect(PATHS.verdict + wholeReferenceOf(verdict));
}

/** The live shares of a verdict, for its page. */
export async function sharesHere({ deps, session }: Visit, verdict: string): Promise<SharesHere> {
  const shares = await deps.operations.shares(verdict);
  return {
    reference: wholeReferenceOf(verdict),
    shares: shares.map((share) => ({ ...share, csrf: deps.sessions.csrf(session, `share-end:${share.id}`) })),
  };
}

/** No search engine keeps it. */
const UNLISTED = { 'x-robots-tag': 'noindex, nofollow, noarchive' } as const;

async function openShare(deps: PageDeps, { path }: Incoming): Promise<Outgoing> {
  const { operations, hub } = deps;
  const token = path.slice(SHARE_PATHS.open.length);
  const opened = await openedOf(operations.openShare(token));
  if (opened?.state !== 'live') return gone(deps, opened);
  const { refusal, until } = opened;
  const page = shareOpenPage({ hub, refusal, until, receipt: SHARE_PATHS.receipt + token, keys: SHARE_PATHS.keys });
  return html(200, page, undefined, UNLISTED);
}

async function openReceipt(deps: PageDeps, { path }: Incoming): Promise<Outgoing> {
  const opened = await openedOf(deps.operations.openShare(path.slice(SHARE_PATHS.receipt.length)));
  if (opened?.state !== 'live') return gone(deps, opened);
  return {
    status: 200,
    headers: {
      'content-type': 'application/jose',
      'content-disposition': 'attachment; filename="refusal-receipt.txt"',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      ...UNLISTED,
    },
    body: `${opened.receipt}\n`,
  };
}

/** Ended, or never there. */
function gone({ hub }: PageDeps, opened: OpenedShare | undefined): Outgoing {
  return html(opened ? 410 : 404, shareGonePage({ hub, ended: opened !== undefined }), undefined, UNLISTED);
}

async function openedOf(opening: Promise<OpenedShare>): Promise<OpenedShare | undefined> {
  return opening.catch((error: unknown) => {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  });
}
