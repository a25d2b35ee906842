/** Numbers from a seed: the same seed, the same run. Not for secrets. */
export interface Random {
  /** From 0 up to but not including `end`. */
  below(end: number): number;
  chance(part: number): boolean;
  pick<T>(from: readonly T[]): T;
}

/** SplitMix32, a small generator whose neighbouring seeds have nothing in common. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) / 2 ** 32;
  };
  const below = (end: number): number => Math.floor(next() * end);
  return {
    below,
    chance: (part) => next() < part,
    pick: (from) => from[below(from.length)] as (typeof from)[number],
  };
}
