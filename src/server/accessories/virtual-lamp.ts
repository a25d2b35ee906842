/**
 * The lamp that a fresh hub has: a real HAP accessory on TCP, on loopback, whose hardware is a record of the registry. Of
 * several nodes one plays it, under a lease; when that one is gone another takes over, with the same key, pairings and
 * light, and whoever was connected connects again.
 */
import { createSecretKey, type KeyObject, randomUUID } from 'node:crypto';
import { LAMP, lampDatabase } from '../../protocols/hap/accessory/lamp.ts';
import { type AccessoryServer, createAccessoryServer } from '../../protocols/hap/accessory/server.ts';
import { CATEGORY } from '../../protocols/hap/accessory/services.ts';
import type { AccessoryState } from '../../protocols/hap/accessory/state.ts';
import { HapError } from '../../protocols/hap/errors.ts';
import { KEY_BYTES } from '../../protocols/hap/keys.ts';
import type { Address } from '../../protocols/hap/options.ts';
import { randomSetupCode } from '../../protocols/hap/setup-code.ts';
import type { Registry } from '../../store/registry.ts';
import { changeRecord } from '../records.ts';
import { VERSION } from '../version.ts';
import type { Pairing } from './accessory.ts';
import { hold } from './holders.ts';
import { openText, sealText } from './secret-record.ts';

/** What the lamp shows, and who switched it last: a pairing id. Times in milliseconds. */
export interface LampState {
  readonly on: boolean;
  readonly brightness: number;
  readonly by?: string;
  readonly changedAt: number;
}

/** The record. `sealed` holds the accessory's state, its secret key included, and its setup code. */
interface Kept extends LampState {
  readonly sealed?: string;
}

interface Secrets {
  readonly setupCode: string;
  readonly state?: AccessoryState;
}

/** Who plays the lamp, where it listens, and until when that holds unless said again. */
interface Lease {
  readonly node: string;
  readonly port: number;
  readonly until: number;
}

const LEASE_MS = 10_000;
const RENEW_MS = 2_500;
const HOST = '127.0.0.1';
/** Real devices take a second (HAP §6.8); on loopback nothing has to be spared. */
const COALESCE_MS = 50;

/** The lamp as a device. */
export interface VirtualLamp {
  /** Where it listens, here or at another node. @throws Error when nobody plays it at the moment */
  where(): Promise<Address>;
  /** What is printed on it. */
  setupCode(): Promise<string>;
  state(): Promise<LampState>;
  /** What the simulated lamp of an older version held: to be told to this one when the hub has paired with it. */
  readonly imported: readonly Pairing[];
  /** Unplugged, it hangs up and nothing reaches it. */
  plug(powered: boolean): Promise<void>;
  close(): Promise<void>;
}

/** How it is played. `key` seals what it keeps; `shared` when other nodes have the same registry. */
export interface VirtualLampOptions {
  readonly registry: Registry;
  readonly id: string;
  readonly name: string;
  readonly key: Uint8Array;
  readonly clock: () => number;
  readonly shared: boolean;
  readonly onFault: (error: unknown) => void;
}

/** Begins to play it, unless another node does. */
export async function startVirtualLamp(options: VirtualLampOptions): Promise<VirtualLamp> {
  const { registry, id, clock, shared, onFault } = options;
  const node = randomUUID();
  const place = `accessory:${id}`;
  const leaseId = `lease:${id}`;
  const key = createSecretKey(options.key);
  let powered = true;
  let server: PlayedLamp | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  };

  /** Takes or keeps the lease. The answer is the one in force. */
  const leased = async (port: number): Promise<Lease> => {
    if (!shared) return { node, port, until: Number.POSITIVE_INFINITY };
    return changeRecord<Lease>(registry, 'lease', leaseId, (now) =>
      now && now.node !== node && now.until > clock() ? now : { node, port, until: clock() + LEASE_MS },
    );
  };

  const play = async (): Promise<void> => {
    if (!powered) return;
    const lease = await leased(server?.port ?? 0);
    if (lease.node !== node) return stop();
    if (server) return;
    server = await lampServer(options, key, place);
    const port = await server.listen();
    await leased(port);
  };

  const stop = async (): Promise<void> => {
    const playing = server;
    server = undefined;
    await playing?.close();
  };

  const imported = await importSimulated(options, place);
  await inTurn(play);
  const timer = shared ? setInterval(() => inTurn(play).catch(onFault), RENEW_MS).unref() : undefined;
  return {
    imported,
    async where() {
      if (!powered) throw new HapError('connect', 'unreachable', `expected the ${id} to answer, but it is unplugged`);
      await turn;
      if (server) return { host: HOST, port: server.port };
      const lease = (await registry.get<Lease>('lease', leaseId))?.body;
      if (!lease || lease.port === 0 || lease.until <= clock())
        throw new HapError('connect', 'unreachable', `expected a node to play the ${id}, but none does at the moment`);
      return { host: HOST, port: lease.port };
    },
    setupCode: async () => secretsOf(key, place, await read(options, place)).setupCode,
    async state() {
      if (server) return server.shown();
      const { sealed: _, ...state } = await read(options, place);
      return state;
    },
    plug: (on) =>
      inTurn(async () => {
        powered = on;
        await (on ? play() : stop());
      }),
    async close() {
      clearInterval(timer);
      await inTurn(async () => {
        powered = false;
        await stop();
        if (shared)
          await changeRecord<Lease>(registry, 'lease', leaseId, (now) =>
            now?.node === node ? { ...now, until: 0 } : (now ?? { node, port: 0, until: 0 }),
          ).catch(onFault);
      });
    },
  };
}

