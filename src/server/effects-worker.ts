/**
 * The outbox's worker: leases effects from the store, carries them out on their target, reads the target back, and
 * settles them only when it shows what it should. Whatever fails is still due, and is tried again.
 */
import type { Effect } from '../core/model.ts';
import type { Store } from '../store/port.ts';
import type { Accessory, Pairing } from './accessories/accessory.ts';

const LEASE_MS = 15_000;
const BATCH = 16;
const POLL_MS = 1_000;
/** Waits between tries: 1 s, doubling, 8 s at most, so that an accessory that returns is served within 10 s. */
const RETRY_MAX_MS = 8_000;

/** The running worker. */
export interface EffectsWorker {
  /** There may be something to do: look now. */
  wake(): void;
  /** Finishes what it has in hand and stops. */
  stop(): Promise<void>;
}

/**
 * Starts the worker.
 *
 * @param targets accessories by id; an effect for an unknown one stays due
 * @param onFault told of faults of the store, which end no loop
 */
export function startEffectsWorker(
  store: Store,
  targets: ReadonlyMap<string, Accessory>,
  onFault: (error: unknown) => void,
): EffectsWorker {
  let stopped = false;
  let again = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  const round = async (): Promise<void> => {
    do {
      again = false;
      const effects = await store.claim({ limit: BATCH, leaseMs: LEASE_MS });
      await Promise.all(effects.map((effect) => carryOut(store, targets, effect)));
      if (effects.length === BATCH) again = true;
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
    },
  };
}

async function carryOut(store: Store, targets: ReadonlyMap<string, Accessory>, effect: Effect): Promise<void> {
  const undo = effect.state === 'undoing';
  try {
    const target = targets.get(effect.target);
    if (!target) throw new Error(`no accessory is called ${effect.target}`);
    await (undo ? unpair(target, effect) : pair(target, effect));
    await store.settle({ effect: effect.id, rev: effect.rev, state: undo ? 'undone' : 'done' });
  } catch (error) {
    const waitMs = Math.min(1_000 * 2 ** Math.min(effect.attempts, 10), RETRY_MAX_MS);
    const { now } = await store.load({});
    await store.settle({
      effect: effect.id,
      rev: effect.rev,
      state: 'retry',
      nextAt: now + waitMs,
      error: message(error),
    });
  }
}

async function pair(target: Accessory, effect: Effect): Promise<void> {
  const pairing = pairingOf(effect);
  await target.addPairing(pairing, effect.grant);
  if (!(await lists(target, pairing))) throw new Error('the accessory acknowledged the pairing but does not list it');
}

/** Only this grant's claim ends: another grant of the same app and key keeps the pairing. */
async function unpair(target: Accessory, effect: Effect): Promise<void> {
  const pairing = pairingOf(effect);
  if ((await target.removePairing(pairing, effect.grant)) === 'held') return;
  if (await lists(target, pairing))
    throw new Error('the accessory acknowledged the removal but still lists the pairing');
}

function pairingOf({ data }: Effect): Pairing {
  return { id: String(data['pairing_id']), key: String(data['public_key'] ?? data['jkt']) };
}

async function lists(target: Accessory, { id, key }: Pairing): Promise<boolean> {
  return (await target.listPairings()).some((p) => p.id === id && p.key === key);
}

function message(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 300);
}
