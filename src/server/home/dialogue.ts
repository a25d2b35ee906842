/** One dialogue with an accessory of the hub, written down, so that the doctor can say what went wrong in it. */
import { explainHome } from '../../inspectors/home/home.ts';
import { openSession } from '../../protocols/hap/controller.ts';
import { type Found, findAccessory } from '../../protocols/hap/discover.ts';
import { HapError, recordFailure } from '../../protocols/hap/errors.ts';
import type { Identity } from '../../protocols/hap/keys.ts';
import type { Address, Deadlines } from '../../protocols/hap/options.ts';
import type { Session } from '../../protocols/hap/session.ts';
import { createTranscript, type Entry, type Recorder } from '../../protocols/hap/transcript.ts';
import type { Accessory } from '../accessories/accessory.ts';
import type { House } from '../accessories/house.ts';
import { DeviceError, OperationError } from '../operations.ts';

/** What a dialogue needs of the house. */
export type Household = Pick<House, 'get' | 'record' | 'moved'> & { readonly identity: Identity };

type Transcript = ReturnType<typeof createTranscript>;

/** How it is held. */
export interface DialogueOptions {
  readonly deadlines?: Deadlines;
  /** Where it is looked for when it is not where it was; not at all unless given. */
  readonly look?: { readonly interfaces?: readonly string[] };
  /** Where it is written down; a fresh one unless given. */
  readonly transcript?: Transcript;
}

const LOOK_MS = 2_500;

/** Writes `work` down. @throws DeviceError with the doctor's verdict instead of a `HapError` */
export async function writtenDown<T>(
  work: (record: Recorder) => Promise<T>,
  transcript: Transcript = createTranscript(),
): Promise<T> {
  try {
    return await work(transcript.record);
  } catch (error) {
    if (!(error instanceof HapError)) throw error;
    if (!isRecorded(transcript.entries(), error)) recordFailure(transcript.record, error);
    const verdict = explainHome(transcript.entries(), Date.now());
    // Arguments that cannot be sent are the caller's, and no doctor's.
    throw verdict.ok ? new OperationError(error.message) : new DeviceError(error.message, verdict);
  }
}

function isRecorded(entries: readonly Entry[], { step }: HapError): boolean {
  return entries.some((entry) => entry.step === step && ['failed', 'timeout', 'closed'].includes(entry.event));
}

/**
 * A session of the hub's own with one of its accessories, for one piece of work. One that is not where it was last found is
 * looked for once, and remembered where it is.
 *
 * @throws DeviceError
 */
export function withSession<T>(
  house: Household,
  accessory: Accessory,
  work: (session: Session) => Promise<T>,
  options: DialogueOptions = {},
): Promise<T> {
  return writtenDown(async (record) => {
    const paired = { ...(await pairedWith(accessory)), identity: house.identity };
    record('pair-verify M1', 'known', { paired_here: true, accessory_id: paired.accessoryId });
    const session = await opened(house, accessory, paired.accessoryId, record, options, (address) =>
      openSession(address, paired, { record, ...(options.deadlines && { deadlines: options.deadlines }) }),
    );
    try {
      return await work(session);
    } finally {
      session.close();
    }
  }, options.transcript);
}

async function pairedWith(accessory: Accessory): Promise<{ accessoryId: string; accessoryLtpk: Buffer }> {
  const { id, key } = await accessory.identity();
  return { accessoryId: id, accessoryLtpk: Buffer.from(key, 'base64url') };
}

async function opened(
  house: Household,
  accessory: Accessory,
  hapId: string,
  record: Recorder,
  { look }: DialogueOptions,
  open: (address: Address) => Promise<Session>,
): Promise<Session> {
  const last = await accessory.address();
  record('connect', 'known', { last_address: last.host, last_port: last.port });
  try {
    return await open(last);
  } catch (error) {
    if (!(error instanceof HapError) || look === undefined || !mayHaveMoved(error)) throw error;
    const found = await findAccessory(hapId, { deadlineMs: LOOK_MS, record, ...look }).catch(() => undefined);
    const [address] = found === undefined ? [] : addressesOf(found);
    if (!address || (address.host === last.host && address.port === last.port)) throw error;
    const session = await open(address);
    await house.moved(accessory.id, address);
    return session;
  }
}

/** Nobody there, or somebody else. */
function mayHaveMoved({ step, kind }: HapError): boolean {
  return step === 'connect' || kind === 'authentication';
}

/** Where an accessory that announced itself can be tried, in this order. */
export function addressesOf({ addresses, port }: Pick<Found, 'addresses' | 'port'>): Address[] {
  return addresses.map((host) => ({ host, port }));
}
