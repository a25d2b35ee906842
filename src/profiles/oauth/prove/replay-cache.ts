/**
 * Remembers single-use keys in memory, for the protected API: its proofs carry a nonce of this very process, so what
 * another process or an earlier run has seen cannot be replayed here. Bounded: when full, the oldest keys go first.
 * Where several nodes share a store (`sharedReplay`), the store remembers instead.
 */

/** Most keys kept. A proof lives 70 s at most, so this holds for over a thousand requests a second. */
const KEYS_MAX = 100_000;

/** The cache. */
export interface ReplayCache {
  /** Takes a key until `until` (ms); false when it was taken already. */
  take(key: string, now: number, until: number): boolean;
}

/** An empty cache. */
export function createReplayCache(): ReplayCache {
  const kept = new Map<string, number>();
  return {
    take(key, now, until) {
      if ((kept.get(key) ?? now) > now) return false;
      kept.delete(key);
      for (const [old, end] of kept) {
        if (end > now && kept.size < KEYS_MAX) break;
        kept.delete(old);
      }
      kept.set(key, until);
      return true;
    },
  };
}
