/** What every operation of the controller takes. */
import type { Recorder } from './transcript.ts';

/** Where an accessory listens: a name or address, and a port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * How long each step may take. A setup message with SRP arithmetic gets more: a small chip needs up to ten seconds for
 * each of two 3072-bit powers, and ADK itself gives a whole setup thirty.
 */
export interface Deadlines {
  /** TCP, 5,000 unless given. */
  readonly connectMs?: number;
  /** M2 and M4 of pair-setup, 30,000 unless given. */
  readonly srpMs?: number;
  /** Every other answer, 10,000 unless given. */
  readonly answerMs?: number;
}

const DEADLINES: Required<Deadlines> = { connectMs: 5_000, srpMs: 30_000, answerMs: 10_000 };

/** See each. */
export interface HapOptions {
  readonly deadlines?: Deadlines;
  /** Hears each step as it happens. */
  readonly record?: Recorder;
  /** Ends what is under way, as `closed`. */
  readonly signal?: AbortSignal;
}

/** The deadlines with the defaults filled in. */
export function deadlinesOf(options: HapOptions): Required<Deadlines> {
  return { ...DEADLINES, ...options.deadlines };
}
