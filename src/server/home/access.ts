/** One request for one characteristic: what it needs, how it is judged, how its value is told. */
import type { AccessRequest } from '../../profiles/home/capability.ts';
import type { AccessCase, AccessoryFacts } from '../../profiles/home/case.ts';
import { localTime } from '../../profiles/home/hours.ts';
import { judge } from '../../profiles/home/profile.ts';
import { refusalOf, verdictOf } from '../../profiles/home/verdicts.ts';
import { accessRefusal } from '../../profiles/home/wire.ts';
import type { OAuthDeps } from '../../profiles/oauth/deps.ts';
import type { ReplayCache } from '../../profiles/oauth/prove/replay-cache.ts';
import type { Admitted } from '../../profiles/oauth/resource.ts';
import { errorUri } from '../../profiles/oauth/wire.ts';
import type { CharacteristicRead } from '../../protocols/hap/characteristics.ts';
import type { Outgoing } from '../../protocols/http/exchange.ts';
import type { Accessory } from '../accessories/accessory.ts';
import type { House } from '../accessories/house.ts';
import type { Streams } from '../streams.ts';
import type { Part } from './paths.ts';

/** What the routes need. */
export interface HomeApiDeps {
  readonly oauth: OAuthDeps;
  readonly house: Pick<House, 'get' | 'list' | 'record'>;
  readonly seen: ReplayCache;
  readonly streams: Streams;
  /** The hub's time zone (IANA), for hours of capabilities. */
  readonly zone: string;
}

/** What somebody wants, and what the accessory has of it. */
export interface Wanted {
  readonly request: AccessRequest;
  readonly accessory?: Accessory;
  readonly found?: Part;
  readonly facts?: AccessoryFacts;
}

/** Judges each; the first refusal is kept and answered, and then nothing is done at all. */
export async function firstRefused(
  deps: HomeApiDeps,
  wanted: readonly Wanted[],
  { grant, code, scopes }: Admitted,
  source: string,
): Promise<Outgoing | undefined> {
  const { now } = await deps.oauth.store.load({});
  const local = localTime(now, deps.zone);
  for (const { request, facts } of wanted) {
    const c: AccessCase = { now, local, scopes, request, ...(facts && { accessory: facts }) };
    const judgement = judge('access', c);
    if (judgement.ok) continue;
    const verdict = verdictOf(c, judgement, { action: 'access', source, subject: grant.to, grant: grant.id, code });
    const kept = await deps.oauth.store.refuse(refusalOf(c, verdict));
    return accessRefusal(judgement, errorUri(deps.oauth, kept.verdict));
  }
  return undefined;
}

/** HAP's statuses are not the client's business beyond that it did not work. */
export function shown(
  read: CharacteristicRead | undefined,
): { readonly value: unknown } | { readonly unavailable: true } {
  return read && read.status === 0 && read.value !== undefined ? { value: read.value } : { unavailable: true };
}
