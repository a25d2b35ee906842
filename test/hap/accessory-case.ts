/** What tests of the accessory share: a lamp that listens, a controller of ours, plain requests of strangers. */
import { once } from 'node:events';
import { connect } from 'node:net';
import {
  type AccessoryOptions,
  type AccessoryServer,
  type AccessoryState,
  CATEGORY,
  createAccessoryServer,
  LAMP,
  lampDatabase,
  type MemoryState,
  memoryState,
} from '../../src/protocols/hap/accessory/index.ts';
import type { CharacteristicId } from '../../src/protocols/hap/characteristics.ts';
import { openSession, pairSetup } from '../../src/protocols/hap/controller.ts';
import { HapError } from '../../src/protocols/hap/errors.ts';
import { createHttpReader, type HttpMessage } from '../../src/protocols/hap/http-messages.ts';
import { newIdentity } from '../../src/protocols/hap/keys.ts';
import type { Address } from '../../src/protocols/hap/options.ts';
import type { Paired } from '../../src/protocols/hap/pair-verify.ts';
import type { Session } from '../../src/protocols/hap/session.ts';
import { decodeTlv, firstInteger, TLV } from '../../src/protocols/hap/tlv8.ts';

/** The code on the lamp. */
export const CODE = '482-19-365';

/** What the lamp's label says. */
export const LABEL = {
  name: 'Lamp',
  manufacturer: 'Counterfoil',
  model: 'Virtual Lamp',
  serialNumber: 'CF-1',
  firmwareRevision: '1.0.0',
};

/** A lamp that listens, and what it keeps. */
export interface Lamp {
  readonly server: AccessoryServer;
  readonly address: Address;
  readonly state: MemoryState;
  /** What went wrong inside. */
  readonly failures: unknown[];
}

const open: AccessoryServer[] = [];

/** Starts a lamp; `first` presets what it keeps. */
export async function startLamp(
  options: Partial<AccessoryOptions> = {},
  first?: AccessoryState | undefined,
): Promise<Lamp> {
  const state = memoryState(first);
  const failures: unknown[] = [];
  const server = await createAccessoryServer({
    database: lampDatabase(LABEL),
    state,
    setupCode: { policy: 'static', code: CODE },
    model: LABEL.model,
    category: CATEGORY.lightbulb,
    setupId: 'CF51',
    onFault: (error) => failures.push(error),
    ...options,
  });
  open.push(server);
  const port = await server.listen();
  return { server, address: { host: '127.0.0.1', port }, state, failures };
}

/** Stops every lamp of a test. */
export async function stopLamps(): Promise<void> {
  await Promise.all(open.splice(0).map((server) => server.close()));
}

/** Pairs a new controller as the first admin, and opens a session. */
export async function pairAndOpen({ address }: Lamp): Promise<{ paired: Paired; session: Session }> {
  const paired = await pairSetup(address, CODE, newIdentity());
  return { paired, session: await openSession(address, paired) };
}

/** Adds another controller through an admin's session and gives its pairing. */
export async function addController(session: Session, paired: Paired, admin: boolean): Promise<Paired> {
  const identity = newIdentity();
  await session.addPairing({ id: identity.id, publicKey: identity.publicKey, admin });
  return { ...paired, identity };
}

/** Sends one plain request over a connection of its own. */
export async function plain(
  { address }: Lamp,
  method: string,
  target: string,
  body: Uint8Array = Buffer.alloc(0),
): Promise<HttpMessage> {
  const socket = connect(address);
  const reader = createHttpReader('response');
  try {
    socket.write(`${method} ${target} HTTP/1.1\r\nHost: lamp\r\nContent-Length: ${body.length}\r\n\r\n`);
    socket.write(body);
    for (;;) {
      const [bytes] = (await once(socket, 'data')) as [Buffer];
      const read = reader.push(bytes);
      if (!read.ok) throw new Error(read.fault);
      if (read.messages[0] !== undefined) return read.messages[0];
    }
  } finally {
    socket.destroy();
  }
}

/** Waits until it holds; a test that waits for what never comes runs into its own deadline. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Where the lamp's values are. */
export const ON: CharacteristicId = { aid: LAMP.aid, iid: LAMP.on };
export const BRIGHTNESS: CharacteristicId = { aid: LAMP.aid, iid: LAMP.brightness };

/** What went wrong, as a fact to compare. */
export async function failure(work: Promise<unknown>): Promise<Partial<HapError>> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof HapError)) throw error;
    const { step, kind, tlvError, httpStatus, hapStatus } = error;
    return {
      step,
      kind,
      ...(tlvError && { tlvError }),
      ...(httpStatus !== undefined && httpStatus !== 200 && { httpStatus }),
      ...(hapStatus && { hapStatus }),
    };
  }
  throw new Error('expected a failure, got none');
}

/** A refusal by an error number of pairing. */
export function refused(step: string, tlvError: number): object {
  return { step, kind: 'tlv-error', tlvError };
}

/** The error number of a pairing message. */
export function errorOf(body: Buffer): number | undefined {
  const decoded = decodeTlv(body);
  return decoded.ok ? firstInteger(decoded.items, TLV.error) : undefined;
}

/** The bytes of a pairing message. */
export function post(target: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`POST ${target} HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n`), body]);
}
