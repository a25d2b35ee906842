/**
 * A TCP proxy between a controller and an accessory that spoils one message of one connection and passes everything else on as it
 * came. It has no keys: what it knows of a session are its frames.
 */
import { connect, createServer, type Socket } from 'node:net';

/** Who sent a message. */
export type From = 'accessory' | 'controller';

/**
 * A message: in plain text `pair-setup M1` to `M6`, `pair-verify M1` to `M4` and `identify`; then `frame 0` and so on, in each
 * direction. `connect` is a connection before its first byte.
 */
export interface Place {
  readonly from: From;
  readonly at: string;
}

/** What can be done with a message, once. What is not passed on is lost. */
export interface Hand {
  /** To whom it was meant for. */
  pass(bytes: Uint8Array): void;
  /** To whom it came from. */
  back(bytes: Uint8Array): void;
  /** Behind the next message in this direction. */
  later(bytes: Uint8Array): void;
  /** One byte after the other, a turn and some milliseconds between them. */
  drip(bytes: Uint8Array): void;
  /** The same bytes again and again, until nobody is there. */
  flood(bytes: Uint8Array): void;
  /** Messages before this one, of this direction, oldest first. */
  readonly before: readonly Buffer[];
  /** A FIN to the controller; what it sends is still taken. */
  end(): void;
  /** Lets go of both connections. */
  close(): void;
  /** An RST to the controller. */
  reset(): void;
  /** Listens no more until `listen`. */
  deaf(): void;
}

/** What is done instead of passing a message on. */
export type Play = (hand: Hand, message: Buffer) => void;

/** A proxy that listens. */
export interface TamperingProxy {
  readonly address: { readonly host: string; readonly port: number };
  /** Spoils the next message at that place. */
  arm(place: Place, play: Play): void;
  /** Whether what was armed has been played. */
  played(): boolean;
  listening(): boolean;
  /** Listens again, on the same port. */
  listen(): Promise<void>;
  close(): Promise<void>;
}

/** Between two bytes of a drip, and between two pieces of a flood. */
const GAP_MS = 10;
const HOST = '127.0.0.1';

/** Two sockets, and what went over them. */
interface Pair {
  readonly down: Socket;
  readonly up: Socket;
  readonly timers: Set<NodeJS.Timeout>;
  /** Plain messages, so that answers are named as their requests. */
  readonly names: string[];
}

/** One direction of a pair. */
interface Direction {
  readonly from: From;
  readonly before: Buffer[];
  held: Buffer;
  framed: boolean;
  count: number;
  behind: Uint8Array | undefined;
}

/** What is spoiled next, if anything. */
interface Plan {
  armed: { readonly place: Place; readonly play: Play } | undefined;
}

/** Starts a proxy before the accessory at `port`. */
export async function startTamperingProxy(port: number): Promise<TamperingProxy> {
  const plan: Plan = { armed: undefined };
  const open = new Set<Pair>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (down) => {
    const pair: Pair = { down, up: connect({ host: HOST, port, noDelay: true }), timers: new Set(), names: [] };
    open.add(pair);
    const gone = (): void => {
      for (const timer of pair.timers) clearInterval(timer);
      down.destroy();
      pair.up.destroy();
      open.delete(pair);
    };
    // only the controller's own end lets go of what is here: else a leak of its would not be seen
    down.on('error', gone).on('close', gone).on('end', gone);
    pair.up.on('error', () => {}).on('close', () => down.end());
    relay(pair, plan, () => void server.close());
  });
  const listen = (at: number): Promise<void> =>
    new Promise((resolve, reject) => void server.once('error', reject).listen(at, HOST, resolve));
  await listen(0);
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('expected a port');
  return {
    address: { host: HOST, port: bound.port },
    arm: (place, play) => {
      plan.armed = { place, play };
    },
    played: () => plan.armed === undefined,
    listening: () => server.listening,
    listen: () => listen(bound.port),
    close: () =>
      new Promise((resolve) => {
        for (const { down, up } of open) {
          down.destroy();
          up.destroy();
        }
        server.close(() => resolve());
      }),
  };
}

