/** The arithmetic of the study: order statistics, the two-sample Kolmogorov–Smirnov test, bootstrap. Usable alone. */

/** A sorted copy. */
export function sorted(samples: readonly number[] | Float64Array): Float64Array {
  return Float64Array.from(samples).sort();
}

/** The value below which a share of the samples lies. */
export function quantile(sample: Float64Array, share: number): number {
  const at = (sample.length - 1) * share;
  const low = sample[Math.floor(at)] ?? Number.NaN;
  const high = sample[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

/** The largest distance between two empirical distributions; both sorted. */
export function ksDistance(a: Float64Array, b: Float64Array): number {
  let [i, j, largest] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i] ?? 0, b[j] ?? 0);
    while (i < a.length && (a[i] ?? 0) <= value) i++;
    while (j < b.length && (b[j] ?? 0) <= value) j++;
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length));
  }
  return largest;
}

/** How likely a distance of at least `distance` is between samples of one distribution (asymptotic). */
export function ksProbability(distance: number, n: number, m: number): number {
  const lambda = distance * Math.sqrt((n * m) / (n + m));
  if (lambda < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * lambda * lambda);
  return Math.min(1, Math.max(0, sum));
}

/** The distance at which that probability is `alpha`. */
export function ksThreshold(alpha: number, n: number, m: number): number {
  return Math.sqrt(-Math.log(alpha / 2) / 2) * Math.sqrt((n + m) / (n * m));
}

/** The smallest shift of `b` that would have been seen between `a` and `b`: what silence of the two means. */
export function visibleShift(a: Float64Array, b: Float64Array, alpha: number): number {
  const threshold = ksThreshold(alpha, a.length, b.length);
  const seen = (shift: number): boolean =>
    ksDistance(
      a,
      b.map((value) => value + shift),
    ) > threshold;
  let [low, high] = [0, 1];
  while (!seen(high) && high < 1e7) high *= 2;
  while (high - low > 0.1) {
    const middle = (low + high) / 2;
    if (seen(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Quantiles of as many resamples of a sorted sample as were asked for. */
export interface Resampled {
  readonly lower: Float64Array;
  readonly median: Float64Array;
}

/** Bootstrap: draws the sample again, with replacement. `random` answers numbers in [0, 1). */
export function resample(sample: Float64Array, times: number, random: () => number): Resampled {
  const lower = new Float64Array(times);
  const median = new Float64Array(times);
  const drawn = new Float64Array(sample.length);
  for (let t = 0; t < times; t++) {
    for (let i = 0; i < drawn.length; i++) drawn[i] = sample[Math.floor(random() * sample.length)] ?? 0;
    drawn.sort();
    lower[t] = quantile(drawn, 0.25);
    median[t] = quantile(drawn, 0.5);
  }
  return { lower, median };
}

/** A difference and the interval that holds it with 95 %. */
export interface Difference {
  readonly value: number;
  readonly from: number;
  readonly to: number;
}

/** How much larger a quantile of `b` is than that of `a`, from their resamples. */
export function difference(value: number, a: Float64Array, b: Float64Array): Difference {
  const all = sorted(b.map((one, i) => one - (a[i] ?? 0)));
  return { value, from: quantile(all, 0.025), to: quantile(all, 0.975) };
}
