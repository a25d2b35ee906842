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
import { type AccessRequest, capabilitiesOf, homeScopes, permits } from '../../profiles/home/capability.ts';
import { type AccessoryFacts, keptValue } from '../../profiles/home/case.ts';
import { effectWords } from '../../profiles/home/effects.ts';
import { characteristicType, serviceType } from '../../profiles/home/types.ts';
import type { Admitted } from '../../profiles/oauth/resource.ts';
import type { CharacteristicRead } from '../../protocols/hap/characteristics.ts';
import { HapError } from '../../protocols/hap/errors.ts';
import { type Incoming, json, type Outgoing, type Route } from '../../protocols/http/exchange.ts';
import type { Accessory } from '../accessories/accessory.ts';
import { bodyText } from '../body.ts';
import { guarded, type Handle } from '../guarded.ts';
import { firstRefused, type HomeApiDeps, shown, type Wanted } from './access.ts';
import { watch } from './changes.ts';
import { idOf, type Part, type Path, partsOf, pathOf, readPath, typesOf } from './paths.ts';
import { IDS_MAX, readAll, TIMED_MAX_MS } from './requests.ts';

/** The routes. */
export function homeRoutes(deps: HomeApiDeps): readonly Route[] {
  const route = (handle: Handle): Route['handle'] => guarded(deps.oauth, deps.seen, [], handle);
  return [
    {
      method: 'GET',
      path: '/api/accessories',
      steady: true,
      handle: route((_, admitted) => listAll(deps, admitted)),
    },
    {
      method: 'GET',
      path: '/api/characteristics',
      steady: true,
      handle: route((...given) => readSome(deps, ...given)),
    },
    {
      method: 'PUT',
      path: '/api/characteristics',
      steady: true,
      handle: route((...given) => writeSome(deps, ...given)),
    },
    { method: 'GET', path: '/api/changes', steady: true, handle: route((...given) => watch(deps, ...given)) },
    {
      method: 'GET',
      path: '/api/pairings',
      steady: true,
      handle: route((_, admitted) => pairingsOf(deps, admitted)),
    },
  ];
}

/** Everything that the token may do anything with, and what. An accessory that is away is listed without its parts. */
async function listAll({ house }: HomeApiDeps, { scopes }: Admitted): Promise<Outgoing> {
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

async function readSome(deps: HomeApiDeps, request: Incoming, admitted: Admitted): Promise<Outgoing> {
  const ids = (new URLSearchParams(request.query).get('id') ?? '').split(',').filter((id) => id !== '');
  const paths = ids.map(readPath);
  if (ids.length === 0 || ids.length > IDS_MAX || paths.includes(undefined))
    return malformed(`?id= with 1 to ${IDS_MAX} names like lamp/lightbulb/on, separated by commas`);
  const wanted = await Promise.all(paths.map((path) => find(deps, { ...(path as Path), op: 'read' })));
  const refused = await firstRefused(deps, wanted, admitted, request.source);
  if (refused) return refused;
  const values: (CharacteristicRead | undefined)[] = [];
  const done = await Promise.all(
    [...byAccessory(wanted)].map(async ([accessory, all]) => {
      const read = await readAll(
        accessory,
        all.map(({ part }) => idOf(part)),
      );
      for (const [n, { at }] of all.entries()) values[at] = read[n];
    }),
  ).catch(away);
  if (!Array.isArray(done)) return done;
  return json(200, { characteristics: ids.map((id, i) => ({ id, ...shown(values[i]) })) });
}

async function writeSome(deps: HomeApiDeps, request: Incoming, admitted: Admitted): Promise<Outgoing> {
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
  const refused = await firstRefused(deps, wanted, admitted, request.source);
  if (refused) return refused;
  const done = await Promise.all(
    [...byAccessory(wanted)].map(([accessory, all]) => {
      const asked = all.map(({ part, at }) => ({ ...idOf(part), value: writes[at]?.value ?? null }));
      return accessory.write(asked, timedMs);
    }),
  ).catch(away);
  return Array.isArray(done) ? { status: 204, headers: { 'cache-control': 'no-store' }, body: '' } : done;
}

/** What there is of it, for each accessory; `at` is the place in the request. */
function byAccessory(wanted: readonly Wanted[]): Map<Accessory, { readonly part: Part; readonly at: number }[]> {
  const there = wanted.flatMap(({ accessory, found: part }, at) =>
    accessory && part ? [{ accessory, part, at }] : [],
  );
  return Map.groupBy(there, ({ accessory }) => accessory);
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
