/** The test's side of `payments-child.ts`. */
import { join } from 'node:path';
import { linesOf, nextMessage, type Started, startProcess } from '../contract/processes.ts';
import type { Raced } from './payments-gate.ts';
import type { Target } from './targets.ts';

/** So many attempts on cards out of a row of them. With `failpoint`, the process kills itself there, at the nth time. */
export interface Live {
  readonly job: 'live';
  /** What the own clock starts at, its error aside. */
  readonly base: number;
  readonly attempts: number;
  readonly cards: { readonly from: number; readonly count: number };
  readonly seed: number;
  readonly failpoint?: 'reserved-before-sent' | 'sent-before-recorded';
  readonly nth?: number;
}

/** What a process is told to do. */
export type Order =
  | Live
  | { readonly job: 'probe'; readonly card: number; readonly kind: number; readonly at?: number }
  | { readonly job: 'race'; readonly card: number; readonly racers: number }
  | { readonly job: 'stop' };

/** What a probe heard; `at` is the store's clock as the verdict has it. */
export interface Probed {
  readonly admitted: boolean;
  readonly at: number;
  readonly nextAllowedAt?: number | 'never';
}

/** A line of an out file. */
export type Heard =
  | { readonly heard: 'refused' }
  | { readonly heard: 'admitted'; readonly id: string; readonly card: string; readonly at: number }
  | { readonly heard: 'sent'; readonly id: string }
  | { readonly heard: 'recorded'; readonly id: string; readonly outcome: string; readonly code?: string };

/** A process that takes payments. */
export interface Till extends Started {
  readonly skew: number;
  readonly ready: Promise<unknown>;
  /** Resolves with the number of decisions, or with nothing when the process has ended before. */
  live(order: Live): Promise<number | undefined>;
  ask(order: Extract<Order, { job: 'probe' }>): Promise<Probed>;
  race(card: number, racers: number): Promise<Raced>;
  /** @throws what it said, when it had ended or ends otherwise */
  stop(): Promise<void>;
}

/** Starts one, whose own clock is off by `skew` milliseconds. */
export function startTill(target: Target, skew: number, out: string): Till {
  const started = startProcess(join(import.meta.dirname, 'payments-child.ts'), [
    JSON.stringify(target),
    String(skew),
    out,
  ]);
  const { child, ended } = started;
  const message = (): Promise<unknown> => nextMessage(started);
  const told = (order: Order): Promise<unknown> => {
    const answer = message();
    if (child.connected) child.send(order);
    return answer;
  };
  const answered = async <T>(order: Order): Promise<T> => {
    const answer = await told(order);
    if (answer === undefined) throw new Error(`a till ended: ${JSON.stringify(await ended)}`);
    return answer as T;
  };
  return {
    ...started,
    skew,
    ready: message(),
    live: async (order) => (await told(order)) as number | undefined,
    ask: (order) => answered<Probed>(order),
    race: (card, racers) => answered<Raced>({ job: 'race', card, racers }),
    async stop() {
      if (child.connected) child.send({ job: 'stop' } satisfies Order);
      const { code, said } = await ended;
      if (code !== 0) throw new Error(`a till ended with ${code}: ${said}`);
    },
  };
}

/** Everything that the tills with these out files wrote down. */
export function heardBy(outs: readonly string[]): Heard[] {
  return outs.flatMap((out) => linesOf(out).map((line) => JSON.parse(line) as Heard));
}
