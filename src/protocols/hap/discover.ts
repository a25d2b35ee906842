/**
 * Finds accessories on the local network (HAP §6.4): `_hap._tcp` over multicast DNS, on IPv4.
 *
 * What goes over the wire is `multicast-dns`'; what is known is kept in `dns-sd.ts`, what an accessory says is read in
 * `txt.ts`. Packets that are not from the network of the interface, or not from port 5353, are passed over
 * (RFC 6762 §6 and §11).
 */
import { BlockList, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import multicastDns, { type MulticastDns } from 'multicast-dns';
import { createServiceCache, type Instance, type ServiceCache } from './dns-sd.ts';
import { HapError } from './errors.ts';
import type { Entry, Recorder } from './transcript.ts';
import { readTxt, type Txt, type TxtNote } from './txt.ts';

/** An accessory that announces itself. Nothing of it is proven before pair-verify. */
export interface Found {
  /** Name of the instance, for people. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** IPv4 first. Any of them may be another accessory's by now: pair-verify tells. */
  readonly addresses: readonly string[];
  readonly txt: Txt;
  /** What of its TXT record is not as §6.4 has it. */
  readonly notes: readonly TxtNote[];
}

/** `changed`: another port, address or TXT field; `gone`: it said goodbye or was not heard of for the life of its records. */
export interface Sighting {
  readonly kind: 'found' | 'changed' | 'gone';
  readonly accessory: Found;
}

/** How to look. */
export interface DiscoverOptions {
  /** Names (`lo`) or IPv4 addresses of interfaces of this machine; all of them unless told. */
  readonly interfaces?: readonly string[];
  /** Looks this long; for ever unless told. */
  readonly deadlineMs?: number;
  /** Ends the search. */
  readonly signal?: AbortSignal;
  /** Hears of every sighting, of all accessories. */
  readonly record?: Recorder;
}

const SERVICE = '_hap._tcp.local';
const MDNS_PORT = 5353;
/** Queries go out at once, then after 1 s, 2 s, 4 s … (RFC 6762 §5.2). */
const FIRST_GAP_MS = 1_000;
const LAST_GAP_MS = 60_000;
const TICK_MS = 1_000;

interface Interface {
  readonly name: string;
  readonly address: string;
  readonly cidr: string;
}
interface Ear {
  readonly at: Interface;
  readonly cache: ServiceCache;
  readonly close: () => void;
}

/**
 * What is seen, as it is seen, until the deadline or the signal; both end it without an error. Leaving the loop closes the
 * sockets. It listens on the interfaces there are when it begins.
 *
 * @throws HapError `unreachable` when none of the interfaces can be listened on
 */
export async function* discover(options: DiscoverOptions = {}): AsyncGenerator<Sighting, void, void> {
  let wake = Promise.withResolvers<void>();
  let over = options.signal?.aborted === true;
  const stir = (): void => wake.resolve();
  const end = (): void => {
    over = true;
    stir();
  };
  const interfaces = chosen(options.interfaces);
  const failures = new Map<Interface, Error>();
  const ears = interfaces.map((at) =>
    listen(at, stir, (error) => {
      failures.set(at, error);
      stir();
    }),
  );
  const timer = options.deadlineMs === undefined ? undefined : setTimeout(end, options.deadlineMs);
  options.signal?.addEventListener('abort', end);
  const told = new Map<string, { print: string; accessory: Found }>();
  try {
    for (;;) {
      wake = Promise.withResolvers();
      if (failures.size >= interfaces.length) throw deaf(interfaces, [...failures.values()][0]);
      for (const sighting of news(ears, told)) {
        options.record?.('discover', 'received', factsOf(sighting));
        yield sighting;
      }
      if (over) return;
      await wake.promise;
    }
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', end);
    for (const ear of ears) ear.close();
  }
}

/**
 * The accessory with a pairing id, or nothing when it was not seen by the deadline (5,000 ms unless told).
 * `record` hears of this accessory only: what it says of itself, or that it was not seen.
 */
export async function findAccessory(accessoryId: string, options: DiscoverOptions = {}): Promise<Found | undefined> {
  const { record, ...rest } = options;
  const deadlineMs = options.deadlineMs ?? 5_000;
  const wanted = accessoryId.toUpperCase();
  for await (const { kind, accessory } of discover({ ...rest, deadlineMs })) {
    if (kind === 'gone' || accessory.txt.id?.toUpperCase() !== wanted) continue;
    record?.('discover', 'received', factsOf({ kind, accessory }));
    return accessory;
  }
  if (options.signal?.aborted !== true)
    record?.('discover', 'timeout', { expected: accessoryId, deadline_ms: deadlineMs });
  return undefined;
}

/** What differs from what was told, and tells it. */
function* news(
  ears: readonly Ear[],
  told: Map<string, { print: string; accessory: Found }>,
): Generator<Sighting, void, void> {
  const seen = new Map<string, Instance[]>();
  for (const { at, cache } of ears)
    for (const instance of cache.instances()) {
      const addresses = instance.addresses.map((a) => (isIPv6(a) && /^fe[89ab]/i.test(a) ? `${a}%${at.name}` : a));
      seen.set(instance.key, [...(seen.get(instance.key) ?? []), { ...instance, addresses }]);
    }
  for (const [key, { accessory }] of told) {
    if (seen.has(key)) continue;
    told.delete(key);
    yield { kind: 'gone', accessory };
  }
  for (const [key, instances] of seen) {
    const accessory = merged(instances);
    const print = JSON.stringify(accessory);
    const before = told.get(key);
    if (before?.print === print) continue;
    told.set(key, { print, accessory });
    yield { kind: before ? 'changed' : 'found', accessory };
  }
}

/** One accessory of what the interfaces know of it; the one that heard last decides. */
function merged(instances: readonly Instance[]): Found {
  const [latest] = instances.toSorted((a, b) => b.heardAt - a.heardAt) as [Instance];
  return {
    name: latest.name,
    host: latest.host,
    port: latest.port,
    addresses: [...new Set(instances.flatMap((instance) => instance.addresses))],
    ...readTxt(latest.strings),
  };
}

/** Listens and asks on one interface. `stir` is called when something may have changed. */
function listen(at: Interface, stir: () => void, failed: (error: Error) => void): Ear {
  const cache = createServiceCache(SERVICE);
  const near = new BlockList();
  const [network, prefix] = at.cidr.split('/') as [string, string];
  near.addSubnet(network, Number(prefix));
  const mdns = multicastDns({ interface: at.address, bind: '0.0.0.0' });
  const asking = asker(mdns, cache);
  let tick: NodeJS.Timeout | undefined;
  mdns.on('response', (packet, from) => {
    if (from.port !== MDNS_PORT || !near.check(from.address)) return;
    cache.take([...(packet.answers ?? []), ...(packet.additionals ?? [])], performance.now());
    asking.details();
    stir();
  });
  mdns.on('ready', () => {
    asking.everything();
    tick = setInterval(() => {
      cache.sweep(performance.now());
      asking.everything();
      stir();
    }, TICK_MS);
  });
  // what cannot be decoded, and interfaces that come and go
  mdns.on('warning', () => {});
  mdns.on('error', failed);
  return {
    at,
    cache,
    close() {
      clearInterval(tick);
      mdns.destroy();
    },
  };
}

/** When to ask for what. */
function asker(mdns: MulticastDns, cache: ServiceCache): { everything(): void; details(): void } {
  let gap = FIRST_GAP_MS;
  let next = 0;
  let askedAt = -Infinity;
  const send = (questions: { name: string; type: string }[], now: number): void => {
    const answers = questions.some(({ type }) => type === 'PTR') ? cache.knownAnswers(now) : [];
    mdns.query({ questions, answers }, () => {});
  };
  return {
    /** All that is due: the instances at growing gaps, their records once a second. */
    everything() {
      const now = performance.now();
      const questions = cache.wanted(now).map((question) => ({ ...question }));
      if (now >= next) {
        next = now + gap - TICK_MS / 10;
        gap = Math.min(2 * gap, LAST_GAP_MS);
        send([{ name: SERVICE, type: 'PTR' }], now);
      }
      if (questions.length > 0) send(questions, now);
      askedAt = now;
    },
    /** What a pointer alone leaves open, at most once in a tick: a stranger must not make us shout. */
    details() {
      const now = performance.now();
      if (now - askedAt < TICK_MS / 2) return;
      const questions = cache.wanted(now).map((question) => ({ ...question }));
      if (questions.length === 0) return;
      askedAt = now;
      send(questions, now);
    },
  };
}

/** The IPv4 addresses of this machine's interfaces: those named, or all. */
function chosen(names: readonly string[] | undefined): readonly Interface[] {
  const all = Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.flatMap(({ family, address, cidr }) => (family === 'IPv4' && cidr ? [{ name, address, cidr }] : [])),
  );
  return names === undefined ? all : all.filter(({ name, address }) => names.includes(name) || names.includes(address));
}

function deaf(interfaces: readonly Interface[], error: Error | undefined): HapError {
  const what =
    interfaces.length === 0
      ? 'none of the interfaces that were named has an IPv4 address here; name one that has'
      : `none of ${interfaces.map(({ name }) => name).join(', ')} could be listened on (${error?.message}); is port 5353 taken by something that does not share it?`;
  return new HapError('discover', 'unreachable', what, { cause: error });
}

/** For the transcript. */
function factsOf({ kind, accessory }: Sighting): Entry['facts'] {
  const { txt, addresses, port } = accessory;
  const facts = {
    presented: kind,
    address: addresses[0],
    port,
    txt_id: txt.id,
    txt_sf: txt.sf,
    txt_pv: txt.pv,
    txt_c: txt.c,
    txt_s: txt.s,
    txt_ff: txt.ff,
    txt_md: txt.md,
    txt_ci: txt.ci,
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as Entry['facts'];
}
