/** Readers of what a controller asks about characteristics (HAP §6.7). Total: undefined for what is no such request. */

/** Most characteristics in one request; a bridge of 150 accessories has some thousands. */
const ITEMS_MAX = 1_000;

/** Where a characteristic is. */
export interface Id {
  readonly aid: number;
  readonly iid: number;
}

/** A GET /characteristics (HAP §6.7.4 table 6-13). */
export interface ReadRequest {
  readonly ids: readonly Id[];
  readonly meta: boolean;
  readonly perms: boolean;
  readonly type: boolean;
  readonly ev: boolean;
}

/** One characteristic object of a PUT (HAP §6.7.2.1 table 6-12). */
export interface WriteItem extends Id {
  /** As it came; undefined when there was none. */
  readonly value: unknown;
  readonly ev: boolean | undefined;
  readonly authData: string | undefined;
  /** A write response is asked for. */
  readonly r: boolean;
}

/** Reads the query of a target such as `/characteristics?id=1.9,1.10&meta=1`. */
export function readIds(target: string): ReadRequest | undefined {
  const query = new URLSearchParams(target.slice(target.indexOf('?') + 1));
  const ids = (query.get('id') ?? '').split(',').map((text) => {
    const [, aid, iid] = /^(\d{1,16})\.(\d{1,16})$/.exec(text) ?? [];
    return { aid: Number(aid), iid: Number(iid) };
  });
  if (ids.length > ITEMS_MAX || !ids.every(({ aid, iid }) => isId(aid) && isId(iid))) return undefined;
  const flag = (name: string): boolean => query.get(name) === '1' || query.get(name) === 'true';
  return { ids, meta: flag('meta'), perms: flag('perms'), type: flag('type'), ev: flag('ev') };
}

/** Reads the body of a PUT /characteristics. */
export function readWrites(
  body: Uint8Array,
): { readonly items: readonly WriteItem[]; readonly pid: number | undefined } | undefined {
  const came = jsonObject(body);
  const list = came?.['characteristics'];
  const pid = came?.['pid'];
  if (!Array.isArray(list) || list.length === 0 || list.length > ITEMS_MAX) return undefined;
  if (pid !== undefined && !Number.isSafeInteger(pid)) return undefined;
  const items = list.map(readItem).filter((item) => item !== undefined);
  return items.length === list.length ? { items, pid: pid as number | undefined } : undefined;
}

function readItem(came: unknown): WriteItem | undefined {
  if (typeof came !== 'object' || came === null) return undefined;
  const { aid, iid, value, ev, authData, r } = came as Record<string, unknown>;
  if (!isId(aid) || !isId(iid)) return undefined;
  return {
    aid,
    iid,
    value,
    ev: ev === undefined ? undefined : ev === true || ev === 1,
    authData: typeof authData === 'string' ? authData : undefined,
    r: r === true || r === 1,
  };
}

/** Reads the body of a PUT /prepare (HAP §6.7.2.4): `ttl` in milliseconds. */
export function readPrepare(body: Uint8Array): { readonly ttlMs: number; readonly pid: number } | undefined {
  const came = jsonObject(body);
  const ttlMs = came?.['ttl'];
  const pid = came?.['pid'];
  if (typeof ttlMs !== 'number' || !Number.isSafeInteger(ttlMs) || ttlMs < 0) return undefined;
  return typeof pid === 'number' && Number.isSafeInteger(pid) ? { ttlMs, pid } : undefined;
}

function jsonObject(body: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
