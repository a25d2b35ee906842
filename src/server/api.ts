/** The protected data API: a state snapshot, a live stream, and the switch. RFC 6750, RFC 9449 §7. */
import type { OAuthDeps } from '../profiles/oauth/deps.ts';
import type { ReplayCache } from '../profiles/oauth/prove/replay-cache.ts';
import { type Admitted, admit, stillAdmitted } from '../profiles/oauth/resource.ts';
import { LAMP } from '../protocols/hap/accessory/lamp.ts';
import type { CharacteristicRead } from '../protocols/hap/characteristics.ts';
import { HapError } from '../protocols/hap/errors.ts';
import { type Incoming, json, type Outgoing, type Route, type Sink } from '../protocols/http/exchange.ts';
import type { Accessory } from './accessories/accessory.ts';
import type { Lamp } from './accessories/devices.ts';
import type { LampState } from './accessories/virtual-lamp.ts';
import { bodyText } from './body.ts';
import type { Streams } from './streams.ts';

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

/** How often a silent stream says that it is alive, and looks whether its token still is. */
const HEARTBEAT_MS = 4_000;

/** What anybody with `lamp:read` may see; `by` is the pairing that switched it last, times in milliseconds. */
type Shown = LampState & { readonly id: string; readonly name: string };

/** The API's routes over the lamp. */
export function apiRoutes(
  deps: OAuthDeps,
  lamp: Lamp,
  { seen, streams }: { readonly seen: ReplayCache; readonly streams: Streams },
): readonly Route[] {
  const guarded =
    (needs: string, handle: (request: Incoming, admitted: Admitted) => Promise<Outgoing>) =>
    async (request: Incoming): Promise<Outgoing> => {
      const admission = await admit(deps, seen, request, [needs]);
      if (!admission.ok) return admission.answer;
      const answer = await handle(request, admission).catch(away);
      return { ...answer, headers: { ...answer.headers, ...admission.headers } };
    };

  /** Asked over HAP, so that a lamp that is away is not said to be there. */
  const shown = async (): Promise<Shown> => shownWith(lamp, await lamp.read([ON]));

  return [
    {
      method: 'GET',
      path: '/api/state',
      steady: true,
      handle: guarded('lamp:read', async () => json(200, { accessories: [await shown()] })),
    },
    {
      method: 'GET',
      path: '/api/events',
      steady: true,
      handle: guarded('lamp:read', async (_request, admitted) => {
        const { id } = admitted.grant;
        const first = await shown();
        const full = streams.full(id);
        if (full !== undefined) {
          return json(full === 'hub' ? 503 : 429, { error: 'temporarily_unavailable' }, { 'retry-after': '5' });
        }
        // Counted here and not when it begins: of many that are let in at once, each sees those before it.
        const ended = streams.open(id);
        return {
          status: 200,
          headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
          body: '',
          stream: (sink) => {
            sink.onClose(ended);
            streamEvents(deps, admitted, lamp, first, sink);
          },
        };
      }),
    },
    {
      method: 'PUT',
      path: '/api/accessories/:id',
      steady: true,
      handle: guarded('lamp:write', (request) => setLamp(lamp, shown, request)),
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
function streamEvents(deps: OAuthDeps, admitted: Admitted, lamp: Lamp, first: Shown, sink: Sink): void {
  let id = 0;
  let told: Shown | undefined;
  let tail: Promise<void> = Promise.resolve();
  const send = (text: () => Promise<string>): void => {
    tail = tail.then(async () => {
      const next = await text();
      // A store that cannot say whether the token is good ends the stream as well.
      const good = await stillAdmitted(deps, admitted).catch(() => false);
      if (!good) sink.end();
      else if (next !== '') sink.write(next);
    });
  };
  const sendState = (state: Promise<Shown>): void =>
    send(async () => {
      const next = await state;
      // What a node knows of who switched it may be a moment old; the light itself never is.
      if (told?.on === next.on && told.brightness === next.brightness) return '';
      told = next;
      id += 1;
      return `id: ${id}\nevent: state\ndata: ${JSON.stringify(next)}\n\n`;
    });
  sendState(Promise.resolve(first));
  const unsubscribe = lamp.subscribe((changes) => sendState(shownWith(lamp, changes)));
  const heartbeat = setInterval(() => send(async () => ': alive\n\n'), HEARTBEAT_MS);
  sink.onClose(() => {
    clearInterval(heartbeat);
    unsubscribe();
  });
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
