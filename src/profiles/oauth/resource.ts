/** The protected API's gate: an access token for an answer. A refusal leaves a verdict; so does a token's first use. */
import type { Grant } from '../../core/model.ts';
import type { Judgement } from '../../core/verdict.ts';
import type { Incoming, Outgoing } from '../../protocols/http/exchange.ts';
import type { Loaded } from '../../store/port.ts';
import { enabledScopes, type ResourceCase } from './case.ts';
import { appOf } from './clients.ts';
import type { OAuthDeps } from './deps.ts';
import { judge } from './profile.ts';
import { dpopFacts, dpopNonce, type Proof, readProof } from './prove/dpop.ts';
import type { ReplayCache } from './prove/replay-cache.ts';
import { codeFacts, grantFacts, readHandle } from './token.ts';
import { refusalOf, verdictOf } from './verdicts.ts';
import { errorUri, resourceRefusal } from './wire.ts';

/** Who came in: the grant behind the token, and until when the token lives (ms). */
export interface Admitted {
  readonly ok: true;
  readonly grant: Grant;
  readonly code: string;
  readonly until: number;
  /** The scopes that it was let in for. */
  readonly needs: readonly string[];
  /** RFC 9449 §8.2: the nonce for the next proof, for whoever sent one. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The gate's answer. */
export type Admission = Admitted | { readonly ok: false; readonly answer: Outgoing };

/** A judged API request. */
export interface JudgedAccess {
  readonly c: ResourceCase;
  readonly judgement: Judgement;
  readonly loaded: Loaded;
}

/** Judges one API request; nothing is written. `needs` are the scopes of the route; `seen` takes the proof's key. */
export async function judgeAccess(
  deps: OAuthDeps,
  request: Incoming,
  needs: readonly string[],
  seen?: ReplayCache,
): Promise<JudgedAccess> {
  const { scheme, token } = readAuthorization(request.headers['authorization']);
  const read = token === undefined ? undefined : readHandle('access_token', token);
  const id = read?.handle.read === 'ok' ? read.handle.id : undefined;
  const proof = await readProof(request.headers['dpop'], token ?? '');
  const loaded = await deps.store.load(id === undefined ? {} : { codes: [id] });
  const code = id === undefined ? undefined : loaded.codes.get(id);
  const grant = code && loaded.grants.get(code.grant);
  const app = await appOf(deps, grant?.to);
  const enabled = enabledScopes(app);
  const origins = [deps.config.issuer, ...deps.config.aliases];
  const fresh: ResourceCase = {
    now: loaded.now,
    ...(deps.offline && { offline: true }),
    scheme,
    needs,
    ...(grant && { enabled }),
    ...(read && { handle: read.handle }),
    ...(code && { code: codeFacts(code) }),
    ...(grant && { grant: grantFacts(grant) }),
    generation: loaded.generation,
    target: { method: request.method, uris: proof ? origins.map((origin) => origin + request.path) : [] },
    ...(proof && { dpop: dpopFacts(proof, deps.keys.apiNonce, loaded.now, NONE) }),
  };
  return { ...spendProof(fresh, proof, seen), loaded };
}

/** Lets one API request in, or refuses it as RFC 6750 says. */
export async function admit(
  deps: OAuthDeps,
  seen: ReplayCache,
  request: Incoming,
  needs: readonly string[],
): Promise<Admission> {
  const first = await judgeAccess(deps, request, needs, seen);
  const { c, judgement, loaded } = await afterFirstUse(deps, request, needs, first);
  const code = loaded.codes.get(c.code?.id ?? '');
  const grant = loaded.grants.get(c.grant?.id ?? '');
  const nonce = dpopNonce(deps.keys.apiNonce, c.now);
  if (!judgement.ok || !code || !grant) {
    const verdict = verdictOf(c, judgement, { action: 'resource', source: request.source });
    const kept = await deps.store.refuse(refusalOf(c, judgement, verdict));
    return {
      ok: false,
      answer: resourceRefusal(judgement, errorUri(deps, kept.verdict), nonce, needs.join(' ')),
    };
  }
  const headers: Readonly<Record<string, string>> = c.dpop ? { 'dpop-nonce': nonce } : {};
  return { ok: true, grant, code: code.id, until: code.until, needs, headers };
}

/**
 * Keeps a token's first call, for the timeline. When something changed meanwhile, the request is judged once more: a
 * parallel call costs nothing, and a revocation refuses. Its proof, if any, was taken before.
 */
async function afterFirstUse(
  deps: OAuthDeps,
  request: Incoming,
  needs: readonly string[],
  judged: JudgedAccess,
): Promise<JudgedAccess> {
  const { c, judgement, loaded } = judged;
  const code = loaded.codes.get(c.code?.id ?? '');
  const grant = loaded.grants.get(c.grant?.id ?? '');
  if (!judgement.ok || !code || !grant || code.used > 0) return judged;
  const won = await deps.store.redeem({
    now: c.now,
    grant: { id: grant.id, rev: grant.rev },
    spend: { code: code.id, rev: code.rev },
    issue: [],
    verdict: verdictOf(c, judgement, { action: 'resource', source: request.source }),
  });
  return won === 'done' ? judged : judgeAccess(deps, request, needs);
}

/** Is the token still good, its scopes still switched on? For streams, which outlive the request that was judged. */
export async function stillAdmitted(deps: OAuthDeps, admitted: Admitted): Promise<boolean> {
  const { now, codes, grants, generation } = await deps.store.load({ codes: [admitted.code] });
  const code = codes.get(admitted.code);
  const app = await appOf(deps, admitted.grant.to);
  const enabled = enabledScopes(app);
  return (
    admitted.needs.every((scope) => enabled.includes(scope)) &&
    code?.state === 'live' &&
    now <= code.until &&
    code.generation === generation &&
    grants.get(code.grant)?.state === 'active'
  );
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Judges the case, and spends its proof if it holds: only a request that would be admitted takes the key of its proof.
 * So nobody can spend a proof for somebody else, and nobody without a token can fill the cache and push keys out of it.
 */
function spendProof(
  c: ResourceCase,
  proof: Proof | undefined,
  seen: ReplayCache | undefined,
): Pick<JudgedAccess, 'c' | 'judgement'> {
  const judgement = judge('resource', c);
  if (!judgement.ok || !c.dpop || !proof?.once || !seen) return { c, judgement };
  if (seen.take(proof.once.key, c.now, proof.once.until)) return { c, judgement };
  const replayed: ResourceCase = { ...c, dpop: { ...c.dpop, replayed: true } };
  return { c: replayed, judgement: judge('resource', replayed) };
}

function readAuthorization(header: string | undefined): { scheme: ResourceCase['scheme']; token?: string } {
  if (header === undefined) return { scheme: 'none' };
  const match = /^(bearer|dpop) +([A-Za-z0-9._~+/=-]{1,512})$/i.exec(header);
  if (!match) return { scheme: 'other' };
  return {
    scheme: match[1]?.toLowerCase() === 'dpop' ? 'dpop' : 'bearer',
    ...(match[2] !== undefined && { token: match[2] }),
  };
}
