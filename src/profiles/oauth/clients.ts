/** Who a request says it comes from, and what the hub knows of that application. */
import type { App } from './app.ts';
import type { Asked } from './case.ts';
import type { OAuthDeps } from './deps.ts';
import { clientFacts } from './prove/client.ts';
import { withoutSecrets } from './secrets.ts';

/** Longest client id that is looked up; what may be registered is shorter. */
const ID_MAX = 200;

/** The application, if there is one of that id. */
export async function appOf({ registry }: OAuthDeps, id: string | undefined): Promise<App | undefined> {
  return id === undefined || id.length > ID_MAX ? undefined : (await registry.get<App>('app', id))?.body;
}

/** The client's part of a case: a registered id as it is, any other one cut and with every secret in it blotted out. */
export function clientPart(id: string | undefined, app: App | undefined): Pick<Asked, 'clientId' | 'client'> {
  if (id === undefined) return {};
  return app ? { clientId: id, client: clientFacts(id, app) } : { clientId: withoutSecrets(id.slice(0, ID_MAX)) };
}
