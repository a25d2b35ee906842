/** Judges a pasted request with this hub's records, without sending it and without using anything up. */
import type { Judgement, Verdict } from '../core/verdict.ts';
import { explainSignedCode } from '../inspectors/signed-code/signed-code.ts';
import { readAuthorize } from '../profiles/oauth/authorize.ts';
import type { Case } from '../profiles/oauth/case.ts';
import type { OAuthDeps } from '../profiles/oauth/deps.ts';
import type { Action } from '../profiles/oauth/profile.ts';
import { judgeAccess } from '../profiles/oauth/resource.ts';
import { judgeToken, readHandle, readTokenRequest } from '../profiles/oauth/token.ts';
import { verdictOf } from '../profiles/oauth/verdicts.ts';
import type { Incoming } from '../protocols/http/exchange.ts';
import type { HttpRequest } from '../protocols/http-text/message.ts';
import { OperationError } from './operations.ts';

const SOURCE = 'explain';

/** What is right and wrong with a signed code; of a good one also its id. Whether it was used, its life tells. */
export async function explainCode(oauth: OAuthDeps, text: string): Promise<Verdict> {
  const { now } = await oauth.store.load({});
  const key = oauth.offline ? undefined : oauth.keys.codes;
  const verdict = explainSignedCode(text, { now, ...(key && { keys: [key] }) }, now);
  const { handle } = readHandle('authorization_code', text, key);
  return handle.read === 'ok' ? { ...verdict, code: handle.id } : verdict;
}

/** The verdict that the request would get now. It is not kept. */
export async function explainRequest(oauth: OAuthDeps, request: HttpRequest): Promise<Verdict> {
  const incoming = incomingOf(request);
  const action = actionOf(incoming);
  const { c, judgement } = await judged(oauth, action, incoming);
  return { ...verdictOf(c, judgement, { action, source: SOURCE }), checks: judgement.checks };
}

async function judged(
  oauth: OAuthDeps,
  action: Action,
  incoming: Incoming,
): Promise<{ c: Case; judgement: Judgement }> {
  if (action === 'token') return judgeToken(oauth, await readTokenRequest(oauth, incoming));
  if (action === 'authorize') return readAuthorize(oauth, incoming.query, SOURCE);
  return judgeAccess(oauth, incoming, [incoming.method === 'GET' ? 'lamp:read' : 'lamp:write']);
}

function actionOf({ method, path }: Incoming): Action {
  if (method === 'POST' && path.endsWith('/token')) return 'token';
  if (method === 'GET' && path.endsWith('/authorize')) return 'authorize';
  if (path.startsWith('/api/')) return 'resource';
  throw new OperationError(
    `expected a request to POST /token, GET /authorize or /api/…, got ${method.slice(0, 10)} ${path.slice(0, 60)}; paste the request that was refused`,
  );
}

/** Header names in lower case, repeated fields joined, as a listener would have it. */
function incomingOf({ method, target, headers, body }: HttpRequest): Incoming {
  const joined: Record<string, string> = {};
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    joined[key] = joined[key] === undefined ? value : `${joined[key]}, ${value}`;
  }
  const origin = target.replace(/^https?:\/\/[^/?#]*/i, '');
  const [path = '', query = ''] = split(origin === '' ? '/' : origin);
  return { method: method.toUpperCase(), path, query, headers: joined, body, source: SOURCE };
}

function split(target: string): [string, string] {
  const at = target.indexOf('?');
  return at < 0 ? [target, ''] : [target.slice(0, at), target.slice(at + 1).split('#', 1)[0] ?? ''];
}
