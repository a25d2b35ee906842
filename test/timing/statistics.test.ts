import { describe, expect, it } from 'vitest';
import {
  difference,
  ksDistance,
  ksProbability,
  ksThreshold,
  quantile,
  resample,
  sorted,
  visibleShift,
} from './statistics.ts';

/** A small generator with a seed: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
const drawn = (count: number, seed: number, shift = 0): Float64Array => {
  const random = seeded(seed);
  // The sum of twelve is near enough to a bell.
  const bell = () => Array.from({ length: 12 }, random).reduce((a, b) => a + b, -6);
  return sorted(Array.from({ length: count }, () => 1_000 + 100 * bell() + shift));
};

describe('Kolmogorov–Smirnov', () => {
  it('is the largest distance between two staircases, ties included', () => {
    expect(ksDistance(sorted([1, 2, 3, 4]), sorted([1, 2, 3, 4]))).toBe(0);
    expect(ksDistance(sorted([1, 2]), sorted([3, 4]))).toBe(1);
    expect(ksDistance(sorted([1, 2, 2, 2, 3]), sorted([2, 2, 3, 3, 3]))).toBeCloseTo(0.4, 12);
    expect(ksDistance(sorted([5, 1, 4]), sorted([2]))).toBeCloseTo(2 / 3, 12);
  });

  it('has the probabilities of the tables', () => {
    // λ = 1.358 is the 5 % point, 1.628 the 1 % point, 1.949 the 0.1 % point of Kolmogorov's distribution.
    const at = (lambda: number) => ksProbability(lambda * Math.sqrt(2 / 1_000), 1_000, 1_000);
    expect(at(1.358)).toBeCloseTo(0.05, 3);
    expect(at(1.628)).toBeCloseTo(0.01, 3);
    expect(at(1.949)).toBeCloseTo(0.001, 4);
    expect(at(0)).toBe(1);
    expect(ksProbability(ksThreshold(1e-5, 500, 500), 500, 500)).toBeCloseTo(1e-5, 8);
  });

  it('is silent for two samples of one distribution, and sees a shift of half a deviation', () => {
    const [a, b, shifted] = [drawn(2_000, 1), drawn(2_000, 2), drawn(2_000, 3, 50)];
    expect(ksDistance(a, b)).toBeLessThan(ksThreshold(1e-4, 2_000, 2_000));
    expect(ksDistance(a, shifted)).toBeGreaterThan(ksThreshold(1e-4, 2_000, 2_000));
  });

  it('fires on samples of one distribution about as often as it says', () => {
    let fired = 0;
    for (let i = 0; i < 400; i++)
      if (ksDistance(drawn(200, 2 * i + 1), drawn(200, 2 * i + 2)) > ksThreshold(0.05, 200, 200)) fired++;
    expect(fired).toBeGreaterThan(4);
    expect(fired).toBeLessThan(40);
  });
});

describe('sizes', () => {
  it('quantiles lie between the samples', () => {
    expect([0, 0.25, 0.5, 1].map((share) => quantile(sorted([4, 1, 3, 2, 5]), share))).toEqual([1, 2, 3, 5]);
    expect(quantile(sorted([1, 2]), 0.5)).toBe(1.5);
  });

  it('the interval of a difference holds the shift that was made, and excludes nothing', () => {
    const [a, b] = [drawn(3_000, 4), drawn(3_000, 5, 40)];
    const [ra, rb] = [resample(a, 300, seeded(6)), resample(b, 300, seeded(7))];
    const found = difference(quantile(b, 0.5) - quantile(a, 0.5), ra.median, rb.median);
    expect(found.from).toBeLessThan(40);
    expect(found.to).toBeGreaterThan(40);
    expect(found.from).toBeGreaterThan(0);
    expect(found.to - found.from).toBeLessThan(30);
  });

  it('the visible shift is seen, and a tenth of it is not', () => {
    const [a, b] = [drawn(2_000, 8), drawn(2_000, 9)];
    const shift = visibleShift(a, b, 1e-4);
    const threshold = ksThreshold(1e-4, 2_000, 2_000);
    expect(
      ksDistance(
        a,
        b.map((value) => value + shift),
      ),
    ).toBeGreaterThan(threshold);
    expect(
      ksDistance(
        a,
        b.map((value) => value + shift / 10),
      ),
    ).toBeLessThan(threshold);
    expect(shift).toBeLessThan(30);
  });
});
