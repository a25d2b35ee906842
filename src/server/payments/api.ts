/**
 * The gate over HTTP. A merchant comes with its key (`Authorization: Bearer cfp_…`).
 *
 *     POST /payments/check               would it be let through? nothing is recorded
 *     POST /payments/attempts            201: send it; 409: not now, and why, and when
 *     PUT  /payments/outcomes/:attempt   how it went, once; the same again is fine
 *     GET  /payments/attempts/:attempt   how it stands
 *     GET  /payments/holds               an event when a hold ends
 *     GET  /payments/openapi.json        all of this, for programs; without a key
 */

import type { Pace } from '../../profiles/oauth/deps.ts';
import { readKey } from '../../profiles/payments/access.ts';
import { ContradictionError } from '../../profiles/payments/outcome.ts';
import { judgeAccess } from '../../profiles/payments/profile.ts';
import { accessRefusal } from '../../profiles/payments/verdicts.ts';
import { type Incoming, json, type Outgoing, type Route } from '../../protocols/http/exchange.ts';
import type { Pulse } from '../pulse.ts';
import { openStream, type Streams } from '../streams.ts';
import type { ClosedAnswer, GateOutcome, GateRequest } from './answers.ts';
import {
  attemptFor,
  type Caller,
  CardFault,
  checkFor,
  type GatewayDeps,
  MerchantGone,
  recordFor,
  reserveFor,
} from './gateway.ts';
import { holdsFeed } from './holds.ts';
import { openapi } from './openapi.ts';
import { problem, unreadable } from './problem.ts';
import { readJson } from './read-body.ts';
import { CHECK, OUTCOME, RESERVE } from './shapes.ts';

/** What the routes need. */
export interface PaymentsApiDeps extends GatewayDeps {
  readonly issuer: string;
  readonly streams: Streams;
  readonly pulse: Pulse;
  /** Of what a merchant asks about and reserves, each of which is written down. How it went is taken at any pace. */
  readonly pace: Pace;
}

/** Where it all is. */
const PATHS = {
  check: '/payments/check',
  attempts: '/payments/attempts',
  attempt: '/payments/attempts/:attempt',
  outcome: '/payments/outcomes/:attempt',
  holds: '/payments/holds',
  openapi: '/payments/openapi.json',
} as const;

type Handle = (request: Incoming, caller: Caller) => Promise<Outgoing>;

/** The routes. */
export function paymentsRoutes(deps: PaymentsApiDeps): readonly Route[] {
  const document = openapi(deps.issuer);
  const route = (method: Route['method'], path: string, handle: Handle): Route => ({
    method,
    path,
    handle: (request) => letIn(deps, request, handle),
  });
  const paced =
    (handle: Handle): Handle =>
    async (request, caller) => {
      const { grant, loaded } = caller;
      const waitMs = deps.pace.waitMs(grant.id, loaded.now);
      if (waitMs > 0) return tooFast(waitMs);
      deps.pace.take(grant.id, loaded.now);
      return handle(request, caller);
    };
  return [
    route(
      'POST',
      PATHS.check,
      paced((request, caller) => checked(deps, request, caller)),
    ),
    route(
      'POST',
      PATHS.attempts,
      paced((request, caller) => reserved(deps, request, caller)),
    ),
    route('PUT', PATHS.outcome, (request, caller) => recorded(deps, request, caller)),
    route('GET', PATHS.attempt, (request, caller) => shown(deps, request, caller)),
    route('GET', PATHS.holds, (request, caller) => holds(deps, request, caller)),
    { method: 'GET', path: PATHS.openapi, handle: () => json(200, document) },
  ];
}

/** Whose key it is, read now. */
async function judged(deps: PaymentsApiDeps, authorization: string | undefined) {
  const presented = readKey(authorization);
  const id = presented.key === 'read' ? presented.id : undefined;
  const loaded = await deps.store.load(id === undefined ? {} : { codes: [id] });
  const found = id === undefined ? undefined : loaded.codes.get(id);
  const code = found?.purpose === 'payments_key' ? found : undefined;
  const grant = code && loaded.grants.get(code.grant);
  const c = {
    now: loaded.now,
    key: presented.key,
    ...('detail' in presented && { detail: presented.detail }),
    ...(code && { code: part(code, ['id', 'state', 'until', 'generation']) }),
    ...(grant && { merchant: part(grant, ['id', 'to', 'state', 'until']) }),
    generation: loaded.generation,
  };
  return { c, judgement: judgeAccess(c), grant, loaded };
}

function part<T extends object, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<T, K>;
}

async function letIn(deps: PaymentsApiDeps, request: Incoming, handle: Handle): Promise<Outgoing> {
  const { c, judgement, grant, loaded } = await judged(deps, request.headers['authorization']);
  if (!judgement.ok || !grant) {
    const kept = await deps.store.refuse(accessRefusal(c, judgement, request.source));
    return keyRefused(c.key === 'absent', deps.verdictUri(kept.verdict));
  }
  const caller: Caller = { grant, loaded, source: request.source };
  try {
    return await handle(request, caller);
  } catch (error) {
    if (error instanceof CardFault) return unreadable(400, error.message, 'card');
    if (error instanceof ContradictionError) return unreadable(400, error.message, 'response.code');
    // The key was good a moment ago: judged again, it says what has become of it.
    if (error instanceof MerchantGone) return letIn(deps, request, handle);
    if (error instanceof Error && error.name === 'StoreBusyError') return busy();
    throw error;
  }
}

