/** The protected data API: a state snapshot, a live stream, and the switch. RFC 6750, RFC 9449 §7. */

import type { OAuthDeps } from '../profiles/oauth/deps.ts';
import { createReplayCache } from '../profiles/oauth/prove/replay-cache.ts';
import { type Admitted, admit, stillAdmitted } from '../profiles/oauth/resource.ts';
import { type Incoming, json, type Outgoing, type Route, type Sink } from '../protocols/http/exchange.ts';
import { type Accessory, type AccessoryState, HUB_PAIRING, type Switched } from './accessories/accessory.ts';
import type { Limits } from './limits.ts';
import { createStreams } from './streams.ts';

/** Scopes of this API, with what each means to the person who is asked. */
export const API_SCOPES: ReadonlyMap<string, string> = new Map([
  ['lamp:read', 'see whether the lamp is on, now and as it changes'],
  ['lamp:write', 'switch the lamp on and off'],
]);

/** How often a silent stream says that it is alive, and looks whether its token still is. */
const HEARTBEAT_MS = 4_000;

/** The API's routes over the accessories given. */
export function apiRoutes(
  deps: OAuthDeps,
  accessories: ReadonlyMap<string, Accessory>,
  { streamsPerGrant }: Pick<Limits, 'streamsPerGrant'>,
): readonly Route[] {
  const seen = createReplayCache();
  const streams = createStreams(streamsPerGrant);

  const guarded =
    (needs: string, handle: (request: Incoming, admitted: Admitted) => Promise<Outgoing>) =>
    async (request: Incoming): Promise<Outgoing> => {
      const admission = await admit(deps, seen, request, [needs]);
      if (!admission.ok) return admission.answer;
      const answer = await handle(request, admission);
      return { ...answer, headers: { ...answer.headers, ...admission.headers } };
    };

  const states = (): Promise<AccessoryState[]> => Promise.all([...accessories.values()].map((a) => a.state()));

  return [
    {
      method: 'GET',
      path: '/api/state',
      steady: true,
      handle: guarded('lamp:read', async () => json(200, { accessories: await states() })),
    },
    {
      method: 'GET',
      path: '/api/events',
      steady: true,
      handle: guarded('lamp:read', async (_request, admitted) => {
        const { id } = admitted.grant;
        const first = await states();
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
            streamEvents(deps, admitted, accessories, first, sink);
          },
        };
      }),
    },
    {
      method: 'PUT',
      path: '/api/accessories/:id',
      steady: true,
      handle: guarded('lamp:write', (request, admitted) => setAccessory(accessories, request, admitted)),
    },
  ];
}

/** One event per change; each is preceded by a look at the token, so that nothing follows a revocation. */
function streamEvents(
  deps: OAuthDeps,
  admitted: Admitted,
  accessories: ReadonlyMap<string, Accessory>,
  first: readonly AccessoryState[],
  sink: Sink,
): void {
  let id = 0;
  let tail: Promise<void> = Promise.resolve();
  const send = (text: string): void => {
    tail = tail.then(async () => {
      // A store that cannot say whether the token is good ends the stream as well.
      const good = await stillAdmitted(deps, admitted).catch(() => false);
      if (good) sink.write(text);
      else sink.end();
    });
  };
  const sendState = (state: AccessoryState): void => {
    id += 1;
    send(`id: ${id}\nevent: state\ndata: ${JSON.stringify(state)}\n\n`);
  };
  for (const state of first) sendState(state);
  const unsubscribe = [...accessories.values()].map((a) => a.subscribe(sendState));
  const heartbeat = setInterval(() => send(': alive\n\n'), HEARTBEAT_MS);
  sink.onClose(() => {
    clearInterval(heartbeat);
    for (const end of unsubscribe) end();
  });
}

async function setAccessory(
  accessories: ReadonlyMap<string, Accessory>,
  request: Incoming,
  admitted: Admitted,
): Promise<Outgoing> {
  const accessory = accessories.get(request.path.slice('/api/accessories/'.length));
  if (!accessory)
    return json(404, { error: 'not_found', error_description: 'no accessory has this id: see /api/state' });
  const on = readSwitch(request.body);
  if (on === undefined) {
    return json(400, {
      error: 'invalid_request',
      error_description: 'expected a JSON body {"on": true} or {"on": false}',
    });
  }
  const pairing = admitted.grant.terms['pairing_id'];
  const switched =
    typeof pairing === 'string' ? await setAs(accessory, on, pairing, admitted) : await accessory.set(on, HUB_PAIRING);
  if (switched === 'done') return json(200, await accessory.state());
  return json(
    503,
    { error: 'temporarily_unavailable', error_description: "the app's pairing is still due on the accessory" },
    { 'retry-after': '1' },
  );
}

/** As the pairing of this very grant: neither the hub's nor one that belongs to another app under the same name. */
async function setAs(accessory: Accessory, on: boolean, pairing: string, { grant }: Admitted): Promise<Switched> {
  return pairing === HUB_PAIRING ? 'not-paired' : accessory.set(on, pairing, grant.id);
}

function readSwitch(body: Uint8Array | string): boolean | undefined {
  try {
    const value: unknown = JSON.parse(typeof body === 'string' ? body : Buffer.from(body).toString('utf8'));
    const on = typeof value === 'object' && value !== null && 'on' in value ? value.on : undefined;
    return typeof on === 'boolean' ? on : undefined;
  } catch {
    return undefined;
  }
}
