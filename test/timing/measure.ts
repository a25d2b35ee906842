/** Runs one class: interleaved at random, one request at a time on one connection; and keeps the time of every answer. */
import { randomInt } from 'node:crypto';
import type { Cause, ErrorClass } from './classes.ts';
import { openWire, type Timed } from './wire.ts';

/** What the null control and the planted leaks are called; all repeat the first cause of their class. */
export const CONTROL = 'null control';
/** Where the answer is written, after all that makes answers alike. */
export const PLANTED = 'planted leak';
/** In the work, which the hold is there to hide; in classes that are held. */
export const IN_WORK = 'leak in the work';

/** Rounds at the start that do not count: compiling, caches, the first row of each minute. */
export const WARM_UP = 100;

/** All samples of a class by name, in microseconds, in the order they came. */
export type Samples = ReadonlyMap<string, Float64Array>;

/** The hub that is asked. */
export interface Asked {
  readonly port: number;
  /** How far apart its instants are (`src/server/steady.ts`), or 0, and the `process.hrtime` they are counted from. */
  readonly holdMs: number;
  readonly startedNs: bigint;
}

/**
 * Measures `rounds` answers for each cause. A round asks each cause once, in an order of its own, so that whatever drifts
 * (a growing file, a busy machine) meets all of them alike. An answer that is held is timed from the hub's last instant
 * before its request: when the request was sent says nothing about the hub, and would only be noise.
 *
 * @throws when an answer is not what the class says, or is longer for one cause than for another
 */
export async function measure({ port, holdMs, startedNs }: Asked, one: ErrorClass, rounds: number): Promise<Samples> {
  const wire = await openWire(port);
  await one.prepare?.((request) => wire.ask(request));
  const held = one.held && holdMs > 0;
  const sinceInstant = ({ sentNs }: Timed): number =>
    held ? (Number(sentNs - startedNs) / 1_000) % (holdMs * 1_000) : 0;
  const six = (us: number): string => String(us).padStart(6, '0');
  const planted = (written: number, worked: number) => [`x-study: ${six(written)}`, `x-work: ${six(worked)}`];
  const none = planted(0, 0);
  const [first] = one.causes;
  const lanes = [
    ...one.causes.map((cause) => ({ name: cause.name, cause, headers: none })),
    { name: CONTROL, cause: first, headers: none },
    { name: PLANTED, cause: first, headers: planted(one.plantedUs, 0) },
    ...(one.held ? [{ name: IN_WORK, cause: first, headers: planted(0, one.plantedUs) }] : []),
  ].map((lane, at) => ({ ...lane, times: new Float64Array(rounds), offset: at }));
  let length = 0;
  for (let round = -WARM_UP; round < rounds; round++) {
    shuffle(lanes);
    for (const { cause, headers, times } of lanes) {
      const request = cause.request(round + WARM_UP, headers);
      pause();
      const answer = await wire.ask(request);
      length ||= lengthOf(answer);
      expectAlike(one, cause, answer, length);
      if (round >= 0) times[round] = answer.us + sinceInstant(answer);
    }
    if (round > 0 && round % Math.ceil(rounds / 10) === 0) process.stderr.write(`${one.id}: ${round} of ${rounds}\n`);
  }
  wire.close();
  return new Map(lanes.toSorted((a, b) => a.offset - b.offset).map(({ name, times }) => [name, times]));
}

/**
 * Up to a millisecond, at random. Without it each request would follow the last answer at the same distance, and where
 * the hub waits for its clock's next millisecond, the time it took to make the request would look like a difference.
 */
function pause(): void {
  const end = process.hrtime.bigint() + BigInt(randomInt(1_000_000));
  while (process.hrtime.bigint() < end);
}

/** Bytes of the answer; a reference and a date are as long as any other. */
function lengthOf({ head, body }: Timed): number {
  return head.length + body.length;
}

function expectAlike({ id, status, says }: ErrorClass, { name }: Cause, answer: Timed, length: number): void {
  if (answer.status === status && answer.body.includes(says) && lengthOf(answer) === length) return;
  throw new Error(
    `${id}, ${name}: expected ${status} with ${says} in ${length} bytes, got ${answer.status} in ${lengthOf(answer)}: ${answer.body.slice(0, 200)}`,
  );
}

function shuffle(list: unknown[]): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [list[i], list[j]] = [list[j], list[i]];
  }
}