/** The same for every cause: whoever has no key learns nothing of those there are. RFC 6750 §3. */
function keyRefused(absent: boolean, uri: string): Outgoing {
  const said = {
    status: 401,
    type: 'key-not-good',
    title: 'The call did not come with a good key',
    detail:
      'expected Authorization: Bearer and a living key of a merchant, which begins with cfp_; whoever runs the hub can see why this one is none',
  };
  if (absent) return problem(said, { 'www-authenticate': 'Bearer realm="counterfoil"' });
  const challenge = `Bearer realm="counterfoil", error="invalid_token", error_uri="${uri}"`;
  return problem({ ...said, instance: uri }, { 'www-authenticate': challenge });
}

function tooFast(waitMs: number): Outgoing {
  return problem(
    {
      status: 429,
      type: 'too-fast',
      title: 'You ask faster than the hub takes on',
      detail: 'nothing was recorded: do not send it, and ask again when Retry-After is over',
    },
    { 'retry-after': String(Math.ceil(waitMs / 1_000)) },
  );
}

function busy(): Outgoing {
  return problem(
    { status: 503, type: 'busy', title: 'The hub is busy', detail: 'nothing was recorded: ask again in a moment' },
    { 'retry-after': '1' },
  );
}

async function checked(deps: PaymentsApiDeps, request: Incoming, caller: Caller): Promise<Outgoing> {
  const read = readJson<GateRequest>(request, CHECK);
  return read.ok ? json(200, await checkFor(deps, caller, read.value)) : read.answer;
}

async function reserved(deps: PaymentsApiDeps, request: Incoming, caller: Caller): Promise<Outgoing> {
  const read = readJson<GateRequest>(request, RESERVE);
  if (!read.ok) return read.answer;
  const answer = await reserveFor(deps, caller, read.value);
  if (!answer.admitted) return closed(answer, caller.loaded.now);
  return 'attempt' in answer
    ? json(201, answer, { location: `${PATHS.attempts}/${answer.attempt}` })
    : json(201, answer);
}

function closed({ verdict, ...answer }: ClosedAnswer, now: number): Outgoing {
  const { next_allowed_at: next, never } = answer;
  const when = never || next === null ? 'only new facts open it' : `not before ${next}`;
  return problem(
    {
      status: 409,
      type: 'attempt-closed',
      title: 'The attempt must not be sent now',
      detail: `expected an attempt that every rule lets through, got one closed by ${answer.closed.map(({ rule }) => rule).join(', ')}: do not send it, ${when}`,
      instance: verdict,
      ...answer,
    },
    // Rounded up: whoever comes back then is not a moment early.
    next === null ? {} : { 'retry-after': String(Math.max(1, Math.ceil((Date.parse(next) - now) / 1_000))) },
  );
}

/** `at_…`, and the fingerprint behind it. */
const ATTEMPT = /^at_[0-9A-Z]{26}\.[\w-]{43}$/;

function attemptIn({ path }: Incoming): string | undefined {
  const id = path.slice(path.lastIndexOf('/') + 1);
  return ATTEMPT.test(id) ? id : undefined;
}

function noAttempt(): Outgoing {
  return problem({
    status: 404,
    type: 'attempt-unknown',
    title: 'There is no such attempt',
    detail: 'expected the id of an attempt of yours, as the answer to POST /payments/attempts names it',
  });
}

async function recorded(deps: PaymentsApiDeps, request: Incoming, caller: Caller): Promise<Outgoing> {
  const id = attemptIn(request);
  if (id === undefined) return noAttempt();
  const read = readJson<GateOutcome>(request, OUTCOME);
  if (!read.ok) return read.answer;
  if (read.value.outcome === 'declined' && read.value.response === undefined)
    return unreadable(400, '`response`: expected the response of a declined attempt, got nothing', 'response');
  const answer = await recordFor(deps, caller, id, read.value);
  if (answer === undefined) return noAttempt();
  if (answer.recorded !== 'conflict') return json(200, answer);
  return problem({
    status: 409,
    type: 'outcome-conflict',
    title: 'Another outcome is recorded already',
    detail: `expected what is recorded (${answer.recorded_outcome}; GET /payments/attempts says with which code), got another outcome, or another code: the recorded one stays`,
    recorded_outcome: answer.recorded_outcome,
  });
}

async function shown(deps: PaymentsApiDeps, request: Incoming, caller: Caller): Promise<Outgoing> {
  const id = attemptIn(request);
  const found = id === undefined ? undefined : await attemptFor(deps, caller, id);
  return found ? json(200, found) : noAttempt();
}

async function holds(deps: PaymentsApiDeps, request: Incoming, caller: Caller): Promise<Outgoing> {
  if (request.query !== '') return unreadable(400, 'expected nothing behind a question mark in the address');
  const good = async (): Promise<boolean> => (await judged(deps, request.headers['authorization'])).judgement.ok;
  const feed = holdsFeed({ ...deps, grant: caller.grant, good, after: request.headers['last-event-id'] });
  return openStream(deps.streams, `payments ${caller.grant.id}`, feed);
}
