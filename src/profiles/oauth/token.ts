/**
 * `POST /token`: read, prove, load, decide, commit, and say what the standard says. One loop: a lost race reads again
 * and decides again, so that the loser gets a true verdict.
 */
import type { Judgement, Verdict } from '../../core/verdict.ts';
import { type Incoming, json, type Outgoing } from '../../protocols/http/exchange.ts';
import { meansSigned, readSignedCode } from '../../protocols/signed-code/read.ts';
import type { CodeKey } from '../../protocols/signed-code/signed-code.ts';
import { codeId, type Purpose, readCode } from '../../protocols/typed-code/typed-code.ts';
import type { Loaded } from '../../store/port.ts';
import type { App } from './app.ts';
import {
  askedScopes,
  type BoxFacts,
  boundText,
  type CodeFacts,
  type HandleFacts,
  provenKey,
  type Target,
  type TokenCase,
} from './case.ts';
import { appOf, clientPart } from './clients.ts';
import { withGranted, withListed } from './coverage.ts';
import type { OAuthDeps, Objection, Owed } from './deps.ts';
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
  readonly box?: Box;
}

/** The box that a request came in. What was redeemed from it is redeemed once: `once` is the key of that. */
export interface Box {
  readonly facts: BoxFacts;
  readonly once?: { readonly key: string; readonly until: number };
}

/** A judged attempt, and what committing it needs. */
export interface Judged {
  readonly c: TokenCase;
  readonly judgement: Judgement;
  readonly evidence: TokenEvidence;
  readonly loaded: Loaded;
}

/** Reads a token request and makes its proofs; `box` tells of the one it came in. Nothing is written. */
export async function readTokenRequest(deps: OAuthDeps, request: Incoming, box?: Box): Promise<TokenEvidence> {
  const { form, facts } = bodyEvidence(request);
  const intent = intentOf(form);
  const claim = readClient(request.headers['authorization'], form);
  const raw = form.get(intent === 'refresh_token' ? 'refresh_token' : 'code');
  const read = raw === undefined ? undefined : readHandle(intent, raw, deps.keys.codes);
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
    ...(box && { box }),
  };
}

/** What is asked for, also when `grant_type` is padded or misspelled: the code or token that came tells. */
function intentOf(form: ReadonlyMap<string, string>): TokenCase['intent'] {
  const grantType = form.get('grant_type');
  if (grantType === 'refresh_token' || grantType === 'authorization_code') return grantType;
  return form.has('refresh_token') && !form.has('code') ? 'refresh_token' : 'authorization_code';
}

/** Reads a presented string as facts, and its body apart from them. `key` has signed what may be a signed code. */
export function readHandle(purpose: Purpose, raw: string, key?: CodeKey): { handle: HandleFacts; body?: string } {
  const read = readCode(purpose, raw);
  if (!read.ok) {
    const signed = key && purpose === 'authorization_code' && meansSigned(raw) ? readSigned(raw, key) : undefined;
    return signed ?? { handle: { read: read.fault, detail: read.detail } };
  }
  const { body, form, blanks } = read;
  return { handle: { read: 'ok', id: codeId(purpose, body), form, blanks }, body };
}

/** No code of the usual form looks like one, so those never get here. Whether its time is over is told by the clock of the store. */
function readSigned(raw: string, key: CodeKey): { handle: HandleFacts; body?: string } | undefined {
  const read = readSignedCode(raw, [key]);
  if (read.ok) {
    const { code, blanks, keyId, until } = read;
    return {
      handle: { read: 'ok', id: codeId('authorization_code', code), form: 'signed', blanks, keyId, until },
      body: code,
    };
  }
  const { ok: _, cause, ...rest } = read;
  return cause === 'empty' || cause === 'too-long' ? undefined : { handle: { read: 'signed', cause, ...rest } };
}

/** Loads what the evidence names and judges it. Nothing is written, so `explain` uses it too. */
export async function judgeToken(deps: OAuthDeps, evidence: TokenEvidence): Promise<Judged> {
  const id = evidence.handle?.read === 'ok' ? evidence.handle.id : undefined;
  const once = [evidence.proof?.once, evidence.box?.once].flatMap((one) => one?.key ?? []);
  const loaded = await deps.store.load({
    ...(id !== undefined && { codes: [id] }),
    ...(once.length > 0 && { once }),
  });
  const asking = await appOf(deps, evidence.claim.clientId, loaded);
  const c = withGranted(deps, withListed(deps, caseOf(deps, evidence, loaded, asking)));
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
    ...(code && { code: codeFacts(code), ...beyondFacts(deps, code) }),
    ...(grant && { grant: grantFacts(grant) }),
    ...(next?.state === 'live' && { next: { used: next.used } }),
    generation: loaded.generation,
    ...(e.proof && { dpop: dpopFacts(e.proof, deps.keys.nonce, loaded.now, loaded.once) }),
    target: e.target,
    pkce: verifier,
    ...(e.box && { box: boxFacts(e.box, loaded) }),
    ...paceFacts(deps, e.intent, grant, loaded.now),
  };
}

