/**
 * `POST /token`: read, prove, load, decide, commit, and say what the standard says. One loop: a lost race reads again
 * and decides again, so that the loser gets a true verdict.
 */
import type { Judgement, Verdict } from '../../core/verdict.ts';
import { type Incoming, json, type Outgoing } from '../../protocols/http/exchange.ts';
import { codeId, type Purpose, readCode } from '../../protocols/typed-code/typed-code.ts';
import type { Loaded } from '../../store/port.ts';
import type { App } from './app.ts';
import { boundText, type CodeFacts, type HandleFacts, type Target, type TokenCase } from './case.ts';
import { appOf, clientPart } from './clients.ts';
import type { OAuthDeps } from './deps.ts';
import { bodyEvidence, type FormEvidence } from './evidence.ts';
import { issue } from './issue.ts';
import { judge } from './profile.ts';
import { type ClientClaim, checkSecret, readClient } from './prove/client.ts';
import { dpopFacts, dpopNonce, type Proof, readProof } from './prove/dpop.ts';
import { checkVerifier } from './prove/pkce.ts';
import { refusalOf, verdictOf } from './verdicts.ts';
import { errorUri, tokenRefusal } from './wire.ts';

/** How often a lost race is read and decided again before the hub says it is too busy. */
const ROUNDS_MAX = 20;

/** A request as read and proven, before the store was asked. */
export interface TokenEvidence extends FormEvidence {
  readonly intent: TokenCase['intent'];
  readonly claim: ClientClaim;
  readonly handle?: HandleFacts;
  /** The body of the presented code or token; stays in memory. */
  readonly presented?: string;
  readonly proof?: Proof;
  readonly target: Target;
  readonly source: string;
}

/** A judged attempt, and what committing it needs. */
export interface Judged {
  readonly c: TokenCase;
  readonly judgement: Judgement;
  readonly evidence: TokenEvidence;
  readonly loaded: Loaded;
}

/** Reads a token request and makes its proofs. Nothing is written. */
export async function readTokenRequest(deps: OAuthDeps, request: Incoming): Promise<TokenEvidence> {
  const { form, facts } = bodyEvidence(request);
  const intent = intentOf(form);
  const claim = readClient(request.headers['authorization'], form);
  const raw = form.get(intent === 'refresh_token' ? 'refresh_token' : 'code');
  const read = raw === undefined ? undefined : readHandle(intent, raw);
  const proof = await readProof(request.headers['dpop']);
  const { issuer, aliases } = deps.config;
  return {
    form,
    facts,
    intent,
    claim,
    ...(read && { handle: read.handle }),
    ...(read?.body !== undefined && { presented: read.body }),
    ...(proof && { proof }),
    // Only a proof is judged by it; without one it would only make the snapshot longer.
    target: { method: 'POST', uris: proof ? [issuer, ...aliases].map((origin) => `${origin}/token`) : [] },
    source: request.source,
  };
}

/** What is asked for, also when `grant_type` is padded or misspelled: the code or token that came tells. */
function intentOf(form: ReadonlyMap<string, string>): TokenCase['intent'] {
  const grantType = form.get('grant_type');
  if (grantType === 'refresh_token' || grantType === 'authorization_code') return grantType;
  return form.has('refresh_token') && !form.has('code') ? 'refresh_token' : 'authorization_code';
}

/** Reads a presented string as facts, and its body apart from them. */
export function readHandle(purpose: Purpose, raw: string): { handle: HandleFacts; body?: string } {
  const read = readCode(purpose, raw);
  if (!read.ok) return { handle: { read: read.fault, detail: read.detail } };
  const { body, form, blanks } = read;
  return { handle: { read: 'ok', id: codeId(purpose, body), form, blanks }, body };
}

/** Loads what the evidence names and judges it. Nothing is written, so `explain` uses it too. */
export async function judgeToken(deps: OAuthDeps, evidence: TokenEvidence): Promise<Judged> {
  const id = evidence.handle?.read === 'ok' ? evidence.handle.id : undefined;
  const onceKey = evidence.proof?.once?.key;
  const loaded = await deps.store.load({
    ...(id !== undefined && { codes: [id] }),
    ...(onceKey !== undefined && { once: [onceKey] }),
  });
  const asking = await appOf(deps, evidence.claim.clientId, loaded);
  const c = caseOf(deps, evidence, loaded, asking);
  return { c, judgement: judge('token', c), evidence, loaded };
}

