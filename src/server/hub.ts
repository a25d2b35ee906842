/** The hub: routes, accessories, sessions and the worker around one store. The one list of routes is `routes`. */
import type { Verdict } from '../core/verdict.ts';
import type { OAuthDeps } from '../profiles/oauth/deps.ts';
import { oauthRoutes } from '../profiles/oauth/routes.ts';
import type { Store } from '../store/port.ts';
import type { Registry } from '../store/registry.ts';
import type { Accessory } from './accessories/accessory.ts';
import { createLamp, type Lamp } from './accessories/lamp.ts';
import { API_SCOPES, apiRoutes } from './api.ts';
import { pageRoutes } from './authorize.ts';
import { DEFAULT_PORT, HOST_NAMES, LAMP_ID, oauthConfig } from './config.ts';
import { type EffectsWorker, startEffectsWorker } from './effects-worker.ts';
import { listen } from './http.ts';
import type { HubKeys } from './keys.ts';
import { appRoutes } from './manage.ts';
import { observed } from './observe.ts';
import { createOperations } from './operate.ts';
import type { Operations } from './operations.ts';
import { createSessions, type Sessions } from './session.ts';
import { createUsers } from './users.ts';

/** What a hub is made of. */
export interface HubOptions {
  readonly store: Store;
  readonly registry: Registry;
  readonly keys: HubKeys;
  /** What `status` calls the data: a file name. */
  readonly data: string;
  readonly port?: number;
  readonly host?: string;
  /** Name on the pages. */
  readonly name?: string;
  /** Milliseconds since the epoch, for what is not in the store: sessions and attempts. */
  readonly clock?: () => number;
  /** Told of every verdict that was kept. */
  readonly onVerdict?: (verdict: Verdict) => void;
  /** Told of what a person in charge should be able to look up: security switches that were used. */
  readonly log?: (line: string) => void;
  readonly onFault?: (error: unknown, where: string) => void;
}

/** A running hub. */
export interface Hub {
  readonly issuer: string;
  readonly port: number;
  readonly operations: Operations;
  readonly sessions: Sessions;
  readonly lamp: Lamp;
  readonly oauth: OAuthDeps;
  /** Lets requests and effects under way finish. The store stays open: it is the caller's. */
  close(): Promise<void>;
}

/** How long dead codes and verdicts are kept: a year, and some for whoever looks a little late. */
const RETENTION_MS = 400 * 86_400_000;
const SWEEP_EVERY_MS = 3_600_000;

/** Forgets what is past keeping, an hour after the start and every hour from then on. */
function startSweeping(store: Store, onFault: (error: unknown, where: string) => void): { stop(): void } {
  const sweep = async (): Promise<void> => {
    const { now } = await store.load({});
    await store.sweep({ before: now - RETENTION_MS });
  };
  const timer = setInterval(() => sweep().catch((error: unknown) => onFault(error, 'sweep')), SWEEP_EVERY_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** Starts a hub on a loopback port; port 0 takes a free one. */
export async function startHub(options: HubOptions): Promise<Hub> {
  const { registry, keys, clock = Date.now, onFault = () => undefined } = options;
  let worker: EffectsWorker | undefined;
  const store = observed(options.store, {
    onVerdict: (verdict) => options.onVerdict?.(verdict),
    onEffects: () => worker?.wake(),
  });
  const lamp = await createLamp(registry, clock, LAMP_ID);
  const accessories: ReadonlyMap<string, Accessory> = new Map([[lamp.id, lamp]]);
  // Plain http is allowed on loopback only, so these cookies never cross a network.
  const sessions = createSessions({ clock, key: keys.session, secure: false });
  const users = createUsers({ registry, clock });
  let made: { readonly oauth: OAuthDeps; readonly operations: Operations } | undefined;
  const listener = await listen({
    routes: (port) => {
      const oauth: OAuthDeps = { store, registry, keys, config: oauthConfig(`http://localhost:${port}`, port) };
      const operations = createOperations({
        oauth,
        users,
        data: options.data,
        ...(options.log && { log: options.log }),
      });
      made = { oauth, operations };
      const pages = { oauth, operations, sessions, users, hub: options.name ?? 'Counterfoil', meanings: API_SCOPES };
      return [
        ...oauthRoutes(oauth, [...API_SCOPES.keys()]),
        ...apiRoutes(oauth, accessories),
        ...pageRoutes(pages),
        ...appRoutes(pages),
      ];
    },
    port: options.port ?? DEFAULT_PORT,
    ...(options.host !== undefined && { host: options.host }),
    hosts: new Set(HOST_NAMES),
    onFault,
  });
  if (!made) throw new Error('a listener has its routes');
  const { oauth, operations } = made;
  const sweeping = startSweeping(store, onFault);
  worker = startEffectsWorker(store, accessories, (error) => onFault(error, 'effects'));
  return {
    issuer: oauth.config.issuer,
    port: listener.port,
    operations,
    sessions,
    lamp,
    oauth,
    async close() {
      sweeping.stop();
      await listener.close();
      await worker?.stop();
    },
  };
}
