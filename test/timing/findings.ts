/** What the samples of a class say: every pair compared, and whether the run could have seen anything at all. */
import type { ErrorClass } from './classes.ts';
import { CONTROL, IN_WORK, PLANTED, type Samples } from './measure.ts';
import {
  type Difference,
  difference,
  ksDistance,
  ksProbability,
  quantile,
  type Resampled,
  resample,
  sorted,
  visibleShift,
} from './statistics.ts';

/** How often a whole class of alike causes may be called different by chance. Each pair gets an equal share of it. */
const ALPHA = 0.001;
/** Slowest share of a class that is left out, by one bound for all its causes: pauses of the machine. */
const TRIMMED = 0.05;
const RESAMPLES = 200;

/** One cause of a class. */
export interface Measured {
  readonly name: string;
  readonly kept: number;
  readonly lower: number;
  readonly median: number;
}

/** Two causes. `alike`: KS is silent. `differs`: it is not, by less than the bound. `leak`: by the bound or more. */
export interface Pair {
  readonly a: string;
  readonly b: string;
  readonly distance: number;
  readonly probability: number;
  readonly lower: Difference;
  readonly median: Difference;
  readonly verdict: 'alike' | 'differs' | 'leak';
}

/** The findings of one class. Times in microseconds. */
export interface Findings {
  readonly id: string;
  readonly boundUs: number;
  readonly plantedUs: number;
  readonly rounds: number;
  /** Probability below which a pair is called different. */
  readonly alpha: number;
  readonly measured: readonly Measured[];
  /** Pairs of causes that must be alike; control and planted leak apart. */
  readonly pairs: readonly Pair[];
  readonly control: Pair;
  readonly planted: Pair;
  /** The leak in the work, where refusals should be held to one age. */
  readonly inWork?: Pair;
  /** How far apart the hub's instants were; 0 where nothing was held. */
  readonly holdMs: number;
  /** The smallest shift between two alike causes that this run would have seen. */
  readonly visibleUs: number;
}

/** Compares every pair. */
export function findingsOf(
  { id, boundUs, plantedUs, causes, held }: ErrorClass,
  samples: Samples,
  holdMs: number,
): Findings {
  const trimmed = trim(samples);
  const resampled = new Map([...trimmed].map(([name, all]) => [name, resample(all, RESAMPLES, Math.random)]));
  const names = causes.map((cause) => cause.name);
  const couples = names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b] as const));
  const alpha = ALPHA / (couples.length + (held ? 3 : 2));
  const pairOf = (a: string, b: string): Pair => compare(a, b, trimmed, resampled, alpha, boundUs);
  const [first = ''] = names;
  return {
    id,
    boundUs,
    plantedUs,
    rounds: samples.get(first)?.length ?? 0,
    alpha,
    measured: [...trimmed].map(([name, all]) => ({
      name,
      kept: all.length,
      lower: quantile(all, 0.25),
      median: quantile(all, 0.5),
    })),
    pairs: couples.map(([a, b]) => pairOf(a, b)),
    control: pairOf(first, CONTROL),
    planted: pairOf(CONTROL, PLANTED),
    ...(held && { inWork: pairOf(CONTROL, IN_WORK) }),
    holdMs: held ? holdMs : 0,
    visibleUs: visibleShift(sampleOf(trimmed, first), sampleOf(trimmed, CONTROL), alpha),
  };
}

function trim(samples: Samples): ReadonlyMap<string, Float64Array> {
  const bound = quantile(sorted([...samples.values()].flatMap((all) => [...all])), 1 - TRIMMED);
  return new Map([...samples].map(([name, all]) => [name, sorted(all.filter((us) => us <= bound))]));
}

function compare(
  a: string,
  b: string,
  samples: ReadonlyMap<string, Float64Array>,
  resampled: ReadonlyMap<string, Resampled>,
  alpha: number,
  boundUs: number,
): Pair {
  const [left, right] = [sampleOf(samples, a), sampleOf(samples, b)];
  const [from, to] = [resampled.get(a), resampled.get(b)];
  if (!from || !to) throw new Error(`expected samples of ${a} and ${b}`);
  const distance = ksDistance(left, right);
  const probability = ksProbability(distance, left.length, right.length);
  const lower = difference(quantile(right, 0.25) - quantile(left, 0.25), from.lower, to.lower);
  const median = difference(quantile(right, 0.5) - quantile(left, 0.5), from.median, to.median);
  const verdict = probability >= alpha ? 'alike' : Math.abs(median.value) < boundUs ? 'differs' : 'leak';
  return { a, b, distance, probability, lower, median, verdict };
}

function sampleOf(samples: ReadonlyMap<string, Float64Array>, name: string): Float64Array {
  return samples.get(name) ?? new Float64Array();
}