function caseOf(deps: OAuthDeps, e: TokenEvidence, loaded: Loaded, app: App | undefined): TokenCase {
  const code = e.handle?.read === 'ok' ? loaded.codes.get(e.handle.id) : undefined;
  const grant = code && loaded.grants.get(code.grant);
  const next = code?.next === undefined ? undefined : loaded.codes.get(code.next);
  const challenge = boundText(code, 'code_challenge');
  const verifier = checkVerifier(e.form.get('code_verifier'), challenge);
  return {
    now: loaded.now,
    ...(deps.offline && { offline: true }),
    request: e.facts,
    intent: e.intent,
    ...clientPart(e.claim.clientId, app),
    auth: checkSecret(e.claim, app),
    ...(e.handle && { handle: e.handle }),
    ...(code && { code: codeFacts(code) }),
    ...(grant && { grant: grantFacts(grant) }),
    ...(next?.state === 'live' && { next: { used: next.used } }),
    generation: loaded.generation,
    ...(e.proof && { dpop: dpopFacts(e.proof, deps.keys.nonce, loaded.now, loaded.once) }),
    target: e.target,
    pkce: verifier,
    ...paceFacts(deps, e.intent, grant, loaded.now),
  };
}

function paceFacts(
  { pace }: OAuthDeps,
  intent: TokenCase['intent'],
  grant: TokenCase['grant'],
  now: number,
): Pick<TokenCase, 'pace'> {
  if (!pace || intent !== 'refresh_token' || !grant) return {};
  const waitMs = pace.waitMs(grant.id, now);
  return waitMs > 0 ? { pace: { waitSeconds: Math.ceil(waitMs / 1_000) } } : {};
}

/** A code without what only its holder may know: a secret binding keeps its name, and a mark for its value. */
export function codeFacts(code: CodeFacts & { handle?: unknown }): CodeFacts {
  const { handle: _, ...facts } = code;
  if (!facts.bindings.some((b) => b.secret)) return facts;
  return { ...facts, bindings: facts.bindings.map((b) => (b.secret ? { ...b, expected: '*' } : b)) };
}

/** What rules may know of a grant. */
export function grantFacts(grant: NonNullable<TokenCase['grant']>): NonNullable<TokenCase['grant']> {
  const { id, state, endedBy, rev } = grant;
  return { id, state, ...(endedBy !== undefined && { endedBy }), rev };
}

/** What `POST /token` came to: the answer, and the verdict that was kept. */
export interface Exchanged {
  readonly answer: Outgoing;
  readonly verdict: string;
}

/** Exchanges a code or refreshes: at most one of any number of racers wins. */
export async function exchange(deps: OAuthDeps, request: Incoming): Promise<Exchanged> {
  const evidence = await readTokenRequest(deps, request);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const judged = await judgeToken(deps, evidence);
    const { c, judgement } = judged;
    const verdict = verdictOf(c, judgement, { action: 'token', source: request.source });
    if (!judgement.ok) return refuse(deps, judged, verdict);
    const { redemption, response } = issue(deps, judged, verdict);
    // Counted before anything is waited for, or a burst would get past; once, however often its races are lost.
    if (round === 0 && c.intent === 'refresh_token') deps.pace?.take(redemption.grant.id, c.now);
    if ((await deps.store.redeem(redemption)) === 'done') {
      return { answer: json(200, response, nonceHeader(deps, c)), verdict: verdict.id };
    }
  }
  return { answer: json(503, { error: 'temporarily_unavailable' }, { 'retry-after': '1' }), verdict: '' };
}

async function refuse(deps: OAuthDeps, { c, judgement }: Judged, verdict: Verdict): Promise<Exchanged> {
  const kept = await deps.store.refuse(refusalOf(c, judgement, verdict));
  const refusal = judgement.decisive?.refusal ?? 'server_error';
  const tooLarge = c.request.fault?.kind === 'too-large';
  const headers = { ...nonceHeader(deps, c), ...(refusal === 'slow_down' && retryAfter(c)) };
  const answer = tokenRefusal(refusal, errorUri(deps, kept.verdict), headers, tooLarge);
  return { answer, verdict: kept.verdict };
}

/** RFC 9110 §10.2.3. */
function retryAfter({ pace }: TokenCase): Readonly<Record<string, string>> {
  return { 'retry-after': String(pace?.waitSeconds ?? 1) };
}

/** RFC 9449 §8.2: whoever sends a proof is told the current nonce, whatever came of it. */
function nonceHeader(deps: OAuthDeps, c: TokenCase): Readonly<Record<string, string>> {
  return c.dpop ? { 'dpop-nonce': dpopNonce(deps.keys.nonce, c.now) } : {};
}
