/** The protected data API: a state snapshot, a live stream, and the switch. RFC 6750, RFC 9449 §7. */
import type { OAuthDeps } from '../profiles/oauth/deps.ts';
import type { ReplayCache } from '../profiles/oauth/prove/replay-cache.ts';
import { stillAdmitted } from '../profiles/oauth/resource.ts';
import { LAMP } from '../protocols/hap/accessory/lamp.ts';
import type { CharacteristicRead } from '../protocols/hap/characteristics.ts';
import { HapError } from '../protocols/hap/errors.ts';
import { type Incoming, json, type Outgoing, type Route } from '../protocols/http/exchange.ts';
import type { Accessory } from './accessories/accessory.ts';
import type { Lamp } from './accessories/devices.ts';
import type { LampState } from './accessories/virtual-lamp.ts';
import { bodyText } from './body.ts';
import { guarded, type Handle } from './guarded.ts';
import { openStream, type Streams, type Tell } from './streams.ts';

/** Scopes of this API, with what each means to the person who is asked. */
export const API_SCOPES: ReadonlyMap<string, string> = new Map([
  ['lamp:read', 'see whether the lamp is on, now and as it changes'],
  ['lamp:write', 'switch the lamp on and off'],
  ['home:lamp:direct', 'become a controller of the lamp itself: everything it can do, until removed'],
]);

const ON = { aid: LAMP.aid, iid: LAMP.on };

/** What it shows, with what has just been heard of it. */
async function shownWith(lamp: Lamp, changes: readonly CharacteristicRead[]): Promise<Shown> {
  const on = changes.find(({ aid, iid }) => aid === ON.aid && iid === ON.iid)?.value;
  const { id, name } = lamp;
  return { id, name, ...(await lamp.state()), ...(typeof on === 'boolean' && { on }) };
}

/** What anybody with `lamp:read` may see; `by` is the pairing that switched it last, times in milliseconds. */
type Shown = LampState & { readonly id: string; readonly name: string };

/** The API's routes over the lamp. */
export function apiRoutes(
  deps: OAuthDeps,
  lamp: Lamp,
  { seen, streams }: { readonly seen: ReplayCache; readonly streams: Streams },
): readonly Route[] {
  const lampRoute = (needs: string, handle: Handle): Route['handle'] =>
    guarded(deps, seen, [needs], (...given) => handle(...given).catch(away));

  /** Asked over HAP, so that a lamp that is away is not said to be there. */
  const shown = async (): Promise<Shown> => shownWith(lamp, await lamp.read([ON]));

  return [
    {
      method: 'GET',
      path: '/api/state',
      steady: true,
      handle: lampRoute('lamp:read', async () => json(200, { accessories: [await shown()] })),
    },
    {
      method: 'GET',
      path: '/api/events',
      steady: true,
      handle: lampRoute('lamp:read', async (_request, admitted) => {
        const first = await shown();
        const good = (): Promise<boolean> => stillAdmitted(deps, admitted);
        const begin = (tell: Tell): (() => void) => tellChanges(lamp, first, good, tell);
        return openStream(streams, admitted.grant.id, { good, begin });
      }),
    },
    {
      method: 'PUT',
      path: '/api/accessories/:id',
      steady: true,
      handle: lampRoute('lamp:write', (request) => setLamp(lamp, shown, request)),
    },
  ];
}

/** An accessory that does not answer is no fault of the hub, nor of whoever asks. */
function away(error: unknown): Outgoing {
  if (!(error instanceof HapError)) throw error;
  const said = { error: 'temporarily_unavailable', error_description: 'the accessory does not answer at the moment' };
  return json(503, said, { 'retry-after': '5' });
}

/** One event per change; each is preceded by a look at the token, so that nothing follows a revocation. */
function tellChanges(lamp: Lamp, first: Shown, good: () => Promise<boolean>, tell: Tell): () => void {
  let id = 0;
  let told: Shown | undefined;
  const tellState = (state: Promise<Shown>): void => {
    // Its turn may come later than its failure.
    state.catch(() => undefined);
    tell(async () => {
      const next = await state;
      if (!(await good())) return undefined;
      // What a node knows of who switched it may be a moment old; the light itself never is.
      if (told?.on === next.on && told.brightness === next.brightness) return '';
      told = next;
      id += 1;
      return `id: ${id}\nevent: state\ndata: ${JSON.stringify(next)}\n\n`;
    });
  };
  tellState(Promise.resolve(first));
  return lamp.subscribe((changes) => tellState(shownWith(lamp, changes)));
}

async function setLamp(accessory: Accessory, shown: () => Promise<Shown>, request: Incoming): Promise<Outgoing> {
  if (request.path !== `/api/accessories/${accessory.id}`)
    return json(404, { error: 'not_found', error_description: 'no accessory has this id: see /api/state' });
  const on = readSwitch(bodyText(request));
  if (on === undefined) {
    return json(400, {
      error: 'invalid_request',
      error_description: 'expected a JSON body {"on": true} or {"on": false}',
    });
  }
  await accessory.write([{ ...ON, value: on }]);
  return json(200, await shown());
}

function readSwitch(body: string): boolean | undefined {
  try {
    const value: unknown = JSON.parse(body);
    const on = typeof value === 'object' && value !== null && 'on' in value ? value.on : undefined;
    return typeof on === 'boolean' ? on : undefined;
  } catch {
    return undefined;
  }
}
