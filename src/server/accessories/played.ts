/**
 * An accessory that the hub plays: a real HAP accessory on TCP, on loopback, whose memory is a record of the registry. What it
 * must keep secret (its key, its pairings, its setup code) is sealed in it. Of several nodes one plays it, under a lease;
 * when that one is gone another takes over, with the same key and pairings, and whoever was connected connects again.
 */
import { createSecretKey, type KeyObject, randomUUID } from 'node:crypto';
import type { SetupCode } from '../../protocols/hap/accessory/host.ts';
import {
  type AccessoryOptions,
  type AccessoryServer,
  createAccessoryServer,
} from '../../protocols/hap/accessory/server.ts';
import type { AccessoryState } from '../../protocols/hap/accessory/state.ts';
import { HapError } from '../../protocols/hap/errors.ts';
import { type Identity, identityFrom } from '../../protocols/hap/keys.ts';
import type { Address } from '../../protocols/hap/options.ts';
import { randomSetupCode } from '../../protocols/hap/setup-code.ts';
import type { Registry } from '../../store/registry.ts';
import { changeRecord } from '../records.ts';
import { openText, sealText } from './secret-record.ts';

/** What it is made of. `key` (32 bytes) seals what it keeps; `shared` when other nodes have the same registry. */
export interface PlayedOptions extends Pick<AccessoryOptions, 'model' | 'category' | 'identity' | 'onWrite' | 'onTxt'> {
  readonly registry: Registry;
  readonly id: string;
  readonly key: Uint8Array;
  readonly clock: () => number;
  readonly shared: boolean;
  readonly onFault: (error: unknown) => void;
  /** What it has, asked each time that this node begins to play it. */
  readonly database: () => Promise<AccessoryOptions['database']>;
  /** This node is about to play it: values that it had. */
  readonly begun?: (server: AccessoryServer) => void;
  /** `static` unless told; with `rotating` each attempt has a code of its own, and the next one another. */
  readonly setupCodes?: SetupCode['policy'];
}

/** The accessory, wherever it is played. */
export interface Played {
  /** Where it listens, here or at another node. @throws HapError `unreachable` when nobody plays it at the moment */
  where(): Promise<Address>;
  /** What is printed on it. */
  setupCode(): Promise<string>;
  /** Who it is, if it lists this controller with this key as an administrator; undefined if not. */
  pairedWith(controller: Pick<Identity, 'id' | 'publicKey'>): Promise<Pick<Identity, 'id' | 'publicKey'> | undefined>;
  /** The server, while this node plays it. */
  server(): AccessoryServer | undefined;
  /** Unplugged, it hangs up and nothing reaches it. */
  plug(powered: boolean): Promise<void>;
  close(): Promise<void>;
}

interface Kept {
  readonly sealed: string;
}

interface Secrets {
  readonly setupCode: string;
  readonly state?: AccessoryState;
}

/** Who plays it, where it listens, and until when that holds unless said again. */
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

/** Begins to play it, unless another node does. */
export async function startPlayed(options: PlayedOptions): Promise<Played> {
  const { registry, id, clock, shared, onFault } = options;
  const node = randomUUID();
  const leaseId = `device:${id}`;
  const secrets = await secretsOf(options);
  let powered = true;
  let server: AccessoryServer | undefined;
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

  const stop = async (): Promise<void> => {
    const playing = server;
    server = undefined;
    await playing?.close();
  };

  const play = async (): Promise<void> => {
    if (!powered) return;
    const lease = await leased(server?.port ?? 0);
    if (lease.node !== node) return stop();
    if (server) return;
    const made = await serverOf(options, secrets);
    options.begun?.(made);
    await leased(await made.listen());
    server = made;
  };

  await inTurn(play);
  const timer = shared ? setInterval(() => inTurn(play).catch(onFault), RENEW_MS).unref() : undefined;
  return {
    async where() {
      if (!powered) throw unreachable(`expected ${id} to answer, but it is unplugged`);
      await turn;
      if (server) return { host: HOST, port: server.port };
      const lease = (await registry.get<Lease>('lease', leaseId))?.body;
      if (!lease || lease.port === 0 || lease.until <= clock())
        throw unreachable(`expected a node to play ${id}, but none does at the moment`);
      return { host: HOST, port: lease.port };
    },
    setupCode: async () => (await secrets.read()).setupCode,
    async pairedWith({ id: controller, publicKey }) {
      const { state } = await secrets.read();
      const ltpk = Buffer.from(publicKey).toString('base64');
      const listed = state?.pairings.some((one) => one.id === controller && one.ltpk === ltpk && one.admin);
      return state && listed ? identityFrom(state.id, Buffer.from(state.seed, 'base64')) : undefined;
    },
    server: () => server,
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
        if (!shared) return;
        const nobody: Lease = { node, port: 0, until: 0 };
        await changeRecord<Lease>(registry, 'lease', leaseId, (now) => (now && now.node !== node ? now : nobody)).catch(
          onFault,
        );
      });
    },
  };
}

function unreachable(message: string): HapError {
  return new HapError('connect', 'unreachable', message);
}

/** Its secret memory. */
interface Memory {
  read(): Promise<Secrets>;
  write(state: AccessoryState): Promise<void>;
  /** The code in force, which is not in force any more. */
  takeCode(): Promise<string>;
}

/** New secrets where there are none, or another master key sealed them: then it is a new device. */
async function secretsOf({ registry, id, key: bytes }: PlayedOptions): Promise<Memory> {
  const key: KeyObject = createSecretKey(bytes);
  const place = `device:${id}`;
  const open = (kept: Kept | undefined): Secrets | undefined => {
    const text = kept && openText(key, place, kept.sealed);
    return text === undefined ? undefined : (JSON.parse(text) as Secrets);
  };
  const seal = (secrets: Secrets): Kept => ({ sealed: sealText(key, place, JSON.stringify(secrets)) });
  const change = (make: (now: Secrets) => Secrets): Promise<Kept> =>
    changeRecord<Kept>(registry, 'setting', place, (now) => seal(make(open(now) ?? { setupCode: randomSetupCode() })));
  const read = async (): Promise<Secrets | undefined> => open((await registry.get<Kept>('setting', place))?.body);
  if (!(await read())) await change((now) => now);
  return {
    async read() {
      const secrets = await read();
      if (!secrets) throw new Error(`expected to read what ${id} keeps, but it was sealed with another key`);
      return secrets;
    },
    async write(state) {
      await change((now) => ({ ...now, state }));
    },
    async takeCode() {
      let taken = '';
      await change((now) => {
        taken = now.setupCode;
        return { ...now, setupCode: randomSetupCode() };
      });
      return taken;
    },
  };
}

async function serverOf(options: PlayedOptions, memory: Memory): Promise<AccessoryServer> {
  const { model, category, identity, onWrite, onTxt, onFault } = options;
  const { setupCode: code } = await memory.read();
  return createAccessoryServer({
    model,
    category,
    ...(identity && { identity }),
    ...(onWrite && { onWrite }),
    ...(onTxt && { onTxt }),
    database: await options.database(),
    state: { read: async () => (await memory.read()).state, write: (state) => memory.write(state) },
    setupCode:
      options.setupCodes === 'rotating'
        ? { policy: 'rotating', next: () => memory.takeCode() }
        : { policy: 'static', code },
    host: HOST,
    limits: { coalesceMs: COALESCE_MS },
    onFault,
  });
}
