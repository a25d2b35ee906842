/**
 * Accessories through the hub: what they have, values, writes and changes, each judged by the capabilities of the token
 * (`src/profiles/home`). The hub asks the accessory by its own pairing; the app never gets near it.
 *
 *     GET /api/accessories
 *     GET /api/characteristics?id=lamp/lightbulb/on,lamp/lightbulb/brightness
 *     PUT /api/characteristics   {"characteristics": [{"id": "lamp/lightbulb/on", "value": true}], "timed_ms": 500}
 *     GET /api/changes
 *     GET /api/pairings          what became of the pairings that the token's own grant was given
 */
import { type AccessRequest, capabilitiesOf, homeScopes, permits } from '../profiles/home/capability.ts';
import { type AccessCase, type AccessoryFacts, keptValue } from '../profiles/home/case.ts';
import { effectWords } from '../profiles/home/effects.ts';
import { type LocalTime, localTime } from '../profiles/home/hours.ts';
import { judge } from '../profiles/home/profile.ts';
import { characteristicType, serviceType } from '../profiles/home/types.ts';
import { refusalOf, verdictOf } from '../profiles/home/verdicts.ts';
import { accessRefusal } from '../profiles/home/wire.ts';
import type { OAuthDeps } from '../profiles/oauth/deps.ts';
import type { ReplayCache } from '../profiles/oauth/prove/replay-cache.ts';
import { type Admitted, admit, scopesNow } from '../profiles/oauth/resource.ts';
import { errorUri } from '../profiles/oauth/wire.ts';
import type { CharacteristicRead } from '../protocols/hap/characteristics.ts';
import { HapError } from '../protocols/hap/errors.ts';
import { type Incoming, json, type Outgoing, type Route, type Sink } from '../protocols/http/exchange.ts';
import type { Accessory } from './accessories/accessory.ts';
import type { House } from './accessories/house.ts';
import { bodyText } from './body.ts';
import { idOf, isAt, type Part, type Path, partsOf, pathOf, readPath, typesOf } from './home-paths.ts';
import type { Streams } from './streams.ts';

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
interface Wanted {
  readonly request: AccessRequest;
  readonly accessory?: Accessory;
  readonly found?: Part;
  readonly facts?: AccessoryFacts;
}

const IDS_MAX = 50;
const TIMED_MAX_MS = 60_000;
const HEARTBEAT_MS = 4_000;

/** The routes. */
export function homeRoutes(deps: HomeApiDeps): readonly Route[] {
  const guarded =
    (handle: (request: Incoming, admitted: Admitted, scopes: readonly string[]) => Promise<Outgoing>) =>
    async (request: Incoming): Promise<Outgoing> => {
      const admission = await admit(deps.oauth, deps.seen, request, []);
      if (!admission.ok) return admission.answer;
      const scopes = (await scopesNow(deps.oauth, admission)) ?? [];
      const answer = await handle(request, admission, scopes);
      return { ...answer, headers: { ...answer.headers, ...admission.headers } };
    };
  return [
    {
      method: 'GET',
      path: '/api/accessories',
      steady: true,
      handle: guarded((_, __, scopes) => listAll(deps, scopes)),
    },
    {
      method: 'GET',
      path: '/api/characteristics',
      steady: true,
      handle: guarded((...given) => readSome(deps, ...given)),
    },
    {
      method: 'PUT',
      path: '/api/characteristics',
      steady: true,
      handle: guarded((...given) => writeSome(deps, ...given)),
    },
    { method: 'GET', path: '/api/changes', steady: true, handle: guarded((...given) => watch(deps, ...given)) },
    {
      method: 'GET',
      path: '/api/pairings',
      steady: true,
      handle: guarded((_, admitted) => pairingsOf(deps, admitted)),
    },
  ];
}

/** Everything that the token may do anything with, and what. An accessory that is away is listed without its parts. */
async function listAll({ house }: HomeApiDeps, scopes: readonly string[]): Promise<Outgoing> {
  const capabilities = capabilitiesOf(homeScopes(scopes));
  const mine = (await house.list()).filter(({ id }) =>
    capabilities.some(({ accessory }) => accessory === '*' || accessory === id),
  );
  const listed = await Promise.all(
    mine.map(async (accessory) => {
      const { id, name } = accessory;
      const database = await accessory.accessories().catch(() => undefined);
      const parts = (database ?? []).flatMap(partsOf).flatMap((found) => {
        const ops = (['read', 'write', 'subscribe'] as const).filter((op) =>
          capabilities.some((one) => permitsSometimes(one, { accessory: id, ...typesOf(found), op })),
        );
        if (ops.length === 0) return [];
        const { format, perms, meta } = found.characteristic;
        return [{ id: pathOf(id, found), format, perms, may: ops, ...meta }];
      });
      return { id, name, reachable: database !== undefined, characteristics: parts };
    }),
  );
  return json(200, { accessories: listed });
}

