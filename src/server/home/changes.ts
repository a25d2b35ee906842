/** `GET /api/changes`: what changes, as it changes, for as long as the token may hear it. */
import { type AccessRequest, capabilitiesOf, homeScopes, permits } from '../../profiles/home/capability.ts';
import { type LocalTime, localTime } from '../../profiles/home/hours.ts';
import { type Admitted, scopesNow } from '../../profiles/oauth/resource.ts';
import { type Incoming, json, type Outgoing, type Sink } from '../../protocols/http/exchange.ts';
import type { Accessory } from '../accessories/accessory.ts';
import { firstRefused, type HomeApiDeps, shown, type Wanted } from './access.ts';
import { isAt, partsOf, pathOf, typesOf } from './paths.ts';

const HEARTBEAT_MS = 4_000;

/** Changes of what the token may subscribe to, each judged before it is sent: nothing follows a revocation. */
export async function watch(
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

async function localNow({ oauth, zone }: HomeApiDeps): Promise<LocalTime> {
  return localTime((await oauth.store.load({})).now, zone);
}
