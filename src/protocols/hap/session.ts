/**
 * A verified session: what a controller asks of an accessory over encrypted frames (HAP §6.5 to §6.8, §5.10 to §5.12). Questions
 * may be asked at any time; they go out one after another. A refusal leaves the session open, every other failure ends it.
 */
import { randomInt } from 'node:crypto';
import { askPairing, type Items, malformed } from './answers.ts';
import {
  type CharacteristicId,
  type CharacteristicRead,
  type CharacteristicWrite,
  type ListedAccessory,
  readAccessories,
  readCharacteristics,
  writeJson,
} from './characteristics.ts';
import type { Connection, Question } from './connection.ts';
import { HapError, type HapErrorKind, recordFailure } from './errors.ts';
import type { HttpMessage } from './http-messages.ts';
import { deadlinesOf, type HapOptions } from './options.ts';
import type { Paired } from './pair-verify.ts';
import {
  addPairingM1,
  checkPairing,
  listPairingsM1,
  type Pairing,
  readListPairingsM2,
  removePairingM1,
} from './pairings.ts';
import {
  answerFacts,
  checkIds,
  demandSuccess,
  type IsBool,
  idFacts,
  inOrder,
  itemsOf,
  keyOf,
  refusal,
} from './session-answers.ts';
import type { TlvItem } from './tlv8.ts';
import type { Recorder, Step } from './transcript.ts';

/** Hears what changed, of what it subscribed to. What it throws is uncaught, and does not touch the session. */
export type ChangeListener = (changes: readonly CharacteristicRead[]) => void;

/**
 * Every method may throw a `HapError` and nothing else, and settles by its deadline. Arguments that cannot be sent are
 * `malformed`, and leave the session as it is.
 */
export interface Session {
  /** HAP §6.6.2: everything the accessory server has. */
  accessories(): Promise<readonly ListedAccessory[]>;
  /**
   * HAP §6.7.4: values in the order asked for. One that is refused has a negative status and no value; that does not throw. A
   * `bool` is true or false, even where 1 or 0 came, once `accessories` has been called.
   */
  read(ids: readonly CharacteristicId[]): Promise<readonly CharacteristicRead[]>;
  /** HAP §6.7.2: done when this resolves. @throws HapError `hap-status` with `refused` when one or more are not done */
  write(writes: readonly CharacteristicWrite[]): Promise<void>;
  /** HAP §6.7.2.4: the same, but the accessory does nothing when the write comes later than `ttlMs` after its preparation. */
  timedWrite(writes: readonly CharacteristicWrite[], ttlMs: number): Promise<void>;
  /**
   * HAP §6.8: hears changes until the function it gives is called or the session ends. That function asks the accessory to
   * stop when nobody else here listens.
   */
  subscribe(ids: readonly CharacteristicId[], listener: ChangeListener): Promise<() => Promise<void>>;
  /** HAP §5.12. */
  listPairings(): Promise<readonly Pairing[]>;
  /** HAP §5.10. Never make the last admin a user: some accessories forget all pairings then. */
  addPairing(pairing: Pairing): Promise<void>;
  /** HAP §5.11: an id that the accessory does not have is success. The session ends when it is our own. */
  removePairing(id: string): Promise<void>;
  close(): void;
  /** Settles when the session has ended: with the reason, or with nothing after `close`. Never rejects. */
  readonly closed: Promise<HapError | undefined>;
}

const CONTENT_TYPE = 'application/hap+json';
const REFUSALS: readonly HapErrorKind[] = ['tlv-error', 'http-status', 'hap-status'];

/** What the operations of one session share. */
interface Inner {
  readonly connection: Connection;
  readonly record: Recorder | undefined;
  readonly deadlineMs: number;
  readonly bools: Set<string>;
  readonly isBool: IsBool;
  readonly listeners: Map<ChangeListener, ReadonlySet<string>>;
}