/** The pairings of the token's grant: `state` for programs, `says` for people. What went wrong is the operator's to read. */
async function pairingsOf({ oauth, house }: HomeApiDeps, { grant }: Admitted): Promise<Outgoing> {
  const effects = await oauth.store.find('effects', { grant: grant.id });
  const pairings = effects
    .filter(({ kind, grant: of }) => kind === 'pairing' && of === grant.id)
    .map(async (effect) => {
      const { state: says, alarm } = effectWords(effect);
      const { target: accessory, state, data } = effect;
      const record = await house.record(accessory);
      return {
        accessory,
        pairing_id: data['pairing_id'],
        state,
        says,
        ...(alarm !== undefined && { alarm }),
        ...(record && { accessory_id: record.hapId, ltpk: record.key }),
      };
    });
  return json(200, { pairings: await Promise.all(pairings) });
}

/** Would it be permitted with a value within bounds, at the right time? */
function permitsSometimes(capability: ReturnType<typeof capabilitiesOf>[number], request: AccessRequest): boolean {
  const { bound: _, hours: __, ...unlimited } = capability;
  return permits([unlimited], { ...request, timed: true }, { day: 0, minute: 0 }).ok;
}

async function readSome(
  deps: HomeApiDeps,
  request: Incoming,
  admitted: Admitted,
  scopes: readonly string[],
): Promise<Outgoing> {
  const ids = (new URLSearchParams(request.query).get('id') ?? '').split(',').filter((id) => id !== '');
  const paths = ids.map(readPath);
  if (ids.length === 0 || ids.length > IDS_MAX || paths.includes(undefined))
    return malformed(`?id= with 1 to ${IDS_MAX} names like lamp/lightbulb/on, separated by commas`);
  const wanted = await Promise.all(paths.map((path) => find(deps, { ...(path as Path), op: 'read' })));
  const refused = await firstRefused(deps, wanted, scopes, admitted, request.source);
  if (refused) return refused;
  const values = await Promise.all(
    wanted.map(async ({ accessory, found }) => {
      const [read] = (await accessory?.read([idOf(found as Part)])) ?? [];
      return read;
    }),
  ).catch(away);
  if (!Array.isArray(values)) return values;
  return json(200, { characteristics: ids.map((id, i) => ({ id, ...shown(values[i]) })) });
}

async function writeSome(
  deps: HomeApiDeps,
  request: Incoming,
  admitted: Admitted,
  scopes: readonly string[],
): Promise<Outgoing> {
  const asked = readWrites(bodyText(request));
  if (!asked)
    return malformed(
      `{"characteristics": [{"id": "lamp/lightbulb/on", "value": true}]} with 1 to ${IDS_MAX} of them, and for a timed write "timed_ms" up to ${TIMED_MAX_MS}`,
    );
  const { writes, timedMs } = asked;
  const wanted = await Promise.all(
    writes.map(({ path, value }) =>
      find(deps, { ...path, op: 'write', value: keptValue(value), ...(timedMs !== undefined && { timed: true }) }),
    ),
  );
  const refused = await firstRefused(deps, wanted, scopes, admitted, request.source);
  if (refused) return refused;
  const byAccessory = new Map<Accessory, { aid: number; iid: number; value: string | number | boolean }[]>();
  for (const [i, { accessory, found }] of wanted.entries()) {
    const value = writes[i]?.value;
    if (!accessory || !found || value === undefined) continue;
    byAccessory.set(accessory, [...(byAccessory.get(accessory) ?? []), { ...idOf(found), value }]);
  }
  const done = await Promise.all([...byAccessory].map(([accessory, all]) => accessory.write(all, timedMs))).catch(away);
  return Array.isArray(done) ? { status: 204, headers: { 'cache-control': 'no-store' }, body: '' } : done;
}

/** Changes of what the token may subscribe to, each judged before it is sent: nothing follows a revocation. */
async function watch(
  deps: HomeApiDeps,
  request: Incoming,
  admitted: Admitted,
  scopes: readonly string[],
): Promise<Outgoing> {
  const capabilities = capabilitiesOf(homeScopes(scopes));
  if (!capabilities.some(({ ops }) => ops.includes('s'))) {
    const probe: Wanted = { request: { accessory: '*', service: '*', characteristic: '*', op: 'subscribe' } };
    const refused = await firstRefused(deps, [probe], scopes, admitted, request.source);
    if (refused) return refused;
  }
  const full = deps.streams.full(admitted.grant.id);
  if (full !== undefined)
    return json(full === 'hub' ? 503 : 429, { error: 'temporarily_unavailable' }, { 'retry-after': '5' });
  const ended = deps.streams.open(admitted.grant.id);
  const accessories = await deps.house.list();
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
    body: '',
    stream: (sink) => {
      sink.onClose(ended);
      streamChanges(deps, admitted, accessories, sink);
    },
  };
}

