/**
 * Changes of ownership for the app that redeemed the code, with its token:
 *
 *     GET  /api/ownership              how far it is
 *     POST /api/ownership/<accessory>  {"pairings": [{"id": …, "key": …, "admin": true}]}
 *
 * By the second the new owner says that it has verified and listed over a session of its own, before it removes anybody. The
 * hub believes its own list where it still gets one; where it does not, it believes the new owner, whose code it was.
 */
import type { Effect } from '../../core/model.ts';
import type { Listed } from '../../profiles/home/ownership.ts';
import { isMarked, NEW_OWNER_LISTED, planOf } from '../../profiles/home/ownership-effect.ts';
import type { OAuthDeps } from '../../profiles/oauth/deps.ts';
import type { ReplayCache } from '../../profiles/oauth/prove/replay-cache.ts';
import { HapError } from '../../protocols/hap/errors.ts';
import { type Incoming, json, type Outgoing, type Route } from '../../protocols/http/exchange.ts';
import type { House } from '../accessories/house.ts';
import { bodyText } from '../body.ts';
import { guarded, type Handle } from '../guarded.ts';
import { ownershipEffects, statusOf } from './ownership.ts';
import { look } from './ownership-worker.ts';

/** What the routes need. */
export interface OwnershipApiDeps {
  readonly oauth: OAuthDeps;
  readonly house: Pick<House, 'get'>;
  readonly seen: ReplayCache;
  /** There may be something to do for the worker. */
  readonly wake: () => void;
}

/** More than any accessory has room for. */
const PAIRINGS_MAX = 1_000;
const PATH = '/api/ownership';

/** The routes. */
export function ownershipRoutes(deps: OwnershipApiDeps): readonly Route[] {
  const route = (handle: Handle): Route['handle'] => guarded(deps.oauth, deps.seen, [], handle);
  return [
    { method: 'GET', path: PATH, steady: true, handle: route((_, { grant }) => told(deps, grant.id)) },
    {
      method: 'POST',
      path: `${PATH}/:accessory`,
      steady: true,
      handle: route((request, { grant }) => confirm(deps, request, grant.id)),
    },
  ];
}

async function told({ oauth }: OwnershipApiDeps, grant: string): Promise<Outgoing> {
  const status = await statusOf(oauth.store, grant);
  return status ? json(200, status) : unknown('the code of this token was for no change of ownership');
}

async function confirm(deps: OwnershipApiDeps, request: Incoming, grant: string): Promise<Outgoing> {
  const claimed = readListed(bodyText(request));
  if (!claimed)
    return json(400, {
      error: 'invalid_request',
      error_description: 'expected {"pairings": [{"id": "…", "key": "…", "admin": true}]}, as the accessory lists them',
    });
  const accessory = request.path.slice(PATH.length + 1);
  const effect = (await ownershipEffects(deps.oauth.store, grant)).find(({ target }) => target === accessory);
  const plan = effect && planOf(effect);
  if (plan?.act !== 'transfer' || !plan.pairing) return unknown('the code of this token was not for handing this over');
  if (effect?.state !== 'due') return told(deps, grant);
  const listed = await seen(deps, effect, claimed);
  if (listed === 'away')
    return json(
      503,
      { error: 'temporarily_unavailable', error_description: 'the accessory does not answer the hub' },
      { 'retry-after': '5' },
    );
  const { id, key } = plan.pairing;
  if (!listed.some((one) => one.id === id && one.key === key && one.admin))
    return json(409, {
      error: 'not_listed',
      error_description: 'the new owner is no administrator of it yet: wait for the hub to add it',
    });
  await mark(deps, effect);
  return told(deps, grant);
}

/** The list as the hub gets it; the claim, where the hub gets none any more. */
async function seen(
  { house }: OwnershipApiDeps,
  { target }: Effect,
  claimed: readonly Listed[],
): Promise<readonly Listed[] | 'away'> {
  const accessory = await house.get(target);
  if (!accessory) return claimed;
  try {
    const view = await look(accessory);
    return view === 'out' || view === 'refused' ? claimed : view;
  } catch (error) {
    if (error instanceof HapError) return 'away';
    throw error;
  }
}

/** Others settle the same effect meanwhile; then theirs is the newer one. */
const TRIES_MAX = 20;

/** Remembers that the new owner is listed, and lets the worker look at once. */
async function mark({ oauth: { store }, wake }: OwnershipApiDeps, first: Effect): Promise<void> {
  let effect: Effect = first;
  for (let tries = 0; tries < TRIES_MAX && effect.state === 'due'; tries++) {
    const error = isMarked(effect) && effect.lastError !== undefined ? effect.lastError : NEW_OWNER_LISTED;
    if (await store.settle({ effect: effect.id, rev: effect.rev, state: 'retry', error })) break;
    const [newer] = await store.find('effects', { id: effect.id, limit: 1 });
    effect = newer ?? effect;
  }
  wake();
}

function readListed(text: string): readonly Listed[] | undefined {
  try {
    const { pairings } = JSON.parse(text) as { readonly pairings?: unknown };
    if (!Array.isArray(pairings) || pairings.length > PAIRINGS_MAX) return undefined;
    return pairings.every(isListed) ? pairings : undefined;
  } catch {
    return undefined;
  }
}

function isListed(one: unknown): one is Listed {
  if (typeof one !== 'object' || one === null) return false;
  const { id, key, admin } = one as Record<keyof Listed, unknown>;
  return typeof id === 'string' && typeof key === 'string' && typeof admin === 'boolean';
}

function unknown(say: string): Outgoing {
  return json(404, { error: 'not_found', error_description: say });
}