/** Puts a session onto a connection that is verified and in frames. */
export function createSession(connection: Connection, { identity }: Paired, options: HapOptions): Session {
  const bools = new Set<string>();
  const inner: Inner = {
    connection,
    record: options.record,
    deadlineMs: deadlinesOf(options).answerMs,
    bools,
    isBool: (id) => bools.has(keyOf(id)),
    listeners: new Map(),
  };
  connection.onEvent((event) => hearEvent(inner, event));
  void connection.closed.then(() => inner.listeners.clear());
  return {
    accessories: () => run(inner, 'accessories', () => listAccessories(inner)),
    read: async (ids) => {
      checkIds(ids, 'read');
      return run(inner, 'read', () => read(inner, ids), idFacts(ids));
    },
    write: async (writes) => {
      checkIds(writes, 'write');
      const operation = () => put(inner, 'write', writes, { characteristics: writes.map(writeItem) });
      await run(inner, 'write', operation, idFacts(writes));
    },
    timedWrite: async (writes, ttlMs) => {
      checkIds(writes, 'timed-write');
      if (!Number.isSafeInteger(ttlMs) || ttlMs < 1)
        throw malformed('prepare', 'ttl', `expected milliseconds to live, 1 or more, got ${ttlMs}`);
      await run(inner, 'timed-write', () => timedWrite(inner, writes, ttlMs), idFacts(writes));
    },
    subscribe: async (ids, listener) => {
      checkIds(ids, 'subscribe');
      return run(inner, 'subscribe', () => subscribe(inner, ids, listener), idFacts(ids));
    },
    listPairings: () =>
      run(inner, 'list-pairings', async () =>
        readListPairingsM2(await askPairings(inner, 'list-pairings', listPairingsM1())),
      ),
    addPairing: async (pairing) => {
      checkPairing(pairing);
      await run(inner, 'add-pairing', () => askPairings(inner, 'add-pairing', addPairingM1(pairing)));
    },
    removePairing: async (id) => {
      await run(inner, 'remove-pairing', () => askPairings(inner, 'remove-pairing', removePairingM1(id)));
      if (id === identity.id) connection.close();
    },
    close: () => connection.close(),
    closed: connection.closed,
  };
}

/** Runs one operation: says `done`, or ends the session unless the failure is a refusal. */
async function run<T>(
  { connection, record }: Inner,
  step: Step,
  operation: () => Promise<T>,
  facts: Question['facts'] = {},
): Promise<T> {
  try {
    const result = await operation();
    record?.(step, 'done', facts);
    return result;
  } catch (error) {
    if (error instanceof HapError && REFUSALS.includes(error.kind)) recordFailure(record, error);
    else if (error instanceof HapError) connection.fail(error);
    throw error;
  }
}

async function ask(
  { connection, record, deadlineMs }: Inner,
  step: Step,
  question: Pick<Question, 'method' | 'target' | 'body' | 'facts'>,
): Promise<HttpMessage> {
  const type = question.body === undefined ? {} : { contentType: CONTENT_TYPE };
  const answer = await connection.ask({ ...question, ...type, sent: step, received: step, deadlineMs });
  record?.(step, 'received', answerFacts(answer));
  return answer.message;
}

/** HAP §5.10 to §5.12: one message and its answer. */
function askPairings({ connection, record, deadlineMs }: Inner, step: Step, items: Items): Promise<readonly TlvItem[]> {
  return askPairing(connection, record, {
    target: '/pairings',
    items,
    sent: step,
    received: step,
    state: 2,
    deadlineMs,
  });
}

/** HAP §6.6.2 GET /accessories. */
async function listAccessories(inner: Inner): Promise<readonly ListedAccessory[]> {
  const message = await ask(inner, 'accessories', { method: 'GET', target: '/accessories' });
  demandSuccess(message, 'accessories');
  const accessories = readAccessories(message.body);
  inner.bools.clear();
  for (const { aid, services } of accessories)
    for (const { characteristics } of services)
      for (const { iid, format } of characteristics) if (format === 'bool') inner.bools.add(keyOf({ aid, iid }));
  return accessories;
}

