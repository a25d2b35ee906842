/** Who a request says it comes from, and what the hub knows of that application. */
import type { Loaded } from '../../store/port.ts';
import type { Registry } from '../../store/registry.ts';
import type { App } from './app.ts';
import type { Asked } from './case.ts';
import type { OAuthDeps } from './deps.ts';
import { clientFacts } from './prove/client.ts';
import { withoutSecrets } from './secrets.ts';

/** Longest client id that is looked up; what may be registered is shorter. */
const ID_MAX = 200;

/** Applications that are remembered, for each registry; the oldest goes first. Ids that are nobody's are not. */
const REMEMBERED = 1_000;

interface Remembered {
  readonly records: number;
  readonly app: App;
}

const memories = new WeakMap<Registry, Map<string, Remembered>>();

/**
 * The application, if there is one of that id, as it was when `loaded` was read, or newer. One that was read before is
 * remembered for as long as no record of the registry has changed: the hot path then needs no second reading.
 */
export async function appOf(
  { registry }: OAuthDeps,
  id: string | undefined,
  { records }: Pick<Loaded, 'records'>,
): Promise<App | undefined> {
  if (id === undefined || id.length > ID_MAX) return undefined;
  const memory = memories.get(registry) ?? new Map<string, Remembered>();
  memories.set(registry, memory);
  const known = memory.get(id);
  if (known?.records === records) return known.app;
  memory.delete(id);
  const app = (await registry.get<App>('app', id))?.body;
  if (!app) return undefined;
  for (const oldest of memory.keys()) {
    if (memory.size < REMEMBERED) break;
    memory.delete(oldest);
  }
  memory.set(id, { records, app });
  return app;
}

/** The client's part of a case: a registered id as it is, any other one cut and with every secret in it blotted out. */
export function clientPart(id: string | undefined, app: App | undefined): Pick<Asked, 'clientId' | 'client'> {
  if (id === undefined) return {};
  return app ? { clientId: id, client: clientFacts(id, app) } : { clientId: withoutSecrets(id.slice(0, ID_MAX)) };
}
