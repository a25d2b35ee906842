/**
 * What the hub can do about a refusal: the proposals of its profile as plans, and carrying one out. A plan says every item
 * that changes and what the same request would come to; its `seal` names exactly that change of exactly that registration,
 * so what is carried out is what was looked at, or nothing.
 *
 * Not here: which change takes which cause away, and its words (`src/profiles/oauth/fixes.ts`); the checks of what may be
 * registered (`apps.ts`).
 */
import { createHash } from 'node:crypto';
import type { Verdict } from '../core/verdict.ts';
import type { App } from '../profiles/oauth/app.ts';
import type { Case } from '../profiles/oauth/case.ts';
import type { OAuthDeps } from '../profiles/oauth/deps.ts';
import { clientOf, type Proposal, proposals, type Standing } from '../profiles/oauth/fixes.ts';
import { type Action, judge } from '../profiles/oauth/profile.ts';
import type { Registered } from '../store/registry.ts';
import { appAfter, editAppAt } from './apps.ts';
import { changesOf } from './fixes-changes.ts';
import type { Fixes, FixOutcome, Outlook, PlannedFix } from './fixes-shapes.ts';
import { NotFoundError, OperationError } from './operations.ts';
import { asRegistered } from './replay.ts';

/** What they are made from; `holds` counts what is alive of an application. */
export interface FixesDeps {
  readonly oauth: OAuthDeps;
  readonly holds: (client: string) => Promise<Standing['holds']>;
}

/** The plans for a refusal. Nothing of a success, of another profile, or of an application that is gone. */
export async function fixesOf(deps: FixesDeps, verdict: Verdict): Promise<Fixes> {
  const { planned, app } = await plan(deps, verdict);
  if (!app) return { verdict: verdict.id, fixes: [] };
  return {
    verdict: verdict.id,
    app: { id: app.id, name: app.body.name },
    fixes: planned.map(({ fix }) => fix),
    today: outlook(deps.oauth, verdict, app.body),
  };
}

/**
 * Carries a plan out, if it is still the one that was looked at.
 *
 * @throws NotFoundError when the verdict has no such proposal (any more)
 */
export async function applyFix(deps: FixesDeps, verdict: Verdict, id: string, seal: string): Promise<FixOutcome> {
  const { planned, app } = await plan(deps, verdict);
  const found = planned.find(({ fix }) => fix.id === id);
  if (!found || !app) throw new NotFoundError(`there is no ${id} to do about ${verdict.id}: it may be done already`);
  if (found.fix.seal !== seal) return { outcome: 'stale' };
  const saved = await editAppAt(deps.oauth.registry, app.id, app.rev, found.proposal.edit);
  if (!saved) return { outcome: 'stale' };
  const { id: client, name } = saved.app;
  const { secret } = saved;
  return {
    outcome: 'applied',
    app: { id: client, name },
    ...(secret !== undefined && { secret }),
    then: found.fix.then,
  };
}

const NOTHING: Standing['holds'] = { grants: 0, live: 0 };

interface Planned {
  readonly proposal: Proposal;
  readonly fix: PlannedFix;
}

async function plan(
  { oauth, holds }: FixesDeps,
  verdict: Verdict,
): Promise<{ readonly planned: readonly Planned[]; readonly app?: Registered<App> }> {
  if (verdict.ok || verdict.erased || verdict.profile !== 'oauth') return { planned: [] };
  const client = clientOf(verdict.snapshot as Case);
  const app = client === undefined ? undefined : await oauth.registry.get<App>('app', client);
  if (!app) return { planned: [] };
  // What is alive is counted only where there is something to say it beside.
  if (proposals(verdict, { app: app.body, holds: NOTHING }).length === 0) return { app, planned: [] };
  const found = proposals(verdict, { app: app.body, holds: await holds(app.id) });
  return { app, planned: found.flatMap((proposal) => planned(oauth, verdict, app, proposal)) };
}

/** None where the registry would not take it: a proposal passes the checks of typed input or is not offered. */
function planned(oauth: OAuthDeps, verdict: Verdict, app: Registered<App>, proposal: Proposal): Planned[] {
  const { id, rule, say, edit, impact, then, unkept } = proposal;
  const after = orRefused(() => appAfter(app.id, app.body, edit));
  if (!after) return [];
  const would = unkept ? undefined : outlook(oauth, verdict, after);
  const seal = createHash('sha256')
    .update(JSON.stringify([verdict.id, id, app.id, app.rev, edit]))
    .digest('base64url');
  const changes = changesOf(app.body, after, edit.rotateSecret === true);
  return [{ proposal, fix: { id, rule, say, impact, then, changes, ...(would && { would }), seal } }];
}

function orRefused<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return undefined;
  }
}

function outlook(oauth: OAuthDeps, { action, snapshot }: Verdict, app: App): Outlook {
  const { ok, decisive, checks } = judge(action as Action, asRegistered(oauth, snapshot as Case, app));
  if (ok || !decisive) return { ok };
  const failed = checks.flatMap(({ children = [] }) => children).find((check) => check.id === decisive.rule);
  return { ok, rule: decisive.rule, ...(failed?.cause && { say: failed.cause.say }) };
}
