/**
 * TLV8: type, length and value in a byte each, a byte each and up to 255 bytes (HAP §14.1). A longer value is cut into
 * neighbours of one type, all but the last of them full; here it is one item again.
 */

/** Types in pairing messages (HAP §5.15 table 5-6). */
export const TLV = {
  method: 0x00,
  identifier: 0x01,
  salt: 0x02,
  publicKey: 0x03,
  proof: 0x04,
  encryptedData: 0x05,
  state: 0x06,
  error: 0x07,
  retryDelay: 0x08,
  certificate: 0x09,
  signature: 0x0a,
  permissions: 0x0b,
  fragmentData: 0x0c,
  fragmentLast: 0x0d,
  sessionId: 0x0e,
  flags: 0x13,
  separator: 0xff,
} as const;

/** Values of `TLV.method` (HAP §5.15 table 5-3). `pairResume` is of Bluetooth only. */
export const METHOD = {
  pairSetup: 0,
  pairSetupWithAuth: 1,
  pairVerify: 2,
  addPairing: 3,
  removePairing: 4,
  listPairings: 5,
  pairResume: 6,
} as const;

/** Values of `TLV.error` (HAP §5.15 table 5-5). */
export const TLV_ERROR = {
  unknown: 1,
  authentication: 2,
  backoff: 3,
  maxPeers: 4,
  maxTries: 5,
  unavailable: 6,
  busy: 7,
} as const;

/** One item, its fragments joined. */
export interface TlvItem {
  readonly type: number;
  readonly value: Buffer;
}

/** What bytes turned out to be. `fault` says at which byte they stop being TLV8, and repeats none of them. */
export type DecodedTlv =
  | { readonly ok: true; readonly items: readonly TlvItem[] }
  | { readonly ok: false; readonly fault: string };

const FRAGMENT = 255;

/** Most bytes that are read unless told: a list of several hundred pairings. */
const TLV_MAX_BYTES = 64 * 1024;

/**
 * Items to bytes. A number is written little-endian in the fewest of 1, 2, 4 or 8 bytes; an empty value is one item of length 0.
 *
 * @throws RangeError for a type over 255 or a number that is no safe, non-negative integer: both are bugs of the caller
 */
export function encodeTlv(items: readonly (readonly [type: number, value: Uint8Array | number])[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const [type, value] of items) {
    if (!Number.isInteger(type) || type < 0 || type > 255)
      throw new RangeError(`expected a type from 0 to 255, got ${type}`);
    const bytes = typeof value === 'number' ? integerBytes(value) : value;
    let at = 0;
    do {
      const piece = bytes.subarray(at, at + FRAGMENT);
      parts.push(Uint8Array.of(type, piece.length), piece);
      at += FRAGMENT;
    } while (at < bytes.length);
  }
  return Buffer.concat(parts);
}

/**
 * Bytes to items, whoever sent them: never throws, and looks at nothing over `maxBytes`. Neighbours of one type are one
 * value when the first of them is full (255 bytes), and two items otherwise: some accessories leave the separator out.
 */
export function decodeTlv(bytes: Uint8Array, maxBytes: number = TLV_MAX_BYTES): DecodedTlv {
  if (bytes.length > maxBytes) return { ok: false, fault: `expected at most ${maxBytes} bytes, got ${bytes.length}` };
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const items: TlvItem[] = [];
  let open: { type: number; pieces: Buffer[] } | undefined;
  const settle = (): void => {
    if (open === undefined) return;
    items.push({ type: open.type, value: Buffer.concat(open.pieces) });
    open = undefined;
  };
  for (let at = 0; at < all.length; ) {
    const type = all[at] ?? 0;
    const length = all[at + 1];
    if (length === undefined) return { ok: false, fault: `expected a length at byte ${at + 1}, got the end` };
    const value = all.subarray(at + 2, at + 2 + length);
    if (value.length < length)
      return { ok: false, fault: `expected ${length} bytes of value at byte ${at + 2}, got ${value.length}` };
    if (open?.type !== type) settle();
    open ??= { type, pieces: [] };
    open.pieces.push(value);
    if (length < FRAGMENT) settle();
    at += 2 + length;
  }
  settle();
  return { ok: true, items };
}

/** The value of the first item of `type`, or undefined. */
export function first(items: readonly TlvItem[], type: number): Buffer | undefined {
  return items.find((item) => item.type === type)?.value;
}

/** The first item of `type` as an integer: up to six bytes, little-endian. Undefined when absent, empty or longer. */
export function firstInteger(items: readonly TlvItem[], type: number): number | undefined {
  const value = first(items, type);
  if (value === undefined || value.length === 0) return undefined;
  let end = value.length;
  while (end > 1 && value[end - 1] === 0) end--;
  return end > 6 ? undefined : value.readUIntLE(0, end);
}

/** Lists of items between the separators of `type`; without items there are no lists, and empty ones are left out. */
export function splitAt(items: readonly TlvItem[], type: number = TLV.separator): readonly (readonly TlvItem[])[] {
  const lists: TlvItem[][] = [[]];
  for (const item of items) {
    if (item.type === type) lists.push([]);
    else lists.at(-1)?.push(item);
  }
  return lists.filter((list) => list.length > 0);
}

function integerBytes(value: number): Buffer {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`expected a non-negative integer, got ${value}`);
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes.subarray(0, value < 2 ** 8 ? 1 : value < 2 ** 16 ? 2 : value < 2 ** 32 ? 4 : 8);
}
