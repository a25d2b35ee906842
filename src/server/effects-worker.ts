/**
 * The outbox's worker: leases effects from the store, carries them out on their accessory, reads the accessory back, and
 * settles them only when it shows what it should. Whatever fails is still due, and is tried again. Grants that hold a
 * pairing and whose own time is over are ended here too, and so undone.
 */
import type { Effect } from '../core/model.ts';
import { EXPIRED, KINDS } from '../profiles/home/effects.ts';
import { nextError } from '../profiles/home/ownership-effect.ts';
import type { Store } from '../store/port.ts';
import type { Registry } from '../store/registry.ts';
import { heldPairings, overdue } from './accessories/holders.ts';
import type { House } from './accessories/house.ts';
import { exclusively } from './accessories/turns.ts';
import { changeOwnership, finishGone, GoneError, undoOwnership } from './home/ownership-worker.ts';
import { type EffectStep, pair, unpair } from './home/pairing-effect.ts';

const LEASE_MS = 60_000;
/** Effects under way at once. */
const IN_HAND_MAX = 64;
const POLL_MS = 1_000;
/** Waits between tries: 1 s, doubling, 8 s at most, so that an accessory that returns is served within 10 s. */
const RETRY_MAX_MS = 8_000;

/** What the worker works with. */
export interface EffectsOptions {
  readonly store: Store;
  readonly registry: Registry;
  readonly house: Pick<House, 'get' | 'list' | 'identity' | 'away' | 'giveAway'>;
  /** Other nodes work on the same accessories. */
  readonly shared: boolean;
  /** Milliseconds since the epoch, for turns between nodes. */
  readonly clock: () => number;
  /** Told of faults of the store, which end no loop. */
  readonly onFault: (error: unknown) => void;
  /** Told of each step, before the next one begins. For tests. */
  readonly onStep?: ((step: EffectStep) => void) | undefined;
}

/** The running worker. */
export interface EffectsWorker {
  /** There may be something to do: look now. */
  wake(): void;
  /** Finishes what it has in hand and stops. */
  stop(): Promise<void>;
}

/** Starts the worker. An effect for an accessory that the hub does not know stays due. */
export function startEffectsWorker(options: EffectsOptions): EffectsWorker {
  const { store, onFault } = options;
  let stopped = false;
  let again = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  const inHand = new Set<Promise<void>>();

  const take = (effect: Effect): void => {
    const work = carryOut(options, effect)
      .catch(onFault)
      .finally(() => {
        const full = inHand.size >= IN_HAND_MAX;
        inHand.delete(work);
        if (full) look();
      });
    inHand.add(work);
  };

  let tookUp = options.shared;

  /** Nothing is waited for here: an accessory that does not answer holds up nobody but itself. */
  const round = async (): Promise<void> => {
    if (!tookUp) await takeUp(store);
    tookUp = true;
    await endOverdue(options);
    do {
      again = false;
      const free = IN_HAND_MAX - inHand.size;
      if (free <= 0) return;
      for (const effect of await store.claim({ limit: free, leaseMs: LEASE_MS })) take(effect);
    } while (again && !stopped);
  };

  const look = (): void => {
    if (stopped) return;
    if (running !== undefined) {
      again = true;
      return;
    }
    clearTimeout(timer);
    running = round()
      .catch(onFault)
      .finally(() => {
        running = undefined;
        if (!stopped) timer = setTimeout(look, again ? 0 : POLL_MS);
      });
  };

  look();
  return {
    wake: look,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
      await Promise.all(inHand);
    },
  };
}

/** As many as may be in hand when a process dies, and then some. */
const TAKEN_UP_MAX = 1_000;

/**
 * Alone on its store, a hub that starts has nobody beside it: what is leased, or waits for its next try, is looked at now, and
 * not when the lease of a process that died is over.
 */
async function takeUp(store: Store): Promise<void> {
  const { now } = await store.load({});
  const open = (await store.find('effects', { limit: TAKEN_UP_MAX })).filter(
    ({ state, nextAt }) => (state === 'due' || state === 'undoing') && nextAt > now,
  );
  for (const { id, rev, lastError } of open)
    await store.settle({
      effect: id,
      rev,
      state: 'retry',
      nextAt: now,
      ...(lastError !== undefined && { error: lastError }),
    });
}

/** A direct grant ends with its own time, and nobody has to ask for it: its pairing has no end in the accessory. */
async function endOverdue({ store, registry, house }: EffectsOptions): Promise<void> {
  const held = await Promise.all((await house.list()).map(({ id }) => heldPairings(registry, id)));
  if (held.every((pairings) => pairings.length === 0)) return;
  const { now } = await store.load({});
  for (const grant of overdue(held.flat(), now)) await store.revoke({ target: { grant }, cause: EXPIRED });
}

/** Nothing changes for what cannot be taken back; it is looked at so rarely only because it is not settled. */
const GONE_RETRY_MS = 3_600_000;

async function carryOut(options: EffectsOptions, effect: Effect): Promise<void> {
  const { store, onStep } = options;
  const undo = effect.state === 'undoing';
  onStep?.('claimed');
  try {
    await exclusively(options, effect.target, () => act(options, effect));
    onStep?.('verified');
    // False when the grant ended while its pairing was being added: what undoes it waits already, and comes next here.
    await store.settle({ effect: effect.id, rev: effect.rev, state: undo ? 'undone' : 'done' });
    onStep?.('settled');
  } catch (error) {
    const waitMs =
      error instanceof GoneError ? GONE_RETRY_MS : Math.min(1_000 * 2 ** Math.min(effect.attempts, 10), RETRY_MAX_MS);
    const { now } = await store.load({});
    await store.settle({
      effect: effect.id,
      rev: effect.rev,
      state: 'retry',
      nextAt: now + waitMs,
      error: nextError(effect, message(error)),
    });
  }
}

/** Resolves when the effect is done, or undone, as far as the accessory shows. */
async function act(options: EffectsOptions, effect: Effect): Promise<void> {
  const undo = effect.state === 'undoing';
  const target = await options.house.get(effect.target);
  if (!target) return finishGone(options, effect);
  if (effect.kind === KINDS.ownership) return (undo ? undoOwnership : changeOwnership)(options, target, effect);
  return (undo ? unpair : pair)(options, target, effect);
}

function message(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 300);
}
