/** `GET /api/changes`: what changes, as it changes, for as long as the token may hear it. */
import { type AccessRequest, capabilitiesOf, homeScopes, permits } from '../../profiles/home/capability.ts';
import { type LocalTime, localTime } from '../../profiles/home/hours.ts';
import { type Admitted, scopesNow } from '../../profiles/oauth/resource.ts';
import type { Incoming, Outgoing } from '../../protocols/http/exchange.ts';
import type { Accessory } from '../accessories/accessory.ts';
import { openStream, type Tell } from '../streams.ts';
import { firstRefused, type HomeApiDeps, shown, type Wanted } from './access.ts';
import { isAt, partsOf, pathOf, typesOf } from './paths.ts';

/** Changes of what the token may subscribe to, each judged before it is sent: nothing follows a revocation. */
export async function watch(deps: HomeApiDeps, request: Incoming, admitted: Admitted): Promise<Outgoing> {
  const capabilities = capabilitiesOf(homeScopes(admitted.scopes));
  if (!capabilities.some(({ ops }) => ops.includes('s'))) {
    const probe: Wanted = { request: { accessory: '*', service: '*', characteristic: '*', op: 'subscribe' } };
    const refused = await firstRefused(deps, [probe], admitted, request.source);
    if (refused) return refused;
  }
  const accessories = await deps.house.list();
  return openStream(deps.streams, admitted.grant.id, {
    good: async () => (await scopesNow(deps.oauth, admitted)) !== undefined,
    begin: (tell) => tellChanges(deps, admitted, accessories, tell),
  });
}

function tellChanges(deps: HomeApiDeps, admitted: Admitted, accessories: readonly Accessory[], tell: Tell): () => void {
  let id = 0;
  const send = (make: (scopes: readonly string[]) => Promise<string>): void =>
    tell(async () => {
      // The rights are asked for after the change is known and before it is sent. A store that is away ends the stream.
      const scopes = await scopesNow(deps.oauth, admitted);
      return scopes && make(scopes).catch(() => '');
    });
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
  return () => {
    for (const end of unsubscribe) end();
  };
}

async function localNow({ oauth, zone }: HomeApiDeps): Promise<LocalTime> {
  return localTime((await oauth.store.load({})).now, zone);
}
