/**
 * What one network interface has said about one kind of service (RFC 6762, RFC 6763): records in, whole instances out.
 *
 * Everything here came from strangers: nothing throws, and what is kept is bounded by `DNS_SD_LIMITS`. Time is an
 * argument, in milliseconds. Sockets are not here.
 */
import { isIP, isIPv4 } from 'node:net';

/** An instance of which place, address and text are known. */
export interface Instance {
  /** In lower case, as DNS compares names: the instance, then the kind of service. */
  readonly key: string;
  /** As it came, without the kind of service. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** IPv4 first, link-local ones last. */
  readonly addresses: readonly string[];
  /** Strings of the TXT record. */
  readonly strings: readonly Uint8Array[];
  /** When its last record came. */
  readonly heardAt: number;
}

/** A question that would complete or refresh what is known. */
export interface Wanted {
  readonly name: string;
  readonly type: 'PTR' | 'SRV' | 'TXT' | 'A' | 'AAAA';
}

/** A pointer that needs no answer again (RFC 6762 §7.1); `ttl` in seconds. */
export interface KnownAnswer {
  readonly name: string;
  readonly type: 'PTR';
  readonly ttl: number;
  readonly data: string;
}

/** How much is kept, and for how long at most. A text is what RFC 6763 §6.2 would have fit into one packet. */
export const DNS_SD_LIMITS = {
  instances: 500,
  addresses: 16,
  textBytes: 1_300,
  questions: 40,
  ttlSeconds: 4_500,
} as const;

/** RFC 6762 §10.2: records of this age give way to ones that come with the flush bit. */
const FLUSH_AFTER_MS = 1_000;

interface Timed {
  readonly at: number;
  readonly until: number;
}
interface Known {
  readonly name: string;
  pointer: Timed;
  place?: Timed & { readonly host: string; readonly port: number };
  text?: Timed & { readonly strings: readonly Uint8Array[] };
  readonly addresses: Map<string, Timed>;
}
interface Said {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly flush: boolean;
  readonly data: unknown;
}

/** What is known of the service `kind`, such as `_hap._tcp.local`. */
export interface ServiceCache {
  /** Takes the records of a response. */
  take(records: readonly unknown[], now: number): void;
  /** Forgets what has expired. */
  sweep(now: number): void;
  instances(): Instance[];
  /** What to ask for: records that are missing, or have less than half of their life before them. */
  wanted(now: number): Wanted[];
  knownAnswers(now: number): KnownAnswer[];
}

/** A cache without records. */
export function createServiceCache(kind: string): ServiceCache {
  const known = new Map<string, Known>();
  return {
    take(records, now) {
      const said = records.flatMap((record) => readRecord(record) ?? []);
      // pointers first, then places: a record counts only if what leads to it is known
      for (const record of said) if (record.type === 'PTR') takePointer(known, kind, record, now);
      for (const record of said) takeDetail(known, record, now);
      for (const record of said) takeAddress(known, record, now);
    },
    sweep(now) {
      for (const [key, instance] of known) {
        if (instance.pointer.until <= now) known.delete(key);
        if (instance.place && instance.place.until <= now) delete instance.place;
        if (instance.text && instance.text.until <= now) delete instance.text;
        for (const [address, { until }] of instance.addresses) if (until <= now) instance.addresses.delete(address);
      }
    },
    instances: () => [...known].flatMap(([key, instance]) => whole(key, kind, instance) ?? []),
    wanted: (now) =>
      [...known.values()].flatMap((instance) => wantedOf(instance, now)).slice(0, DNS_SD_LIMITS.questions),
    knownAnswers: (now) =>
      [...known.values()]
        .filter(({ name, pointer }) => isFresh(pointer, now) && canBeSent(name))
        .slice(0, DNS_SD_LIMITS.questions)
        .map(({ name, pointer }) => ({
          name: kind,
          type: 'PTR' as const,
          ttl: Math.floor((pointer.until - now) / 1_000),
          data: name,
        })),
  };
}

/** RFC 6763 §4.1: which instances there are. A life of 0 is a goodbye (RFC 6762 §10.1). */
function takePointer(known: Map<string, Known>, kind: string, record: Said, now: number): void {
  const { data } = record;
  if (record.name !== kind || typeof data !== 'string' || !data.toLowerCase().endsWith(`.${kind}`)) return;
  const key = data.toLowerCase();
  const instance = known.get(key);
  if (record.ttl === 0) known.delete(key);
  else if (instance) instance.pointer = timed(record, now);
  else if (known.size < DNS_SD_LIMITS.instances)
    known.set(key, { name: data, pointer: timed(record, now), addresses: new Map() });
}

