/** The hub: routes, accessories, sessions and the worker around one store. The one list of routes is `routes`. */
import type { Verdict } from '../core/verdict.ts';
import type { OAuthDeps } from '../profiles/oauth/deps.ts';
import { createReplayCache } from '../profiles/oauth/prove/replay-cache.ts';
import { oauthRoutes } from '../profiles/oauth/routes.ts';
import { errorUri } from '../profiles/oauth/wire.ts';
import type { Route } from '../protocols/http/exchange.ts';
import type { Store } from '../store/port.ts';
import type { Registry } from '../store/registry.ts';
import { type Devices, type Lamp, startDevices } from './accessories/devices.ts';
import type { House } from './accessories/house.ts';
import { API_SCOPES, apiRoutes } from './api.ts';
import type { AuditSource } from './audit-check.ts';
import { authorizeRoutes } from './authorize.ts';
import { combining } from './combining.ts';
import { DEFAULT_PORT, HOST_NAMES, HUB_ID, KEEP_DAYS, LAMP_ID, LIMITS, oauthConfig, readIssuer } from './config.ts';
import { loadAssets } from './console/assets.ts';
import { consoleRoutes } from './console/index.ts';
import { type EffectsWorker, startEffectsWorker } from './effects-worker.ts';
import { createFirstRun, type FirstRun } from './first-run.ts';
import { homeRoutes } from './home/api.ts';
import { homeBeyond, meaningsOf } from './home/beyond.ts';
import { ownershipRoutes } from './home/ownership-api.ts';
import type { EffectStep } from './home/pairing-effect.ts';
import { listen } from './http.ts';
import type { HubKeys } from './keys.ts';
import { createPace, type Limits } from './limits.ts';
import { appRoutes } from './manage.ts';
import { observed } from './observe.ts';
import { createOperations } from './operate.ts';
import type { Operations } from './operations.ts';
import { createPasskeys, passkeySite } from './passkeys.ts';
import { changePassword, type PasswordChange } from './password-change.ts';
import { createHasher } from './passwords.ts';
import { paymentsRoutes } from './payments/api.ts';
import { createPulse } from './pulse.ts';
import { createSessions, type Sessions } from './session.ts';
import { signInRoutes } from './sign-in.ts';
import { createStreams } from './streams.ts';
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
  /**
   * Where clients reach this hub, if not at its port: behind a balancer or a proxy that speaks TLS. https, or http on
   * loopback; the same for all nodes.
   */
  readonly issuer?: string;
  /**
   * Other nodes serve the same data, with the same keys: what may happen once (a DPoP proof) is then kept in the store,
   * at the price of one write for each call of the API.
   */
  readonly shared?: boolean;
  /** Behind a proxy on this machine whose `X-Forwarded-For` says where a request came from. */
  readonly trustProxy?: boolean;
  /** What it takes on, where it is not `LIMITS`. */
  readonly limits?: Partial<Limits>;
  /** Name on the pages. */
  readonly name?: string;
  /** How the hub's own setup code behaves: `static`, as printed, or `rotating`, another one for each attempt. */
  readonly setupCodes?: 'static' | 'rotating';
  /** Time zone (IANA) of the house, for hours in scopes; the machine's unless given. */
  readonly zone?: string;
  /** The audit trail, and where the master key is; without it there is no page of it. */
  readonly audit?: AuditSource;
  /** Days that dead codes and verdicts are kept; 400 unless told. */
  readonly keepDays?: number;
  /** Milliseconds since the epoch, for what is not in the store: failed sign-ins, forms of strangers. */
  readonly clock?: () => number;
  /** Told of every verdict that was kept. */
  readonly onVerdict?: (verdict: Verdict) => void;
  /** Told of what a person in charge should be able to look up: security switches that were used. */
  readonly log?: (line: string) => void;
  readonly onFault?: (error: unknown, where: string) => void;
  /** Told where an effect stands. For tests. */
  readonly onEffectStep?: (step: EffectStep) => void;
}

/** A running hub. */
export interface Hub {
  readonly issuer: string;
  readonly port: number;
  readonly operations: Operations;
  /** The addresses of what people open: everything that a browser's cookie signs in. */
  readonly pages: readonly Pick<Route, 'method' | 'path'>[];
  readonly sessions: Sessions;
  readonly firstRun: FirstRun;
  readonly house: House;
  readonly lamp: Lamp;
  /** The hub as an accessory: where it listens, and its setup code. */
  readonly bridge: Devices['bridge'];
  readonly oauth: OAuthDeps;
  /** Lets requests and effects under way finish. The store stays open: it is the caller's. */
  close(): Promise<void>;
}

const DAY_MS = 86_400_000;
const SWEEP_EVERY_MS = 3_600_000;