/** Passes messages on in both directions, but for the one that is armed. */
function relay(pair: Pair, plan: Plan, deaf: () => void): void {
  const take = (from: From, at: string): Play | undefined => {
    const { armed } = plan;
    if (armed?.place.at !== at || armed.place.from !== from) return undefined;
    plan.armed = undefined;
    return armed.play;
  };
  const asked = direction('controller');
  const answered = direction('accessory');
  for (const [socket, way] of [[pair.down, asked] as const, [pair.up, answered] as const]) {
    const hand = handOn(pair, way, deaf);
    socket.on('data', (bytes: Buffer) => {
      for (const { name, message } of cut(way, bytes, pair)) {
        const { behind } = way;
        way.behind = undefined;
        const play = take(way.from, name);
        if (play === undefined) hand.pass(message);
        else play(hand, message);
        if (behind !== undefined) hand.pass(behind);
        way.before.push(message);
      }
    });
  }
  take('controller', 'connect')?.(handOn(pair, asked, deaf), Buffer.alloc(0));
}

function direction(from: From): Direction {
  return { from, before: [], held: Buffer.alloc(0), framed: false, count: 0, behind: undefined };
}

function handOn({ down, up, timers }: Pair, way: Direction, deaf: () => void): Hand {
  const to = way.from === 'accessory' ? down : up;
  const write = (socket: Socket, bytes: Uint8Array): void => {
    if (socket.writable && bytes.length > 0) socket.write(bytes);
  };
  const every = (work: (round: number) => void): void => {
    let round = 0;
    timers.add(setInterval(() => work(round++), GAP_MS));
  };
  return {
    pass: (bytes) => write(to, bytes),
    back: (bytes) => write(to === down ? up : down, bytes),
    later: (bytes) => {
      way.behind = bytes;
    },
    drip: (bytes) => every((round) => write(to, bytes.subarray(round, round + 1))),
    // no more than the other side takes: what piles up here would be measured as ours
    flood: (bytes) => every(() => to.writableNeedDrain || write(to, bytes)),
    before: way.before,
    end: () => void down.end(),
    close: () => void down.destroy(),
    reset: () => void down.resetAndDestroy(),
    deaf,
  };
}

/** The whole messages so far, with their names. */
function cut(way: Direction, bytes: Buffer, { names }: Pair): readonly { name: string; message: Buffer }[] {
  way.held = Buffer.concat([way.held, bytes]);
  const all: { name: string; message: Buffer }[] = [];
  for (;;) {
    const length = way.framed ? frameLength(way.held) : httpLength(way.held);
    if (length === undefined || length > way.held.length) return all;
    const message = way.held.subarray(0, length);
    way.held = way.held.subarray(length);
    all.push({ name: nameOf(way, message, names), message });
  }
}

/** HAP §6.5.2. */
function frameLength(held: Buffer): number | undefined {
  return held.length < 2 ? undefined : held.readUInt16LE() + 18;
}

function httpLength(held: Buffer): number | undefined {
  const end = held.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const length = /\r\nContent-Length: (\d+)/i.exec(held.toString('latin1', 0, end))?.[1] ?? '0';
  return end + 4 + Number(length);
}

/** Names a message; in frames from the second exchange of pair-verify on. */
function nameOf(way: Direction, message: Buffer, names: string[]): string {
  const number = way.count++;
  if (way.framed) return `frame ${number}`;
  if (way.from === 'controller') names.push(/^\S+ \/(\S+)/.exec(message.toString('latin1', 0, 64))?.[1] ?? '');
  const target = names[number] ?? '';
  if (!target.startsWith('pair-')) return target;
  const ordinal = names.slice(0, number + 1).filter((one) => one === target).length;
  if (target === 'pair-verify' && ordinal === 2) {
    way.framed = true;
    way.count = 0;
  }
  return `${target} M${2 * ordinal - (way.from === 'controller' ? 1 : 0)}`;
}