/** RFC 6763 §5 and §6: where an instance is, and what it says of itself. */
function takeDetail(known: Map<string, Known>, record: Said, now: number): void {
  const instance = known.get(record.name);
  if (!instance) return;
  if (record.type === 'SRV') {
    const { target, port } = (record.data ?? {}) as { target?: unknown; port?: unknown };
    if (record.ttl === 0) delete instance.place;
    else if (typeof target === 'string' && typeof port === 'number' && port > 0) {
      const host = target.toLowerCase();
      if (instance.place?.host !== host) instance.addresses.clear();
      instance.place = { ...timed(record, now), host, port };
    }
  }
  if (record.type === 'TXT') {
    if (record.ttl === 0) delete instance.text;
    else instance.text = { ...timed(record, now), strings: boundedStrings(record.data) };
  }
}

/** The first strings of a TXT record, without the packet they came in. */
function boundedStrings(data: unknown): Uint8Array[] {
  let bytes = 0;
  return (Array.isArray(data) ? data : [data])
    .filter((string) => string instanceof Uint8Array)
    .filter((string) => {
      bytes += string.length + 1;
      return bytes <= DNS_SD_LIMITS.textBytes;
    })
    .map((string) => Buffer.from(string));
}

/** The addresses of hosts that instances are on. */
function takeAddress(known: Map<string, Known>, record: Said, now: number): void {
  const address = record.data;
  if (record.type !== 'A' && record.type !== 'AAAA') return;
  if (typeof address !== 'string' || isIP(address) !== (record.type === 'A' ? 4 : 6)) return;
  for (const { place, addresses } of known.values()) {
    if (place?.host !== record.name) continue;
    if (record.flush)
      for (const [other, { at }] of addresses)
        if (at <= now - FLUSH_AFTER_MS && isIPv4(other) === isIPv4(address)) addresses.delete(other);
    if (record.ttl === 0) addresses.delete(address);
    else if (addresses.has(address) || addresses.size < DNS_SD_LIMITS.addresses)
      addresses.set(address, timed(record, now));
  }
}

function whole(key: string, kind: string, instance: Known): Instance | undefined {
  const { place, text, pointer } = instance;
  if (!place || !text || instance.addresses.size === 0) return undefined;
  return {
    key,
    name: instance.name.slice(0, -kind.length - 1),
    host: place.host,
    port: place.port,
    addresses: [...instance.addresses.keys()].sort((a, b) => order(a) - order(b) || (a < b ? -1 : 1)),
    strings: text.strings,
    heardAt: Math.max(pointer.at, place.at, text.at),
  };
}

function order(address: string): number {
  return isIPv4(address) ? 0 : /^fe[89ab]/i.test(address) ? 2 : 1;
}

function wantedOf(instance: Known, now: number): Wanted[] {
  const { name, place, text } = instance;
  const wanted: Wanted[] = [];
  if (!isFresh(place, now)) wanted.push({ name, type: 'SRV' });
  if (!isFresh(text, now)) wanted.push({ name, type: 'TXT' });
  if (place && ![...instance.addresses.values()].some((address) => isFresh(address, now)))
    wanted.push({ name: place.host, type: 'A' }, { name: place.host, type: 'AAAA' });
  return wanted.filter((question) => canBeSent(question.name));
}

/** Whether half of its life or more is left. */
function isFresh(record: Timed | undefined, now: number): boolean {
  return record !== undefined && now <= (record.at + record.until) / 2;
}

/** Whether the DNS encoder can write a name: it takes a dot inside a label for the end of one. */
function canBeSent(name: string): boolean {
  const labels = name.split('.').map((label) => Buffer.byteLength(label));
  return labels.every((length) => length > 0 && length < 64) && Buffer.byteLength(name) < 250;
}

function timed(record: Said, now: number): Timed {
  return { at: now, until: now + Math.min(record.ttl, DNS_SD_LIMITS.ttlSeconds) * 1_000 };
}

/** A record as a DNS decoder hands it out. */
function readRecord(record: unknown): Said | undefined {
  if (typeof record !== 'object' || record === null) return undefined;
  const { name, type, ttl, flush, data } = record as Record<string, unknown>;
  if (typeof name !== 'string' || typeof type !== 'string' || typeof ttl !== 'number' || !(ttl >= 0)) return undefined;
  return { name: name.toLowerCase(), type, ttl, flush: flush === true, data };
}