/** Forgets what is past keeping, an hour after the start and every hour from then on. */
function startSweeping(
  store: Store,
  keepDays: number,
  onFault: (error: unknown, where: string) => void,
): { stop(): void } {
  const sweep = async (): Promise<void> => {
    const { now } = await store.load({});
    await store.sweep({ before: now - keepDays * DAY_MS });
  };
  const timer = setInterval(() => sweep().catch((error: unknown) => onFault(error, 'sweep')), SWEEP_EVERY_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** What the person in charge reads when the hub has more to do than it can. */
function turnedAway(requests: number): string {
  const what = requests === 1 ? 'a request' : `${requests} requests`;
  return `overload: ${what} turned away with 503 and Retry-After; said again after a minute if it goes on`;
}

/**
 * Starts a hub on a loopback port; port 0 takes a free one. A node keeps nothing in its process that another one needs,
 * except how often somebody failed to sign in here (decision 0018).
 *
 * @throws OperationError for an issuer or a host that cannot be served, or a port that is taken
 */
export async function startHub(options: HubOptions): Promise<Hub> {
  const { registry, keys, clock = Date.now, onFault = () => undefined } = options;
  const given = options.issuer === undefined ? undefined : readIssuer(options.issuer);
  let worker: EffectsWorker | undefined;
  const limits: Limits = { ...LIMITS, ...options.limits };
  const pace = createPace(limits.refreshBurst, limits.refreshEveryMs);
  const failures = createPace(limits.failureBurst, limits.failureEveryMs);
  const pulse = createPulse();
  const store = observed(combining(options.store, failures), {
    onVerdict: (verdict) => {
      pulse.wake();
      options.onVerdict?.(verdict);
    },
    onEffects: () => worker?.wake(),
  });
  const shared = options.shared ?? false;
  const name = options.name ?? 'Counterfoil';
  const devices = await startDevices({
    registry,
    keys,
    clock,
    shared,
    name,
    lamp: { id: LAMP_ID, name: 'Lamp' },
    ...(options.setupCodes && { setupCodes: options.setupCodes }),
    onFault,
  });
  const { house, lamp } = devices;
  // Plain http is allowed on loopback only, so cookies that are not `Secure` never cross a network.
  const secure = given?.startsWith('https:') ?? false;
  const sessions = createSessions({ store, registry, clock, key: keys.session, secure });
  const hasher = createHasher();
  const users = createUsers({ registry, clock, hasher });
  const firstRun = createFirstRun({ store, registry, users });
  // One memory of proofs for all of the API: a proof is for one call, whichever it is.
  const seen = createReplayCache();
  const streams = createStreams(limits.streamsPerGrant);
  const zone = options.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const assets = loadAssets();
  let made: Pick<Hub, 'oauth' | 'operations' | 'pages'> | undefined;
  const listener = await listen({
    routes: (port) => {
      const config = oauthConfig(given ?? `http://localhost:${port}`, port, shared);
      const site = passkeySite(config.issuer, config.aliases);
      const beyond = homeBeyond({ house, origins: [config.issuer, ...config.aliases] });
      const oauth: OAuthDeps = { store, registry, keys, config, pace, beyond };
      const operations = createOperations({
        oauth,
        users,
        receipts: keys.receipts,
        cards: keys.cards,
        house,
        data: options.data,
        home: {
          house,
          registry,
          store,
          shared,
          clock,
          setupCodes: { [LAMP_ID]: lamp.setupCode, [HUB_ID]: devices.bridge.setupCode },
        },
        ...(options.audit && { audit: { ...options.audit, keys, controller: house.identity } }),
        ...(options.log && { log: options.log }),
      });
      const pages = {
        oauth,
        operations,
        sessions,
        users,
        passkeys: site && createPasskeys({ registry, clock, key: keys.session, hub: name, site }),
        firstRun,
        changePassword: (change: PasswordChange) => changePassword({ registry, users, hasher }, change),
        hub: name,
        assets,
        streams,
        pulse,
        meanings: meaningsOf(house),
        known: API_SCOPES,
      };
      const forPeople = [
        ...signInRoutes(pages),
        ...authorizeRoutes(pages),
        ...appRoutes(pages),
        ...consoleRoutes(pages),
      ];
      made = { oauth, operations, pages: forPeople.map(({ method, path }) => ({ method, path })) };
      return [
        ...oauthRoutes(oauth, [...API_SCOPES.keys()]),
        ...apiRoutes(oauth, lamp, { seen, streams }),
        ...homeRoutes({ oauth, house, seen, streams, zone }),
        ...ownershipRoutes({ oauth, house, seen, wake: () => worker?.wake() }),
        ...paymentsRoutes({
          store,
          registry,
          cards: keys.cards,
          verdictUri: (verdict) => errorUri(oauth, verdict),
          issuer: config.issuer,
          streams,
          pulse,
          pace: createPace(limits.paymentsBurst, limits.paymentsEveryMs),
        }),
        ...forPeople,
      ];
    },
    port: options.port ?? DEFAULT_PORT,
    ...(options.host !== undefined && { host: options.host }),
    hosts: new Set([...HOST_NAMES, ...(given === undefined ? [] : [new URL(given).hostname])]),
    limits,
    ...(options.trustProxy && { trustProxy: true }),
    onFault,
    onTurnedAway: (requests) => options.log?.(turnedAway(requests)),
  }).catch(async (error: unknown) => {
    await devices.close();
    throw error;
  });
  if (!made) throw new Error('a listener has its routes');
  const { oauth, operations, pages } = made;
  const sweeping = startSweeping(store, options.keepDays ?? KEEP_DAYS, onFault);
  worker = startEffectsWorker({
    store,
    registry,
    house,
    shared,
    clock,
    onFault: (error) => onFault(error, 'effects'),
    onStep: options.onEffectStep,
  });
  return {
    issuer: oauth.config.issuer,
    port: listener.port,
    operations,
    pages,
    sessions,
    firstRun,
    house,
    lamp,
    bridge: devices.bridge,
    oauth,
    async close() {
      sweeping.stop();
      await listener.close();
      await worker?.stop();
      await devices.close();
    },
  };
}
