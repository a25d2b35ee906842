/** A card between the gate and the store: read under all of its fingerprints, and written back under the newest. */
import type { HoldRead, Loaded, Store } from '../../store/port.ts';
import type { Settings } from './case.ts';
import { type CardRecord, heldAs, holdKey, merged, recordOf } from './record.ts';

/** What the gate works with. */
export interface GateDeps {
  readonly store: Store;
  readonly settings: Settings;
}

/** How often a lost race is read and decided again. */
export const ROUNDS_MAX: number = 20;

/** The store would not let anybody through: the caller may ask again. */
export class GateBusyError extends Error {
  override readonly name = 'StoreBusyError';
}

/** A card as it was read, and what asserts that it is still so. */
export interface CardRead {
  readonly loaded: Loaded;
  readonly record: CardRecord;
  /**
   * To be asserted: all of them, those that are not there too, because while keys change another node may write under another
   * one. The first is written, and `moves` are set to say where they went.
   */
  readonly holds: readonly (readonly [key: string, rev: number | null, moves: boolean])[];
}

/** Reads a card under all of its fingerprints, as one record. */
export async function readCardRecord({ store }: GateDeps, grant: string, cards: readonly string[]): Promise<CardRead> {
  const keys = cards.map(holdKey);
  const loaded = await store.load({ grants: [grant], holds: keys });
  const [only] = keys;
  // But for the time of a rotation there is one key, and nothing to put together.
  if (keys.length === 1 && only !== undefined) {
    const hold = loaded.holds.get(only);
    return { loaded, record: recordOf(hold), holds: [[only, hold?.rev ?? null, false]] };
  }
  const found = keys.map((key) => loaded.holds.get(key));
  const [newest, ...older] = found.map(recordOf);
  const moving = older.filter((record) => record.movedTo === undefined && record.fence > 0);
  return {
    loaded,
    record: moving.reduce((all, one) => merged(one, all), newest ?? recordOf(undefined)),
    holds: keys.map((key, i) => {
      const moves = i > 0 && recordOf(found[i]).movedTo === undefined && found[i] !== undefined;
      return [key, found[i]?.rev ?? null, moves] as const;
    }),
  };
}

/** The holds of a card as they are to be: all in the first, and the others say where it went. */
export function cardHolds({ loaded: { now }, holds }: CardRead, record: CardRecord): readonly HoldRead[] {
  const first = holds[0]?.[0] ?? '';
  const moved: CardRecord = { fence: record.fence, attempts: [], facts: [], movedTo: first };
  return holds.map(([key, rev, moves], i) => {
    if (i === 0) return { key, rev, set: heldAs(record, now) };
    return { key, rev, ...(moves && { set: heldAs(moved, now) }) };
  });
}
