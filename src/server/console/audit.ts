/** `/audit`: the hub's keys, whether its trail holds, and who did what. For whoever runs the hub. */
import type { Grant } from '../../core/model.ts';
import type { Outgoing, Route } from '../../protocols/http/exchange.ts';
import type { AccountEvent } from '../account-events.ts';
import { auditPage, type DiaryEntry } from '../pages/audit.ts';
import { PATHS } from '../pages/layout.ts';
import { rangeSince, readRange } from '../pages/range.ts';
import {
  formExpired,
  forOperator,
  frame,
  html,
  isTheirs,
  orAbsent,
  type PageDeps,
  posted,
  queryOf,
  redirect,
  type Visit,
} from '../visit.ts';

/** Its routes. */
export function auditRoutes(deps: PageDeps): readonly Route[] {
  return [
    { method: 'GET', path: PATHS.audit, handle: forOperator(deps, (visit) => orAbsent(visit, show)) },
    { method: 'GET', path: CHECK_PATH, handle: () => redirect(PATHS.audit) },
    { method: 'POST', path: CHECK_PATH, handle: forOperator(deps, (visit) => orAbsent(visit, check)) },
  ];
}

const CHECK_PATH = `${PATHS.audit}/check`;
const CHECK = 'audit:check';
const SHOWN = 100;

async function show(visit: Visit): Promise<Outgoing> {
  const { deps, session } = visit;
  const { operations } = deps;
  const range = readRange(queryOf(visit.request).get('range'));
  const { now, generation, data } = await operations.status();
  const since = rangeSince(range, now);
  const [keys, checked, events, grants] = await Promise.all([
    operations.keys(),
    operations.auditChecked(),
    operations.accountEvents(),
    operations.grants({ limit: 1_000, ...(since !== undefined && { since }) }),
  ]);
  const all = diaryOf(events, grants, since ?? 0);
  const page = auditPage({
    ...frame(visit),
    csrf: deps.sessions.csrf(session, CHECK),
    now,
    generation,
    data,
    keys,
    ...(checked && { checked }),
    range,
    diary: all.slice(0, SHOWN),
    more: all.length > SHOWN,
  });
  return html(200, page);
}

/** What people did since then, newest first. A grant that was given before is not looked at, though it may have ended since. */
function diaryOf(events: readonly AccountEvent[], grants: readonly Grant[], since: number): DiaryEntry[] {
  const entries: DiaryEntry[] = [
    ...events.map((event): DiaryEntry => ({ kind: 'account', ...event })),
    ...grants.map((grant): DiaryEntry => ({ kind: 'given', at: grant.from, grant })),
    ...grants.flatMap((grant): DiaryEntry[] =>
      grant.endedAt === undefined ? [] : [{ kind: 'ended', at: grant.endedAt, grant }],
    ),
  ];
  return entries.filter(({ at }) => at >= since).sort((a, b) => b.at - a.at);
}

async function check(visit: Visit): Promise<Outgoing> {
  if (!isTheirs(visit, CHECK, posted(visit.request))) return formExpired(visit);
  await visit.deps.operations.checkAudit();
  return redirect(`${PATHS.audit}#trail`);
}
