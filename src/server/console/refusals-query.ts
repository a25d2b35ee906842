/** What the list of refusals is asked for: the parameters of its address, as a question to the store, and back again. */
import { show } from '../../core/show.ts';
import type { Query } from '../../store/port.ts';
import { type Range, rangeSince, readRange } from '../pages/range.ts';
import { ownRefusals } from '../seen-by.ts';
import type { Viewer } from '../users.ts';

/** A row after which a list goes on. */
export type Cursor = NonNullable<Query['before']>;

/** What is asked for. What is not there is not filtered by. */
export interface Asked {
  readonly profile?: string;
  readonly app?: string;
  /** A cause id or a rule id. */
  readonly cause?: string;
  /** Free text. */
  readonly text?: string;
  readonly range: Range;
  /** Also what was accepted. */
  readonly accepted?: true;
  readonly before?: Cursor;
}

const TEXT_MAX = 200;
const NAME = /^[a-z0-9.-]{1,100}$/;
const CURSOR = /^(\d{1,15})\.(vd_[0-9A-Z]{4,40})$/;

/** Reads it; what cannot be one of these is not asked for. */
export function readAsked(query: ReadonlyMap<string, string>): Asked {
  const [, at, id] = CURSOR.exec(query.get('before') ?? '') ?? [];
  const [profile, cause] = [query.get('profile') ?? '', query.get('cause') ?? ''];
  const [app, text] = [query.get('app') ?? '', (query.get('q') ?? '').trim().slice(0, TEXT_MAX)];
  return {
    range: readRange(query.get('range')),
    ...(NAME.test(profile) && { profile }),
    ...(app !== '' && { app: app.slice(0, TEXT_MAX) }),
    ...(NAME.test(cause) && { cause }),
    ...(text !== '' && { text }),
    ...(query.get('accepted') === '1' && { accepted: true }),
    ...(at !== undefined && id !== undefined && { before: { at: Number(at), id } }),
  };
}

/** A cursor as it stands in an address. */
export function cursorText({ at, id }: Cursor): string {
  return `${at}.${id}`;
}

/** The address of a list, changed in some of its points; `path` is the page's own unless told. */
export function askedPath(
  { profile, app, cause, text, range, accepted, before }: Asked,
  path: string = '/',
  more: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams({
    ...(profile !== undefined && { profile }),
    ...(app !== undefined && { app }),
    ...(cause !== undefined && { cause }),
    ...(text !== undefined && { q: text }),
    ...(range !== '1m' && { range }),
    ...(accepted && { accepted: '1' }),
    ...(before && { before: cursorText(before) }),
    ...more,
  }).toString();
  return query === '' ? path : `${path}?${query}`;
}

/** Anything but a range that would leave something out? */
export function isFiltered({ profile, app, cause, text }: Asked): boolean {
  return [profile, app, cause, text].some((one) => one !== undefined);
}

/** What of it the store answers: all but free text, and only what the viewer may see. */
export function storeQuery(asked: Asked, viewer: Viewer, now: number): Query {
  const { cause, accepted, before } = asked;
  return {
    ...tallyQuery(asked, viewer, now),
    ...(cause !== undefined && { cause }),
    ...(!accepted && { ok: false }),
    ...(before && { before }),
  };
}

/** The same for its chart, which shows every cause and what was accepted beside it. */
export function tallyQuery({ profile, app, range }: Asked, viewer: Viewer, now: number): Query {
  const since = rangeSince(range, now);
  return {
    ...clientsOf(viewer, app),
    ...(profile !== undefined && { profile }),
    ...(since !== undefined && { since }),
  };
}

/** Rows name an application as it was shown; a developer's own are all that there are. */
function clientsOf(viewer: Viewer, app: string | undefined): Pick<Query, 'client'> {
  const own = ownRefusals(viewer);
  if (app === undefined) return own;
  const mine = viewer.role === 'operator' || viewer.apps.includes(app);
  return { client: mine ? [...new Set([app, show(app)])] : [] };
}
