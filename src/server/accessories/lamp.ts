/**
 * A lamp that exists in this hub only, so that a fresh clone has something to switch. It is a record of the registry, so
 * all nodes of a hub have the same lamp: each call reads it, and whoever watches hears of the others' changes too.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Registry } from '../../store/registry.ts';
import { changeRecord } from '../records.ts';
import { type Accessory, type AccessoryState, HUB_PAIRING, type Pairing } from './accessory.ts';

/** HAP accessories hold at least 16 pairings; the lamp holds exactly that many beside the hub's. */
const PAIRINGS_MAX = 16;

/** How often a watched lamp looks for changes by another node. */
const LOOK_EVERY_MS = 1_000;

/** A pairing, and the grants that need it; without a list it is of before there were any, and everybody's. */
interface Held extends Pairing {
  readonly holders?: readonly string[];
}

interface Kept {
  readonly state: AccessoryState;
  readonly pairings: readonly Held[];
}

/** The lamp, with its plug. */
export interface Lamp extends Accessory {
  /** Unplugged, nothing reaches it and every call rejects. */
  plug(powered: boolean): void;
}

/** The lamp called `id`, as it was left. */
export async function createLamp(registry: Registry, clock: () => number, id = 'lamp'): Promise<Lamp> {
  const key = `accessory:${id}`;
  const made: Kept = { state: { id, name: 'Lamp', on: false, changedAt: clock() }, pairings: [] };
  const listeners = new Set<(state: AccessoryState) => void>();
  const read = async (): Promise<Kept> => (await registry.get<Kept>('setting', key))?.body ?? made;
  let told = (await read()).state;
  let powered = true;
  let last: Promise<unknown> = Promise.resolve();
  let looking: NodeJS.Timeout | undefined;

  const reach = (): void => {
    if (!powered) throw new Error(`the ${id} does not answer: it is unplugged`);
  };

  /** One thing at a time, so that changes are told in their order. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const run = last.then(work);
    last = run.catch(() => undefined);
    return run;
  };

  const tell = (state: AccessoryState): void => {
    if (isDeepStrictEqual(state, told)) return;
    told = state;
    for (const listener of listeners) listener(state);
  };

  /** Kept before it is told. */
  const change = <T>(make: (now: Kept) => { next: Kept; answer: T }): Promise<T> =>
    inTurn(async () => {
      reach();
      const outcome: { answer?: T } = {};
      const kept = await changeRecord<Kept>(registry, 'setting', key, (now) => {
        const { next, answer } = make(now ?? made);
        outcome.answer = answer;
        return next;
      });
      tell(kept.state);
      return outcome.answer as T;
    });

  /** A node that cannot look now looks again soon; what a stream may still tell is decided at the stream. */
  const look = (): Promise<void> => inTurn(async () => tell((await read()).state)).catch(() => undefined);

  return {
    id,
    async state() {
      reach();
      return (await read()).state;
    },
    set: (on, pairing, holder) =>
      change((now) => {
        if (pairing !== HUB_PAIRING && !now.pairings.some((p) => p.id === pairing && isHeldBy(p, holder)))
          return { next: now, answer: 'not-paired' };
        return { next: { ...now, state: { ...now.state, on, by: pairing, changedAt: clock() } }, answer: 'done' };
      }),
    addPairing: ({ id: pairing, key: own }, holder) =>
      change((now) => {
        const known = now.pairings.find((p) => p.id === pairing);
        if (pairing === HUB_PAIRING || (known && known.key !== own))
          throw new Error(`the ${id} knows this pairing id with another key: pair under an id of your own`);
        const others = now.pairings.filter((p) => p !== known);
        if (others.length >= PAIRINGS_MAX)
          throw new Error(`the ${id} holds ${PAIRINGS_MAX} pairings already: remove one`);
        const holders = [...new Set([...(known?.holders ?? []), holder])];
        return { next: { ...now, pairings: [...others, { id: pairing, key: own, holders }] }, answer: undefined };
      }),
    removePairing: ({ id: pairing, key: own }, holder) =>
      change((now) => {
        const known = now.pairings.find((p) => p.id === pairing && p.key === own);
        if (!known) return { next: now, answer: 'gone' };
        const others = now.pairings.filter((p) => p !== known);
        const holders = known.holders?.filter((other) => other !== holder) ?? [];
        if (holders.length === 0) return { next: { ...now, pairings: others }, answer: 'gone' };
        return { next: { ...now, pairings: [...others, { ...known, holders }] }, answer: 'held' };
      }),
    async listPairings() {
      reach();
      return (await read()).pairings.map(({ id: pairing, key: own }) => ({ id: pairing, key: own }));
    },
    subscribe(listener) {
      listeners.add(listener);
      looking ??= setInterval(look, LOOK_EVERY_MS).unref();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(looking);
        looking = undefined;
      };
    },
    plug(on) {
      powered = on;
    },
  };
}

function isHeldBy({ holders }: Held, holder: string | undefined): boolean {
  return holder === undefined || holders === undefined || holders.includes(holder);
}