async function read({ registry, clock }: VirtualLampOptions, place: string): Promise<Kept> {
  return keptOf((await registry.get<Kept | Simulated>('setting', place))?.body, clock());
}

/** The record as 0.1 and 0.2 had it, when the lamp was simulated. */
interface Simulated {
  readonly state: { readonly on: boolean; readonly changedAt: number };
  readonly pairings: readonly { readonly id: string; readonly key: string; readonly holders?: readonly string[] }[];
}

/** Pairings of the simulated lamp whose grants are alive: the real one is told of them when the hub pairs with it. */
async function importSimulated({ registry, id }: VirtualLampOptions, place: string): Promise<Pairing[]> {
  const found = (await registry.get<Kept | Simulated>('setting', place))?.body;
  if (!found || !('state' in found)) return [];
  const sound = found.pairings.filter(({ key }) => Buffer.from(key, 'base64url').length === KEY_BYTES);
  for (const { id: pairing, key, holders = [] } of sound)
    for (const grant of holders) await hold(registry, id, { id: pairing, key }, { grant, until: null, admin: false });
  return sound.map(({ id: pairing, key }) => ({ id: pairing, key, admin: false }));
}

function keptOf(found: Kept | Simulated | undefined, now: number): Kept {
  if (found && 'state' in found) return { on: found.state.on, brightness: 100, changedAt: found.state.changedAt };
  return found ?? { on: false, brightness: 100, changedAt: now };
}

/** What it keeps secret; new secrets where there are none, or another master key sealed them: then it is a new lamp. */
function secretsOf(key: KeyObject, place: string, { sealed }: Kept): Secrets {
  const text = sealed === undefined ? undefined : openText(key, place, sealed);
  return text === undefined ? { setupCode: randomSetupCode() } : (JSON.parse(text) as Secrets);
}

/** The server, and what the lamp shows right now. */
type PlayedLamp = Pick<AccessoryServer, 'listen' | 'close' | 'port'> & { shown(): LampState };

async function lampServer(options: VirtualLampOptions, key: KeyObject, place: string): Promise<PlayedLamp> {
  const { registry, name, clock, onFault } = options;
  const change = (make: (now: Kept) => Partial<Kept>): Promise<Kept> =>
    changeRecord<Kept>(registry, 'setting', place, (now) => {
      const known = keptOf(now, clock());
      return { ...known, ...make(known) };
    });
  const sealedSecrets = (secrets: Secrets): Partial<Kept> => ({
    sealed: sealText(key, place, JSON.stringify(secrets)),
  });
  const kept = await change((now) => (now.sealed === undefined ? sealedSecrets(secretsOf(key, place, now)) : {}));
  const { setupCode, state } = secretsOf(key, place, kept);
  let last: AccessoryState | undefined = state;
  let shown: LampState = kept;
  let saving: Promise<unknown> = Promise.resolve();
  let toSave = false;
  /** However fast it is switched, one write is under way and one waits: the light that is kept is the newest. */
  const save = (): void => {
    if (toSave) return;
    toSave = true;
    saving = saving.then(() => {
      toSave = false;
      return change(() => shown).catch(onFault);
    });
  };
  const server = await createAccessoryServer({
    database: lampDatabase({
      name,
      manufacturer: 'Counterfoil',
      model: 'Virtual lamp',
      serialNumber: options.id,
      firmwareRevision: VERSION,
    }),
    state: {
      read: () => last,
      async write(next) {
        await change(() => sealedSecrets({ setupCode, state: next }));
        last = next;
      },
    },
    setupCode: { policy: 'static', code: setupCode },
    model: 'Virtual lamp',
    category: CATEGORY.lightbulb,
    host: HOST,
    limits: { coalesceMs: COALESCE_MS },
    onWrite: (aid, iid, value, by) => {
      if (aid !== LAMP.aid) return;
      const next =
        iid === LAMP.on ? { on: value === true } : iid === LAMP.brightness ? { brightness: Number(value) } : {};
      const { on, brightness } = shown;
      shown = { on, brightness, ...next, by: by.id, changedAt: clock() };
      save();
    },
    onFault,
  });
  server.set(LAMP.aid, LAMP.on, kept.on);
  server.set(LAMP.aid, LAMP.brightness, kept.brightness);
  return {
    listen: (port) => server.listen(port),
    async close() {
      await server.close();
      await saving;
    },
    get port() {
      return server.port;
    },
    shown: () => ({
      on: shown.on,
      brightness: shown.brightness,
      ...(shown.by !== undefined && { by: shown.by }),
      changedAt: shown.changedAt,
    }),
  };
}
