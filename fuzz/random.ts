/** A small seeded generator (mulberry32), so that a run can be had again from its seed. Not for secrets. */

/** Numbers from a seed. */
export interface Random {
  /** An integer from 0 to `below - 1`. */
  nat(below: number): number;
  /** One of the list, which must not be empty. */
  pick<T>(list: readonly T[]): T;
}

/** A generator for `seed`. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  const nat = (below: number): number => next() % below;
  return {
    nat,
    pick: <T>(list: readonly T[]): T => {
      const one = list[nat(list.length)];
      if (one === undefined) throw new RangeError('pick from an empty list');
      return one;
    },
  };
}