/** Few codes are bound to anything that is judged elsewhere. */
function beyondFacts({ beyond }: OAuthDeps, { bindings }: CodeFacts): Pick<TokenCase, 'beyond'> {
  const facts = bindings.flatMap(({ fact }) => (beyond?.facts.includes(fact) ? [fact] : []));
  return facts.length === 0 ? {} : { beyond: facts };
}

function boxFacts({ facts, once }: Box, loaded: Loaded): BoxFacts {
  return once && 'keyId' in facts && loaded.once.has(once.key) ? { ...facts, replayed: true } : facts;
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

/** Exchanges a code or refreshes: at most one of any number of racers wins. `box` tells of the one the request came in. */
export async function exchange(deps: OAuthDeps, request: Incoming, box?: Box): Promise<Exchanged> {
  const evidence = await readTokenRequest(deps, request, box);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const judged = await judgeToken(deps, evidence);
    const { c, judgement } = judged;
    const verdict = verdictOf(c, judgement, { action: 'token', source: request.source });
    if (!judgement.ok) return refuse(deps, judged, verdict);
    const owed = await beyond(deps, judged);
    if (owed && 'refusal' in owed) return object(deps, judged, owed);
    const kept = owed?.kept ? { ...verdict, snapshot: { ...c, circumstances: owed.kept } } : verdict;
    const { redemption, response } = issue(deps, judged, kept, owed);
    // Counted before anything is waited for, or a burst would get past; once, however often its races are lost.
    if (round === 0 && c.intent === 'refresh_token') deps.pace?.take(redemption.grant.id, c.now);
    if ((await deps.store.redeem(redemption)) === 'done') {
      return { answer: json(200, response, nonceHeader(deps, c)), verdict: verdict.id };
    }
  }
  return { answer: json(503, { error: 'temporarily_unavailable' }, { 'retry-after': '1' }), verdict: '' };
}

/** What another profile says to a sound redemption of a code, where its scopes or bindings are that profile's. */
async function beyond(deps: OAuthDeps, judged: Judged): Promise<Objection | Owed | undefined> {
  const { c, evidence, loaded } = judged;
  const grant = loaded.grants.get(c.grant?.id ?? '');
  if (!deps.beyond || c.intent !== 'authorization_code' || !grant || !c.code) return undefined;
  const pairingId = boundText(c.code, 'pairing_id');
  const jkt = boundText(c.code, 'jkt');
  const hapJkt = boundText(c.code, 'hap_jkt');
  const ownership = boundText(c.code, 'ownership');
  const sender = provenKey(c);
  const { jwk, hapJkt: names } = evidence.proof ?? {};
  return deps.beyond.redeem({
    now: c.now,
    source: evidence.source,
    ...(c.clientId !== undefined && { clientId: c.clientId }),
    scopes: askedScopes(c),
    ...(pairingId !== undefined && { pairingId }),
    ...(jkt !== undefined && { jkt }),
    ...(hapJkt !== undefined && { hapJkt }),
    ...(ownership !== undefined && { ownership }),
    grant,
    codeId: c.code.id,
    presented: evidence.form.get('code') ?? '',
    form: evidence.form,
    ...(sender !== undefined && {
      sender: {
        jkt: sender,
        ...(c.dpop?.curve !== undefined && { curve: c.dpop.curve }),
        ...(jwk?.x !== undefined && { x: jwk.x }),
        ...(names !== undefined && { hapJkt: names }),
      },
    }),
  });
}

/** Kept as the other profile's verdict; the client hears what it always hears. */
async function object(deps: OAuthDeps, { c }: Judged, { refusal, keep }: Objection): Promise<Exchanged> {
  const kept = await deps.store.refuse(keep);
  return { answer: tokenRefusal(refusal, errorUri(deps, kept.verdict), nonceHeader(deps, c)), verdict: kept.verdict };
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
