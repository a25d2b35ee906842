/** What a controller of ours does while somebody tampers, and what is measured of it. */
import { LAMP } from '../../src/protocols/hap/accessory/index.ts';
import { identify, openSession, pairSetup } from '../../src/protocols/hap/controller.ts';
import { HapError } from '../../src/protocols/hap/errors.ts';
import { newIdentity } from '../../src/protocols/hap/keys.ts';
import type { Address, Deadlines, HapOptions } from '../../src/protocols/hap/options.ts';
import type { Paired } from '../../src/protocols/hap/pair-verify.ts';
import type { Session } from '../../src/protocols/hap/session.ts';
import type { Recorder, Step } from '../../src/protocols/hap/transcript.ts';
import { BRIGHTNESS, CODE, type Lamp, ON, pairAndOpen } from './accessory-case.ts';

/** The way to a lamp, and what is known of it. */
export interface Way {
  readonly lamp: Lamp;
  readonly address: Address;
  readonly options: HapOptions;
  /** Paired before, over another way; missing while nobody has paired the lamp. */
  readonly paired?: Paired;
  /** Settles when what was armed has been played, or nothing is armed. */
  readonly played: () => Promise<void>;
}

/** Settles when it is done; it needs a pairing unless it begins with one. */
export type Operation = (way: Way) => Promise<void>;

function inSession(run: (session: Session, way: Way) => Promise<unknown>): Operation {
  return async (way) => {
    if (way.paired === undefined) throw new Error('expected a pairing');
    const session = await openSession(way.address, way.paired, way.options);
    try {
      await run(session, way);
    } finally {
      session.close();
    }
  };
}

/** Another brightness than now. */
function dim({ server }: Lamp): void {
  server.set(LAMP.aid, LAMP.brightness, server.get(LAMP.aid, LAMP.brightness) === 1 ? 2 : 1);
}

/** Settles with what the session told its subscriber, or fails as the session did. */
async function changed(session: Session, { lamp }: Way): Promise<void> {
  const heard = Promise.withResolvers<void>();
  await session.subscribe([BRIGHTNESS], () => heard.resolve());
  dim(lamp);
  const ended = session.closed.then((error) => Promise.reject(error ?? new Error('expected a reason')));
  await Promise.race([heard.promise, ended]);
}

const other = newIdentity();

/** Names of operations. */
export type Doing =
  | 'pair-setup'
  | 'pair-setup, twice'
  | 'identify'
  | 'open'
  | 'read'
  | 'read, twice'
  | 'write'
  | 'timed write'
  | 'accessories'
  | 'subscribe'
  | 'event'
  | 'event, then read'
  | 'list pairings'
  | 'add a pairing'
  | 'remove a pairing';

/** What they do. */
export const OPERATIONS: Readonly<Record<Doing, Operation>> = {
  'pair-setup': async ({ address, lamp, options }) => {
    const accessoryId = lamp.server.identity().id;
    await pairSetup(address, CODE, newIdentity(), { ...options, accessoryId });
  },
  /** Whatever the first try comes to. */
  'pair-setup, twice': async (way) => {
    await OPERATIONS['pair-setup'](way).catch((error: unknown) => {
      if (!(error instanceof HapError)) throw error;
    });
    await reset(way.lamp);
    await OPERATIONS['pair-setup'](way);
  },
  identify: ({ address, options }) => identify(address, options),
  open: inSession(async () => {}),
  read: inSession((session) => session.read([ON])),
  'read, twice': inSession(async (session) => {
    await session.read([ON]);
    await session.read([BRIGHTNESS]);
  }),
  write: inSession((session) => session.write([{ ...ON, value: true }])),
  'timed write': inSession((session) => session.timedWrite([{ ...ON, value: false }], 60_000)),
  accessories: inSession((session) => session.accessories()),
  subscribe: inSession((session) => session.subscribe([ON], () => {})),
  event: inSession(changed),
  /** An event that nobody hears is no failure; what comes after it is. */
  'event, then read': inSession(async (session, way) => {
    await session.subscribe([BRIGHTNESS], () => {});
    dim(way.lamp);
    await way.played();
    await session.read([ON]);
  }),
  'list pairings': inSession((session) => session.listPairings()),
  'add a pairing': inSession((session) =>
    session.addPairing({ id: other.id, publicKey: other.publicKey, admin: false }),
  ),
  'remove a pairing': inSession((session) => session.removePairing(other.id)),
};

/** A lamp's way back to being unpaired, if it is not. */
export async function reset({ server }: Lamp): Promise<void> {
  if (server.pairings().length > 0) await server.factoryReset();
}

/** A pairing over the lamp's own port. */
export async function pairDirectly(lamp: Lamp): Promise<Paired> {
  const { paired, session } = await pairAndOpen(lamp);
  session.close();
  return paired;
}

/**
 * Tells whether steps end by their deadlines, however busy the machine is: with each question a timer of the test's own starts
 * in the same turn, a little longer than the deadline. Timers of one thread expire in order, so a step that has ended in
 * time has ended before that timer, even when both are late.
 */
export function watchDeadlines(deadlines: Required<Deadlines>): {
  readonly record: Recorder;
  /** Steps that were still going on, their deadline over. */
  readonly overdue: readonly Step[];
  stop(): void;
} {
  const overdue: Step[] = [];
  let timer: NodeJS.Timeout | undefined;
  return {
    overdue,
    stop: () => clearTimeout(timer),
    record(step, event) {
      if (event === 'known' || step === 'event') return;
      clearTimeout(timer);
      if (event === 'sent') timer = setTimeout(() => overdue.push(step), deadlineOf(step, deadlines) + BEHIND_MS);
    },
  };
}

const BEHIND_MS = 5;

function deadlineOf(step: Step, { connectMs, srpMs, answerMs }: Required<Deadlines>): number {
  if (step === 'connect') return connectMs;
  return step === 'pair-setup M1' || step === 'pair-setup M3' ? srpMs : answerMs;
}

const TICK_MS = 4;

/**
 * The longest that this thread worked without a pause, in milliseconds of processor time: what other processes take of the
 * machine is not in it. No tick comes in the middle of a turn, so it is never too low; it is too high by shorter turns around.
 */
export function watchTurns(): { stop(): number } {
  let longest = 0;
  let last = process.threadCpuUsage();
  const look = (): void => {
    const now = process.threadCpuUsage();
    longest = Math.max(longest, now.user - last.user + now.system - last.system);
    last = now;
  };
  const timer = setInterval(look, TICK_MS);
  return {
    stop() {
      clearInterval(timer);
      look();
      return longest / 1_000;
    },
  };
}
