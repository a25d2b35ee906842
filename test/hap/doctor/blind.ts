/** Runs a range of seeds: each seed picks a class and everything in it; the doctor judges the transcript alone. */

import { leaves, type Verdict } from '../../../src/core/verdict.ts';
import { explainHome } from '../../../src/inspectors/home/home.ts';
import type { Entry } from '../../../src/protocols/hap/transcript.ts';
import type { FaultClass } from './class.ts';
import { MESSAGES } from './faults-messages.ts';
import { REACH } from './faults-reach.ts';
import { SESSIONS } from './faults-session.ts';
import { SETUP } from './faults-setup.ts';
import { VERIFY } from './faults-verify.ts';
import { WILD } from './faults-wild.ts';
import { randomFrom } from './random.ts';
import { playScene } from './scene.ts';
import { silentPort } from './silent-port.ts';

/** Where the held-out seeds begin. No rule and no class may be changed because of what one of them shows. */
export const HELD_OUT = 1_000_000;

/** Every class. */
export const CLASSES: readonly FaultClass[] = [...REACH, ...SETUP, ...MESSAGES, ...VERIFY, ...SESSIONS, ...WILD];

/** One run that the doctor got wrong. */
export interface Miss {
  readonly seed: number;
  readonly id: string;
  readonly expected: readonly string[];
  readonly found: string;
  readonly transcript: readonly Entry[];
}

/** How a range went: right of all, by class, and what was wrong. */
export interface Outcome {
  readonly runs: number;
  readonly right: number;
  readonly byClass: ReadonlyMap<string, { readonly right: number; readonly runs: number }>;
  readonly misses: readonly Miss[];
}

/** Runs that go on at once; nearly all of them wait for a deadline. */
const AT_ONCE = 6;

/** Plays `count` seeds from `first`. The classes come round in turn, so each is played `count / CLASSES.length` times. */
export async function blind(first: number, count: number, only?: string): Promise<Outcome> {
  const silent = await silentPort();
  const classes = only === undefined ? CLASSES : CLASSES.filter(({ id }) => id.startsWith(only));
  const byClass = new Map(classes.map(({ id }) => [id, { right: 0, runs: 0 }]));
  const misses: Miss[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < count; i = next++) {
      const fault = classes[i % classes.length] as FaultClass;
      const seed = first + i;
      const { entries: transcript, through } = await playScene(
        randomFrom(seed),
        { host: '127.0.0.1', port: silent.port },
        fault.play,
      );
      const verdict = explainHome(transcript);
      const score = byClass.get(fault.id) as { right: number; runs: number };
      score.runs++;
      if (isRight(fault, verdict, through)) score.right++;
      else misses.push({ seed, id: fault.id, expected: fault.expect, found: found(verdict), transcript });
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  } finally {
    silent.close();
  }
  return { runs: count, right: count - misses.length, byClass, misses };
}

function isRight({ expect, warns }: FaultClass, verdict: Verdict, through: boolean | undefined): boolean {
  if (expect.includes('any')) return verdict.ok === through && verdict.cause !== 'unexplained';
  return expect.includes(found(verdict)) && (warns === undefined || warnings(verdict).includes(warns));
}

/** The decisive cause, or `ok`. */
function found({ ok, decisive, cause }: Verdict): string {
  return ok ? 'ok' : `${decisive}/${cause}`;
}

function warnings({ checks = [] }: Verdict): string[] {
  return leaves(checks).flatMap(({ id, outcome, cause }) => (outcome === 'warn' && cause ? [`${id}/${cause.id}`] : []));
}

/** The figures as lines: all, then each class. */
export function report({ runs, right, byClass, misses }: Outcome): string {
  const all = `${right} of ${runs} right (${((100 * right) / runs).toFixed(2)} %), ${byClass.size} classes`;
  const lines = [...byClass].map(([id, score]) => `  ${id.padEnd(24)} ${score.right}/${score.runs}`);
  const wrong = misses
    .slice(0, 40)
    .map(
      ({ seed, id, expected, found: came }) =>
        `  wrong: seed ${seed}, ${id}: expected ${expected.join(' or ')}, found ${came}`,
    );
  return [all, ...lines, ...wrong].join('\n');
}
