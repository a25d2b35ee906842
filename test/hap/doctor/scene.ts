/** One run: an accessory of its own, the real controller, and a transcript that starts empty. */
import { createServer } from 'node:net';
import {
  type AccessoryOptions,
  type AccessoryServer,
  createAccessoryServer,
  type FaultScript,
  freshState,
  LAMP,
  lampDatabase,
  memoryState,
} from '../../../src/protocols/hap/accessory/index.ts';
import { openSession } from '../../../src/protocols/hap/controller.ts';
import { type Identity, newIdentity } from '../../../src/protocols/hap/keys.ts';
import type { Address, Deadlines, HapOptions } from '../../../src/protocols/hap/options.ts';
import type { Paired } from '../../../src/protocols/hap/pair-verify.ts';
import type { Session } from '../../../src/protocols/hap/session.ts';
import { createTranscript, type Entry, type Recorder } from '../../../src/protocols/hap/transcript.ts';
import { type Alter, type Slow, startProxy } from './proxy.ts';
import type { Random } from './random.ts';

/** An accessory that listens, and who it is. */
export interface Lamp {
  readonly server: AccessoryServer;
  readonly address: Address;
  readonly identity: Identity;
  readonly code: string;
  /** A pairing that it has; absent while nobody is paired. */
  readonly paired: Paired | undefined;
}

/** What a lamp is made of. */
export interface LampOptions {
  readonly faults?: FaultScript;
  /** Pairings it has already: ours first, if any. Nobody unless told. */
  readonly pairings?: number;
  /** Is ours an administrator? */
  readonly admin?: boolean;
  readonly failures?: number;
  readonly identity?: Identity;
  readonly more?: Partial<AccessoryOptions>;
}

/** What a class plays with. */
export interface Scene {
  readonly random: Random;
  readonly record: Recorder;
  readonly options: HapOptions;
  /** The same with short deadlines, for what never answers. */
  readonly hurried: HapOptions;
  lamp(options?: LampOptions): Promise<Lamp>;
  through(lamp: Lamp, alter: Alter, slow?: Slow): Promise<Address>;
  /** A port at which nobody listens. */
  closedPort(): Promise<number>;
  /** Writes down a TXT record as discovery does: of this lamp, with changes. */
  sight(lamp: Lamp, changes?: Entry['facts']): void;
  /** The silent port of the whole suite. */
  readonly silent: Address;
  defer(end: () => unknown): void;
}

/** Runs that are allowed to take as long as they like, and what never answers. */
const PATIENT: Deadlines = { connectMs: 10_000, srpMs: 30_000, answerMs: 15_000 };
const HURRIED: Deadlines = { connectMs: 400, srpMs: 1_000, answerMs: 600 };

const LABEL = { name: 'Lamp', manufacturer: 'Test', model: 'L1', serialNumber: '1', firmwareRevision: '1.0' };

/** Plays one run and gives its transcript. What the run throws is thrown, but for what the controller says. */
export async function playScene(
  random: Random,
  silent: Address,
  play: (scene: Scene) => Promise<unknown>,
): Promise<{ readonly entries: readonly Entry[]; readonly through: boolean | undefined }> {
  const transcript = createTranscript();
  const ends: (() => unknown)[] = [];
  const { record } = transcript;
  const defer = (end: () => unknown): void => void ends.unshift(end);
  const scene: Scene = {
    random,
    record,
    options: { record, deadlines: PATIENT },
    hurried: { record, deadlines: HURRIED },
    lamp: (options) => startLamp(random, options ?? {}, defer),
    async through(lamp, alter, slow) {
      const proxy = await startProxy(lamp.address.port, alter, slow);
      defer(() => proxy.close());
      return { host: '127.0.0.1', port: proxy.port };
    },
    closedPort,
    sight({ server, address }, changes = {}) {
      const txt = server.txt();
      const facts = {
        presented: 'found',
        address: address.host,
        port: address.port,
        txt_id: txt['id'] ?? '',
        txt_sf: Number(txt['sf']),
        txt_pv: txt['pv'] ?? '1.0',
        txt_c: Number(txt['c#']),
        txt_md: txt['md'] ?? '',
        txt_ci: Number(txt['ci']),
      };
      record('discover', 'received', { ...facts, ...changes });
    },
    silent,
    defer,
  };
  let through: boolean | undefined;
  try {
    const came = await play(scene);
    if (typeof came === 'boolean') through = came;
  } finally {
    for (const end of ends) await end();
  }
  return { entries: transcript.entries(), through };
}

async function startLamp(random: Random, options: LampOptions, defer: Scene['defer']): Promise<Lamp> {
  const identity = options.identity ?? newIdentity(deviceId(random));
  const code = setupCode(random);
  const ours = newIdentity();
  const count = options.pairings ?? 0;
  const pairings = Array.from({ length: count }, (_, i) => {
    const { id, publicKey } = i === 0 ? ours : newIdentity();
    return { id, ltpk: publicKey.toString('base64'), admin: i > 0 || (options.admin ?? true) };
  });
  // a user alone would leave the accessory without an administrator
  if (options.admin === false)
    pairings.push({ id: newIdentity().id, ltpk: newIdentity().publicKey.toString('base64'), admin: true });
  const state = { ...freshState(identity), pairings, failures: options.failures ?? 0 };
  const server = await createAccessoryServer({
    database: lampDatabase(LABEL),
    state: memoryState(state),
    setupCode: { policy: 'static', code },
    model: 'L1',
    category: 5,
    ...(options.faults && { faults: options.faults }),
    ...options.more,
  });
  const port = await server.listen();
  defer(() => server.close());
  const paired = { accessoryId: identity.id, accessoryLtpk: identity.publicKey, identity: ours };
  return { server, address: { host: '127.0.0.1', port }, identity, code, paired: count > 0 ? paired : undefined };
}

/** A session with a lamp that has our pairing, after a few things that went well. */
export async function sessionWith(
  scene: Scene,
  lamp: Lamp,
  at: Address = lamp.address,
  options: HapOptions = scene.options,
): Promise<Session> {
  if (!lamp.paired) throw new Error('expected a lamp that has our pairing; give it pairings');
  const session = await openSession(at, lamp.paired, options);
  scene.defer(() => session.close());
  return session;
}

/** Things that go well, some of them, in some order. */
export async function smallTalk({ random }: Scene, session: Session): Promise<void> {
  for (let i = random.below(3); i > 0; i--) {
    const doing = random.below(4);
    if (doing === 0) await session.accessories();
    else if (doing === 1) await session.read([{ aid: LAMP.aid, iid: LAMP.brightness }]);
    else if (doing === 2) await session.write([{ aid: LAMP.aid, iid: LAMP.brightness, value: random.below(100) }]);
    else
      await session.read([
        { aid: LAMP.aid, iid: LAMP.on },
        { aid: LAMP.aid, iid: LAMP.brightness },
      ]);
  }
}

/** A setup code that HAP allows. */
export function setupCode(random: Random): string {
  const digits = String(13_000_000 + random.below(9_000_000));
  return `${digits.slice(0, 3)}-${digits.slice(3, 5)}-${digits.slice(5)}`;
}

function deviceId(random: Random): string {
  return Array.from({ length: 6 }, () => random.below(256).toString(16).padStart(2, '0').toUpperCase()).join(':');
}

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
