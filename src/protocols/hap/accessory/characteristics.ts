/**
 * What a controller reads and writes (HAP §6.3, §6.7): GET /accessories, GET and PUT /characteristics, PUT /prepare. Each item of a
 * request has its own outcome; one that is refused does not stop the others.
 */
import { accessoryJson, type Key, keyOf, metaJson } from './attributes.ts';
import { type Characteristic, type Controller, HAP_STATUS, type HapStatus, type Refused } from './database.ts';
import type { Fault } from './faults.ts';
import {
  type Answer,
  BAD_REQUEST,
  controllerOf,
  type Handler,
  type Host,
  jsonAnswer,
  NOT_VERIFIED,
  type Session,
} from './host.ts';
import { readIds, readPrepare, readWrites, type WriteItem } from './requests.ts';
import { toValue, type Value } from './values.ts';

/** GET /accessories (HAP §6.6.2). A value that cannot be had is null. */
export const handleAccessories: Handler = (host, session) => {
  const by = controllerOf(host, session);
  if (by === undefined) return NOT_VERIFIED;
  return {
    point: 'accessories',
    run: async () => {
      const database = host.attributes.accessories();
      const readable = database.flatMap(({ aid, services }) =>
        services.flatMap(({ characteristics }) =>
          characteristics.filter((c) => c.perms.includes('pr')).map((c) => [keyOf(aid, c.iid), c] as const),
        ),
      );
      const values = new Map(
        await Promise.all(readable.map(async ([key, c]) => [key, await readOne(host, key, c, by)] as const)),
      );
      const live = (key: Key, c: Characteristic): object => {
        const value = values.get(key);
        return {
          ...(value !== undefined && { value: isRefused(value) ? null : value }),
          ...(c.perms.includes('ev') && { ev: session.subscriptions.has(key) }),
        };
      };
      return jsonAnswer(200, { accessories: database.map((accessory) => accessoryJson(accessory, live)) });
    },
  };
};

/** GET /characteristics (HAP §6.7.4): 200, or 207 with a status for each when one of them could not be read. */
export const handleRead: Handler = (host, session, request) => {
  const by = controllerOf(host, session);
  if (by === undefined) return NOT_VERIFIED;
  const asked = readIds(request.target);
  if (asked === undefined) return BAD_REQUEST;
  return {
    point: 'read',
    run: async (fault) => {
      const items = await Promise.all(
        asked.ids.map(async ({ aid, iid }) => {
          const key = keyOf(aid, iid);
          const c = host.attributes.find(key);
          const value = await readable(host, key, c, by, fault);
          const extra = c === undefined ? {} : described(c, asked, session.subscriptions.has(key));
          return isRefused(value) ? { aid, iid, status: value.status } : { aid, iid, value, ...extra };
        }),
      );
      if (items.every((item) => !('status' in item))) return jsonAnswer(200, { characteristics: items });
      return jsonAnswer(207, { characteristics: items.map((item) => ({ status: HAP_STATUS.success, ...item })) });
    },
  };
};

function readable(
  host: Host,
  key: Key,
  c: Characteristic | undefined,
  by: Controller,
  fault: Fault | undefined,
): Promise<Value | Refused> | Refused {
  if (fault?.kind === 'hap-status' && fault.status !== 0) return { status: fault.status };
  if (c === undefined) return { status: HAP_STATUS.doesNotExist };
  if (!c.perms.includes('pr')) return { status: HAP_STATUS.writeOnly };
  return readOne(host, key, c, by);
}

async function readOne(host: Host, key: Key, c: Characteristic, by: Controller): Promise<Value | Refused> {
  const { read } = c;
  if (c.impulse === true) return null;
  return read === undefined ? host.attributes.value(key) : await hooked(host, async () => await read(by));
}

/** What `meta`, `perms`, `type` and `ev` of a query ask for (HAP §6.7.4 table 6-13). */
function described(
  c: Characteristic,
  asked: { readonly meta: boolean; readonly perms: boolean; readonly type: boolean; readonly ev: boolean },
  subscribed: boolean,
): object {
  return {
    ...(asked.meta && metaJson(c)),
    ...(asked.perms && { perms: c.perms }),
    ...(asked.type && { type: c.type }),
    ...(asked.ev && c.perms.includes('ev') && { ev: subscribed }),
  };
}

/** PUT /prepare (HAP §6.7.2.4). A session has one timed write at a time; another one takes its place. Time runs from the answer. */
export const handlePrepare: Handler = (host, session, request) => {
  if (controllerOf(host, session) === undefined) return NOT_VERIFIED;
  const asked = readPrepare(request.body);
  if (asked === undefined) return BAD_REQUEST;
  return {
    point: 'prepare',
    run: (fault) => {
      const status = fault?.kind === 'hap-status' ? fault.status : HAP_STATUS.success;
      if (status !== 0) return jsonAnswer(200, { status });
      const start = (): void => {
        session.prepared = { pid: asked.pid, untilMs: performance.now() + asked.ttlMs };
      };
      return { ...jsonAnswer(200, { status }), afterwards: start };
    },
  };
};

