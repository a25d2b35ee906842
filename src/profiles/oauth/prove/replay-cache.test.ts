import { describe, expect, it } from 'vitest';
import { createReplayCache } from './replay-cache.ts';

describe('the replay cache', () => {
  it('lets a key in once, until its end', () => {
    const cache = createReplayCache();
    expect(cache.take('a', 0, 100)).toBe(true);
    expect(cache.take('a', 50, 150)).toBe(false);
    expect(cache.take('b', 50, 150)).toBe(true);
    expect(cache.take('a', 99, 150)).toBe(false);
    expect(cache.take('a', 100, 200)).toBe(true);
  });

  it('takes the names of objects for names like any other', () => {
    const cache = createReplayCache();
    for (const key of ['__proto__', 'constructor', '']) {
      expect(cache.take(key, 0, 100)).toBe(true);
      expect(cache.take(key, 0, 100)).toBe(false);
    }
  });

  it('is bounded: when full, the oldest key goes first', () => {
    const cache = createReplayCache();
    for (let i = 0; i < 100_000; i++) cache.take(`k${i}`, 0, 1_000_000);
    for (let i = 0; i < 3; i++) expect(cache.take('k0', 1, 1_000_000)).toBe(false);
    expect(cache.take('new', 1, 1_000_000)).toBe(true);
    expect(cache.take('k1', 1, 1_000_000)).toBe(false);
    expect(cache.take('k0', 1, 1_000_000)).toBe(true);
    expect(cache.take('k1', 1, 1_000_000)).toBe(true);
  });
});
