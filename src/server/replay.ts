/** Judges a kept case again, with something set otherwise: what would have happened if …. Changes nothing. */
import { show } from '../core/show.ts';
import { judgedAgain, type Verdict } from '../core/verdict.ts';
import type { App } from '../profiles/oauth/app.ts';
import { type AuthorizeCase, type Case, enabledScopes, type TokenCase } from '../profiles/oauth/case.ts';
import { appOf } from '../profiles/oauth/clients.ts';
import { switchedOn, withGranted, withListed } from '../profiles/oauth/coverage.ts';
import type { OAuthDeps } from '../profiles/oauth/deps.ts';
import { OPEN_PARAMETERS } from '../profiles/oauth/evidence.ts';
import { clientOf } from '../profiles/oauth/fixes.ts';
import { type Action, judge, policy } from '../profiles/oauth/profile.ts';
import { clientFacts } from '../profiles/oauth/prove/client.ts';
import { subjectOf } from '../profiles/oauth/verdicts.ts';
import { replayedHome } from './home/replay.ts';
import { OperationError } from './operations.ts';
import { replayedPayments } from './payments/replay.ts';

/** Facts that are outcomes of proofs, and what each may be set to. */
const OUTCOMES = {
  code_verifier: ['match', 'mismatch', 'absent', 'malformed', 'unasked'],
  client_secret: ['match', 'mismatch', 'absent'],
} as const;

/** The verdict that the same case would get with `set` applied. With nothing set the tree is identical. */
export async function replayed(
  oauth: OAuthDeps,
  verdict: Verdict,
  set: Readonly<Record<string, string>>,
): Promise<Verdict> {
  if (verdict.profile !== 'oauth' && verdict.profile !== 'home' && verdict.profile !== 'payments')
    throw new OperationError(`verdicts of the profile ${verdict.profile} cannot be replayed yet`);
  if (verdict.erased) throw new OperationError('the case of this verdict was erased: there is nothing to judge again');
  if (verdict.profile === 'home') return replayedHome(verdict, set);
  if (verdict.profile === 'payments') return replayedPayments(verdict, set);
  let c = verdict.snapshot as Case;
  for (const [name, value] of Object.entries(set)) c = await changed(oauth, c, name, value);
  if (set['scope'] !== undefined || set['client_id'] !== undefined) c = covered(oauth, c);
  const { subject: _, ...rest } = judgedAgain(verdict, judge(verdict.action as Action, c), { policy, snapshot: c });
  const subject = subjectOf(c);
  return { ...rest, ...(subject !== undefined && { subject: show(subject) }) };
}

/** The case as if its application were registered so; all else, the time too, stays as it was. */
export function asRegistered(oauth: OAuthDeps, c: Case, app: App): Case {
  if ('needs' in c) {
    const { enabled, ...rest } = c;
    return enabled
      ? { ...rest, enabled: [...new Set([...enabledScopes(app), ...switchedOn(oauth, app, c.needs)])] }
      : c;
  }
  return c.client ? covered(oauth, { ...c, client: clientFacts(c.client.id, app) }) : c;
}

/** The case with what is registered now. */
async function withSettings(oauth: OAuthDeps, c: Case, value: string): Promise<Case> {
  if (value !== 'now') throw new OperationError(`settings can be set to now only, got ${JSON.stringify(value)}`);
  const id = clientOf(c);
  const app = await appOf(oauth, id, await oauth.store.load({}));
  if (!app)
    throw new OperationError('the application of this verdict is not registered: there are no settings of today');
  return asRegistered(oauth, c, app);
}

/** Other scopes, or those of another client, may be parts of what is granted or listed. */
function covered(oauth: OAuthDeps, c: Case): Case {
  if (!('request' in c)) return c;
  return 'intent' in c ? withGranted(oauth, withListed(oauth, c)) : withListed(oauth, c);
}

async function changed(oauth: OAuthDeps, c: Case, name: string, value: string): Promise<Case> {
  if (name === 'age') return { ...c, now: movedTo(c, value) };
  if (name === 'settings') return withSettings(oauth, c, value);
  if (name === 'client_id' && 'request' in c) return withClient(oauth, c, value);
  if (name === 'media_type' && 'request' in c) return { ...c, request: { ...c.request, mediaType: value } };
  if (OPEN_PARAMETERS.includes(name) && 'request' in c) return withParameter(c, name, value);
  if (name === 'code_verifier' && 'pkce' in c) return { ...c, pkce: outcome(name, value) };
  if (name === 'client_secret' && 'auth' in c) return { ...c, auth: { ...c.auth, secret: outcome(name, value) } };
  throw new OperationError(
    `cannot set ${name}: expected one of ${[...OPEN_PARAMETERS, 'media_type', 'age', 'settings', ...Object.keys(OUTCOMES)].join(', ')}`,
  );
}

function outcome<N extends keyof typeof OUTCOMES>(name: N, value: string): (typeof OUTCOMES)[N][number] {
  const found = OUTCOMES[name].find((allowed) => allowed === value);
  if (found !== undefined) return found;
  throw new OperationError(
    `a secret is never kept, so ${name} can be set to an outcome only: ${OUTCOMES[name].join(', ')}`,
  );
}

/** `age=12` is twelve seconds after the code was minted. */
function movedTo(c: Case, value: string): number {
  const seconds = Number(value);
  const from = 'code' in c ? c.code?.from : undefined;
  if (from === undefined) throw new OperationError('cannot set age: the verdict knows no code');
  if (value === '' || !Number.isFinite(seconds) || seconds < 0)
    throw new OperationError(`expected an age in seconds, got ${JSON.stringify(value)}`);
  return from + Math.round(seconds * 1_000);
}

function withParameter<C extends TokenCase | AuthorizeCase>(c: C, name: string, value: string): C {
  const names = c.request.names.filter((other) => other !== name);
  const { [name]: _, ...values } = c.request.values;
  const request =
    value === ''
      ? { ...c.request, names, values }
      : { ...c.request, names: [...names, name], values: { ...values, [name]: value } };
  const intent =
    name === 'grant_type' && (value === 'authorization_code' || value === 'refresh_token') && 'intent' in c
      ? { intent: value }
      : {};
  return { ...c, request, ...intent };
}

/** The client as the snapshot knew it, where it did; else as it is registered now. */
async function withClient(oauth: OAuthDeps, c: TokenCase | AuthorizeCase, id: string): Promise<Case> {
  const { client: before, ...rest } = withParameter(c, 'client_id', id);
  const known = before?.id === id ? before : undefined;
  const registered = known ? undefined : await appOf(oauth, id, await oauth.store.load({}));
  const client = known ?? (registered && clientFacts(id, registered));
  return { ...rest, clientId: id, ...(client && { client }) };
}