function streamChanges(deps: HomeApiDeps, admitted: Admitted, accessories: readonly Accessory[], sink: Sink): void {
  let id = 0;
  let tail: Promise<void> = Promise.resolve();
  const send = (make: (scopes: readonly string[]) => Promise<string>): void => {
    tail = tail.then(async () => {
      // The rights are asked for after the change is known and before it is sent. A store that is away ends the stream.
      const scopes = await scopesNow(deps.oauth, admitted).catch(() => undefined);
      if (!scopes) return sink.end();
      const text = await make(scopes).catch(() => '');
      if (text !== '') sink.write(text);
    });
  };
  const unsubscribe = accessories.map((accessory) =>
    accessory.subscribe((changes) =>
      send(async (scopes) => {
        const database = await accessory.accessories();
        const local = await localNow(deps);
        const capabilities = capabilitiesOf(homeScopes(scopes));
        const told = changes.flatMap((change) => {
          const found = database.flatMap(partsOf).find((part) => isAt(part, change));
          if (!found) return [];
          const asked: AccessRequest = { accessory: accessory.id, ...typesOf(found), op: 'subscribe' };
          if (!permits(capabilities, asked, local).ok) return [];
          return [{ id: pathOf(accessory.id, found), ...shown(change) }];
        });
        if (told.length === 0) return '';
        id += 1;
        return `id: ${id}\nevent: change\ndata: ${JSON.stringify({ characteristics: told })}\n\n`;
      }),
    ),
  );
  const heartbeat = setInterval(() => send(async () => ': alive\n\n'), HEARTBEAT_MS);
  sink.onClose(() => {
    clearInterval(heartbeat);
    for (const end of unsubscribe) end();
  });
}

/** Judges each; the first refusal is kept and answered, and then nothing is done at all. */
async function firstRefused(
  deps: HomeApiDeps,
  wanted: readonly Wanted[],
  scopes: readonly string[],
  { grant, code }: Admitted,
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

async function localNow({ oauth, zone }: HomeApiDeps): Promise<LocalTime> {
  return localTime((await oauth.store.load({})).now, zone);
}

/** What the accessory has of what is asked for, and whether it answers. */
async function find({ house }: HomeApiDeps, request: AccessRequest): Promise<Wanted> {
  const accessory = await house.get(request.accessory);
  if (!accessory) return { request };
  const database = await accessory.accessories().catch(() => undefined);
  const service = serviceType(request.service);
  const characteristic = characteristicType(request.characteristic);
  const found = database
    ?.flatMap(partsOf)
    .find((part) => part.service.type === service && part.characteristic.type === characteristic);
  const facts: AccessoryFacts = {
    id: accessory.id,
    reachable: database !== undefined,
    ...accessory.versions(),
    ...(database && { database: true }),
    ...(found && { characteristic: { perms: found.characteristic.perms, format: found.characteristic.format } }),
  };
  return { request, accessory, ...(found && { found }), facts };
}

interface Writes {
  readonly writes: readonly { readonly path: Path; readonly value: string | number | boolean }[];
  readonly timedMs?: number;
}

function readWrites(text: string): Writes | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { characteristics, timed_ms: timedMs } = (body ?? {}) as Readonly<Record<string, unknown>>;
  if (!Array.isArray(characteristics) || characteristics.length === 0 || characteristics.length > IDS_MAX)
    return undefined;
  const isTimed = Number.isInteger(timedMs) && (timedMs as number) > 0 && (timedMs as number) <= TIMED_MAX_MS;
  if (timedMs !== undefined && !isTimed) return undefined;
  const writes = characteristics.map((one: unknown) => {
    const { id, value } = (one ?? {}) as Readonly<Record<string, unknown>>;
    const path = typeof id === 'string' ? readPath(id) : undefined;
    const plain = typeof value === 'boolean' || typeof value === 'string' || Number.isFinite(value);
    return path && plain ? { path, value: value as string | number | boolean } : undefined;
  });
  if (writes.includes(undefined)) return undefined;
  return { writes: writes as Writes['writes'], ...(isTimed && { timedMs: timedMs as number }) };
}

/** HAP's statuses are not the client's business beyond that it did not work. */
function shown(read: CharacteristicRead | undefined): { readonly value: unknown } | { readonly unavailable: true } {
  return read && read.status === 0 && read.value !== undefined ? { value: read.value } : { unavailable: true };
}

function malformed(expected: string): Outgoing {
  return json(400, { error: 'invalid_request', error_description: `expected ${expected}` });
}

/** An accessory that does not answer, or says no, is no fault of the hub. */
function away(error: unknown): Outgoing {
  if (!(error instanceof HapError)) throw error;
  if (error.kind === 'hap-status')
    return json(400, { error: 'invalid_request', error_description: 'the accessory refused this value' });
  return json(503, { error: 'temporarily_unavailable' }, { 'retry-after': '5' });
}