/**
 * PUT /characteristics (HAP §6.7.2, §6.7.3): 204, or 207 with a status for each when one was refused or a write response was asked for. A
 * `pid` that was not announced, or too long ago, refuses every item, and nothing is written (§6.7.2.4).
 */
export const handleWrite: Handler = (host, session, request) => {
  const by = controllerOf(host, session);
  if (by === undefined) return NOT_VERIFIED;
  const asked = readWrites(request.body);
  if (asked === undefined) return BAD_REQUEST;
  const { prepared } = session;
  const timed = asked.pid !== undefined;
  const late = timed && (prepared?.pid !== asked.pid || performance.now() > prepared.untilMs);
  const subscribes = asked.items.every(({ value }) => value === undefined);
  return {
    point: timed ? 'timed-write' : subscribes ? 'subscribe' : 'write',
    run: async (fault) => {
      if (timed) session.prepared = undefined;
      const forced = fault?.kind === 'hap-status' ? fault.status : late ? HAP_STATUS.invalidValue : undefined;
      const outcomes = await Promise.all(
        asked.items.map((item) =>
          forced === undefined ? writeOne(host, session, by, item, timed) : { status: forced },
        ),
      );
      return writeAnswer(asked.items, outcomes);
    },
  };
};

interface Outcome {
  readonly status: HapStatus;
  readonly value?: Value;
}

function writeAnswer(items: readonly WriteItem[], outcomes: readonly Outcome[]): Answer {
  if (outcomes.every(({ status, value }) => status === 0 && value === undefined)) return { status: 204 };
  return jsonAnswer(207, {
    characteristics: items.map(({ aid, iid }, at) => ({ aid, iid, status: 0, ...outcomes[at] })),
  });
}

/** One item: first whether it may be done at all, then the value, then the registration for events. */
async function writeOne(
  host: Host,
  session: Session,
  by: Controller,
  item: WriteItem,
  timed: boolean,
): Promise<Outcome> {
  const key = keyOf(item.aid, item.iid);
  const c = host.attributes.find(key);
  if (c === undefined) return { status: HAP_STATUS.doesNotExist };
  const refused = refusedWrite(c, by, item, timed);
  if (refused !== undefined) return { status: refused };
  let outcome: Outcome = { status: HAP_STATUS.success };
  if (item.value !== undefined) outcome = await writeValue(host, session, by, key, c, item);
  if (outcome.status === 0 && item.ev !== undefined) session.subscriptions.set(key, item.ev);
  return outcome;
}

/** The status of a write that is not to be done, or undefined. */
function refusedWrite(c: Characteristic, by: Controller, item: WriteItem, timed: boolean): HapStatus | undefined {
  if (item.value === undefined && item.ev === undefined) return HAP_STATUS.invalidValue;
  if (c.adminOnly === true && !by.admin) return HAP_STATUS.insufficientPrivileges;
  if (item.ev !== undefined && !c.perms.includes('ev')) return HAP_STATUS.notificationsNotSupported;
  if (item.value === undefined) return undefined;
  if (!c.perms.includes('pw')) return HAP_STATUS.readOnly;
  if (c.perms.includes('tw') && !timed) return HAP_STATUS.invalidValue;
  if (c.perms.includes('aa') && c.authorize?.(item.authData, by) !== true) return HAP_STATUS.insufficientAuthorization;
  return undefined;
}

async function writeValue(
  host: Host,
  session: Session,
  by: Controller,
  key: Key,
  c: Characteristic,
  item: WriteItem,
): Promise<Outcome> {
  const value = toValue(c, item.value);
  if (value === undefined) return { status: HAP_STATUS.invalidValue };
  const { write } = c;
  const answered = write === undefined ? undefined : await hooked(host, async () => await write(value, by));
  if (isRefused(answered)) return answered;
  // readable values only: what cannot be read is not kept either
  if (c.perms.includes('pr')) host.attributes.store(key, value, session);
  host.written(key, value, by);
  return {
    status: HAP_STATUS.success,
    ...(item.r && c.perms.includes('wr') && { value: answered?.value ?? host.attributes.value(key) }),
  };
}

/** What a hook answers; -70402 when it throws, -70408 when it takes too long. */
async function hooked<T>(host: Host, work: () => Promise<T>): Promise<T | Refused> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Refused>((resolve) => {
    timer = setTimeout(() => resolve({ status: HAP_STATUS.timedOut }), host.limits.hookMs);
  });
  try {
    return await Promise.race([work(), late]);
  } catch (error) {
    host.failed(error);
    return { status: HAP_STATUS.unableToCommunicate };
  } finally {
    clearTimeout(timer);
  }
}

function isRefused(value: unknown): value is Refused {
  return typeof value === 'object' && value !== null && 'status' in value;
}
