/**
 * Which intents may go together. In one statement nobody sees what another writes, so two that would use one code, take one
 * key or touch each other's grants must not meet: the later one is held back until the earlier one is through. Of those
 * that were held back for a code or a key that was taken, all are stale at once, so a thousand requests for one code cost
 * two statements.
 */

import type { HoldRead } from '../port.ts';
import { type Draft, groundsOf } from './draft.ts';
import type { Outcome, Waiting } from './queue.ts';

/** Chooses batches, and remembers how their intents came out. */
export interface Meeting {
  pick(waiting: readonly Waiting<Draft>[]): { batch: Waiting<Draft>[]; rest: Waiting<Draft>[] };
  /** Notes how an intent came out: a letter of `write.ts`. */
  judged(draft: Draft, letter: string): void;
  /** After a batch: what is over for those that wait. */
  ended(): ((waiting: Draft) => Outcome | undefined) | undefined;
}

const STALE: Outcome = { ok: true, value: 'stale' };

interface Touches {
  readonly writes: readonly string[];
  readonly reads: readonly string[];
}

/** What an intent asserts and changes. New ids count as changes, so that what is minted can be redeemed right behind. */
function touchesOf(draft: Draft): Touches {
  const { grant, spend, unchanged, once, holds, grants, codes } = draft;
  return {
    writes: [
      ...(spend ? [`code ${spend.code}`] : []),
      ...once.map(({ key }) => `once ${key}`),
      ...holds.flatMap(({ key, set }) => (set ? [`hold ${key}`] : [])),
      ...grants.map(({ id }) => `grant ${id}`),
      ...codes.map(({ id }) => `code ${id}`),
    ],
    reads: [
      ...(grant ? [`grant ${grant.id}`] : []),
      ...groundsOf(draft).map((id) => `grant ${id}`),
      ...unchanged.map(({ code }) => `code ${code}`),
      ...holds.map(({ key }) => `hold ${key}`),
    ],
  };
}

/** `maxBatch` bounds a batch. */
export function openMeeting(maxBatch: number): Meeting {
  let used = new Map<string, number>();
  let unfit = new Set<string>();
  let taken = new Set<string>();
  let set = new Set<string>();
  let heldBack = false;

  return {
    pick(waiting) {
      const batch: Waiting<Draft>[] = [];
      const held: Waiting<Draft>[] = [];
      // Of those that are held back as well: whoever comes behind them stays behind them.
      const written = new Set<string>();
      const read = new Set<string>();
      let at = 0;
      for (; at < waiting.length && batch.length < maxBatch; at++) {
        const one = waiting[at] as Waiting<Draft>;
        const { writes, reads } = touchesOf(one.intent);
        const meets = writes.some((key) => written.has(key) || read.has(key)) || reads.some((key) => written.has(key));
        for (const key of writes) written.add(key);
        for (const key of reads) read.add(key);
        (meets ? held : batch).push(one);
      }
      heldBack = held.length > 0;
      return { batch, rest: held.concat(waiting.slice(at)) };
    },
    judged(draft, letter) {
      const { spend, once, holds } = draft;
      if (letter === 'd') {
        if (spend) used.set(spend.code, spend.rev);
        for (const { key } of once) taken.add(key);
        for (const hold of holds) if (hold.set) set.add(readingOf(hold));
      } else if (letter === 'u') unfit.add(useOf(draft));
    },
    ended() {
      const [over, notFit, gone, changed] = [used, unfit, taken, set];
      [used, unfit, taken, set] = [new Map(), new Set(), new Set(), new Set()];
      if (!heldBack) return undefined;
      return (draft) => {
        const { spend, once, holds } = draft;
        const lost =
          (spend && (over.get(spend.code) === spend.rev || notFit.has(useOf(draft)))) ||
          once.some(({ key }) => gone.has(key)) ||
          holds.some((hold) => changed.has(readingOf(hold)));
        return lost ? STALE : undefined;
      };
    },
  };
}

/** A hold as it was read: whoever has read it so, and comes second, is stale. */
function readingOf({ key, rev }: HoldRead): string {
  return `${rev} ${key}`;
}

function useOf({ grant, spend, supersedes }: Draft): string {
  return JSON.stringify([spend?.code, spend?.rev, grant?.id, supersedes]);
}