/** HAP §6.7.4 GET /characteristics. */
async function read(inner: Inner, ids: readonly CharacteristicId[]): Promise<readonly CharacteristicRead[]> {
  const target = `/characteristics?id=${ids.map(keyOf).join(',')}`;
  const message = await ask(inner, 'read', { method: 'GET', target, facts: idFacts(ids) });
  const items = inOrder(ids, itemsOf(message, 'read', inner.isBool));
  const refused = items.find(({ status }) => status !== 0);
  // the caller gets it as a status, not as a failure; the transcript must say it all the same
  if (refused) inner.record?.('read', 'failed', { ...idFacts([refused]), hap_status: refused.status });
  return items;
}

/** HAP §6.7.2 PUT /characteristics: a write or a registration. */
async function put(inner: Inner, step: Step, ids: readonly CharacteristicId[], body: object): Promise<void> {
  const question = { method: 'PUT', target: '/characteristics', body: writeJson(body), facts: idFacts(ids) } as const;
  const message = await ask(inner, step, question);
  if (message.status === 204) return;
  const refused = itemsOf(message, step, inner.isBool).filter(({ status }) => status !== 0);
  if (refused.length > 0) throw refusal(step, refused, ids.length);
}

/** HAP §6.7.2.4 PUT /prepare, then the write that names it. */
async function timedWrite(inner: Inner, writes: readonly CharacteristicWrite[], ttlMs: number): Promise<void> {
  const pid = randomInt(1, 2 ** 47);
  const body = writeJson({ ttl: ttlMs, pid });
  const prepared = await ask(inner, 'prepare', { method: 'PUT', target: '/prepare', body, facts: { ttl_ms: ttlMs } });
  const status = demandSuccess(prepared, 'prepare');
  if (status !== 0) throw refusal('prepare', [], 0, status);
  const at = performance.now();
  try {
    await put(inner, 'timed-write', writes, { pid, characteristics: writes.map(writeItem) });
  } catch (error) {
    // the accessory's clock decides; ours says whether it can have been that
    const late = Math.max(0, Math.round(performance.now() - at) - ttlMs);
    inner.record?.('timed-write', 'known', { ttl_ms: ttlMs, late_ms: late });
    throw error;
  }
}

/** HAP §6.8.2 registration; what it gives ends it. */
async function subscribe(
  inner: Inner,
  ids: readonly CharacteristicId[],
  listener: ChangeListener,
): Promise<() => Promise<void>> {
  const { listeners } = inner;
  // one entry for each call, even if a function listens twice
  const heard: ChangeListener = (changes) => listener(changes);
  listeners.set(heard, new Set(ids.map(keyOf)));
  try {
    await put(inner, 'subscribe', ids, { characteristics: ids.map(({ aid, iid }) => ({ aid, iid, ev: true })) });
  } catch (error) {
    listeners.delete(heard);
    throw error;
  }
  return async () => {
    if (!listeners.delete(heard)) return;
    const others = new Set([...listeners.values()].flatMap((keys) => [...keys]));
    const unheard = ids.filter((id) => !others.has(keyOf(id)));
    if (unheard.length === 0) return;
    const characteristics = unheard.map(({ aid, iid }) => ({ aid, iid, ev: false }));
    await run(inner, 'subscribe', () => put(inner, 'subscribe', unheard, { characteristics }));
  };
}

/** HAP §6.8 an event: each listener gets what it asked for. */
function hearEvent({ connection, record, isBool, listeners }: Inner, event: HttpMessage): void {
  record?.('event', 'received', { bytes: event.body.length, http_status: event.status });
  let changes: readonly CharacteristicRead[];
  try {
    changes = readCharacteristics(event.body, 'event', isBool);
  } catch (error) {
    if (!(error instanceof HapError)) throw error;
    connection.fail(error);
    return;
  }
  for (const [listener, keys] of listeners) {
    const own = changes.filter((change) => keys.has(keyOf(change)));
    // in a turn of its own: a listener that throws must not look like a failure of the session
    if (own.length > 0) queueMicrotask(() => listener(own));
  }
}

function writeItem({ aid, iid, value, authData }: CharacteristicWrite): object {
  return { aid, iid, value, ...(authData === undefined ? {} : { authData }) };
}
