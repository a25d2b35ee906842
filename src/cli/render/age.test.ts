import { describe, expect, it } from 'vitest';
import { wait } from './age.ts';

const [S, MIN, H, D] = [1_000, 60_000, 3_600_000, 86_400_000];

describe('a wait', () => {
  it.each([
    ['in 12 h', 12 * H],
    ['in 12 h', 12 * H - 1],
    ['in 11 h 59 min', 11 * H + 59 * MIN],
    ['in 11 h 59 min', 11 * H + 58 * MIN + 1],
    ['in 11 h 1 min', 11 * H + 1],
    ['in 1 d', D - 1],
    ['in 1 d 1 h', D + 1],
    ['in 30 d', 30 * D - 5 * MIN],
    ['in 1 h', H - 1],
    ['in 59 min 1 s', 59 * MIN + 1],
    ['in 12 s', 11 * S + 1],
    ['in 1 s', 1],
    ['now', 0],
    ['now', -H],
  ])('is %s for %i ms: over when it says, never before', (says, ms) => {
    expect(wait(1_000_000 + ms, 1_000_000)).toBe(says);
  });
});
