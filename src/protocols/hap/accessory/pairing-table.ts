/** Who is paired (HAP §5.4, §5.10, §5.11), as a list and what becomes of it. Pure. */

/** One controller. */
export interface Pairing {
  /** Pairing identifier, up to 36 bytes of UTF-8. */
  readonly id: string;
  /** Its long-term public key, 32 bytes in base64. */
  readonly ltpk: string;
  readonly admin: boolean;
}

/** Longest pairing identifier in bytes. */
export const PAIRING_ID_MAX = 36;
/** Fewest pairings that an accessory must have room for (HAP §5.10). */
export const PAIRINGS_MIN = 16;

/** What adding came to: `unknown` is an id that is there under another key. */
export type Added =
  | { readonly ok: true; readonly table: readonly Pairing[] }
  | { readonly ok: false; readonly error: 'unknown' | 'maxPeers' };

/**
 * HAP §5.10. A new pairing; for an id that is there with the same key, its new permissions. When that takes the last admin's
 * rights away, everybody goes, as when it is removed: nobody would be left to manage the accessory.
 */
export function withPairing(table: readonly Pairing[], pairing: Pairing, max: number): Added {
  const known = table.find(({ id }) => id === pairing.id);
  if (known !== undefined && known.ltpk !== pairing.ltpk) return { ok: false, error: 'unknown' };
  if (known === undefined && table.length >= max) return { ok: false, error: 'maxPeers' };
  const next = known === undefined ? [...table, pairing] : table.map((one) => (one === known ? pairing : one));
  return { ok: true, table: administered(next) };
}

/** HAP §5.11. An id that is not there is no error. Without an admin left, everybody goes. */
export function withoutPairing(table: readonly Pairing[], id: string): readonly Pairing[] {
  return table.some((one) => one.id === id) ? administered(table.filter((one) => one.id !== id)) : table;
}

function administered(table: readonly Pairing[]): readonly Pairing[] {
  return table.some(({ admin }) => admin) ? table : [];
}
