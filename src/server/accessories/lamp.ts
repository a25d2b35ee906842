/** A lamp that exists in this hub only, so that a fresh clone has something to switch. Its state is in the registry. */
import type { Registry } from '../../store/registry.ts';
import { type Accessory, type AccessoryState, HUB_PAIRING, type Pairing } from './accessory.ts';

/** HAP accessories hold at least 16 pairings; the lamp holds exactly that many beside the hub's. */
const PAIRINGS_MAX = 16;

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
  const listeners = new Set<(state: AccessoryState) => void>();
  const found = await registry.get<Kept>('setting', key);
  let rev = found?.rev ?? 0;
  let kept: Kept = found?.body ?? { state: { id, name: 'Lamp', on: false, changedAt: clock() }, pairings: [] };
  let powered = true;
  let last: Promise<unknown> = Promise.resolve();

  const reach = (): void => {
    if (!powered) throw new Error(`the ${id} does not answer: it is unplugged`);
  };

  /** One change at a time; kept before it is told. */
  const change = <T>(make: (now: Kept) => { next: Kept; answer: T }): Promise<T> => {
    const run = last.then(async () => {
      reach();
      const { next, answer } = make(kept);
      if (next === kept) return answer;
      if (!(await registry.save('setting', key, rev, next))) throw new Error(`another hub changed the ${id}`);
      rev += 1;
      const lit = next.state !== kept.state;
      kept = next;
      if (lit) for (const listener of listeners) listener(kept.state);
      return answer;
    });
    last = run.catch(() => undefined);
    return run;
  };

  return {
    id,
    async state() {
      reach();
      return kept.state;
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
      return kept.pairings.map(({ id: pairing, key: own }) => ({ id: pairing, key: own }));
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    plug(on) {
      powered = on;
    },
  };
}

function isHeldBy({ holders }: Held, holder: string | undefined): boolean {
  return holder === undefined || holders === undefined || holders.includes(holder);
}
