/**
 * The outbox's worker: leases effects from the store, carries them out on their accessory, reads the accessory back, and
 * settles them only when it shows what it should. Whatever fails is still due, and is tried again. Grants that hold a
 * pairing and whose own time is over are ended here too, and so undone.
 */
import type { Effect } from '../core/model.ts';
import { EXPIRED, LAST_ERRORS } from '../profiles/home/effects.ts';
import type { Store } from '../store/port.ts';
import type { Registry } from '../store/registry.ts';
import type { Accessory, Pairing } from './accessories/accessory.ts';
import { heldPairings, hold, overdue, release } from './accessories/holders.ts';
import type { House } from './accessories/house.ts';
import { exclusively } from './accessories/turns.ts';

const LEASE_MS = 60_000;
const BATCH = 16;
const POLL_MS = 1_000;
/** Waits between tries: 1 s, doubling, 8 s at most, so that an accessory that returns is served within 10 s. */
const RETRY_MAX_MS = 8_000;

/** Where a pairing stands between two steps; a process that dies at any of them leaves what the next one can finish. */
export type EffectStep = 'claimed' | 'held' | 'added' | 'released' | 'removed' | 'verified' | 'settled';

/** What the worker works with. */
export interface EffectsOptions {
  readonly store: Store;
  readonly registry: Registry;
  readonly house: Pick<House, 'get' | 'list'>;
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

  const round = async (): Promise<void> => {
    await endOverdue(options);
    do {
      again = false;
      const effects = await store.claim({ limit: BATCH, leaseMs: LEASE_MS });
      await Promise.all(effects.map((effect) => carryOut(options, effect)));
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

/** A direct grant ends with its own time, and nobody has to ask for it: its pairing has no end in the accessory. */
async function endOverdue({ store, registry, house }: EffectsOptions): Promise<void> {
  const held = await Promise.all((await house.list()).map(({ id }) => heldPairings(registry, id)));
  if (held.every((pairings) => pairings.length === 0)) return;
  const { now } = await store.load({});
  for (const grant of overdue(held.flat(), now)) await store.revoke({ target: { grant }, cause: EXPIRED });
}

async function carryOut(options: EffectsOptions, effect: Effect): Promise<void> {
  const { store, house, onStep } = options;
  const undo = effect.state === 'undoing';
  onStep?.('claimed');
  try {
    const target = await house.get(effect.target);
    if (!target) throw new Error(`no accessory is called ${effect.target}`);
    await exclusively(options, target.id, () => (undo ? unpair : pair)(options, target, effect));
    onStep?.('verified');
    // False when the grant ended while its pairing was being added: what undoes it waits already, and comes next here.
    await store.settle({ effect: effect.id, rev: effect.rev, state: undo ? 'undone' : 'done' });
    onStep?.('settled');
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

async function pair({ store, registry, onStep }: EffectsOptions, target: Accessory, effect: Effect): Promise<void> {
  const { grants } = await store.load({ grants: [effect.grant] });
  const grant = grants.get(effect.grant);
  // It ended since the effect was claimed: nothing is added any more, and what undoes it waits already.
  if (grant?.state !== 'active') return;
  const { admin, ...asked } = pairingOf(effect);
  const wanted = await hold(registry, target.id, asked, { grant: grant.id, until: grant.until, admin });
  onStep?.('held');
  const listed = (await target.listPairings()).find(({ id }) => id === wanted.id);
  if (listed && listed.key !== wanted.key)
    throw new Error(`${target.id} knows this pairing id with another key: pair under an id of your own`);
  if (!has(listed, wanted)) await target.addPairing(wanted);
  onStep?.('added');
  if (
    !has(
      (await target.listPairings()).find(({ id }) => id === wanted.id),
      wanted,
    )
  )
    throw new Error(LAST_ERRORS.lost);
}

/** Only this grant's claim ends: another grant of the same app and key keeps the pairing. */
async function unpair({ registry, onStep }: EffectsOptions, target: Accessory, effect: Effect): Promise<void> {
  const { id, key } = pairingOf(effect);
  const kept = await release(registry, target.id, { id, key }, effect.grant);
  onStep?.('released');
  if (kept) return;
  const ours = async (): Promise<boolean> => (await target.listPairings()).some((p) => p.id === id && p.key === key);
  if (await ours()) await target.removePairing(id);
  onStep?.('removed');
  if (await ours()) throw new Error(LAST_ERRORS.kept);
}

/** Listed with the key, and with the rights at least: those of an administrator who added it again are left alone. */
function has(listed: Pairing | undefined, wanted: Pairing): boolean {
  return listed !== undefined && listed.key === wanted.key && (listed.admin || !wanted.admin);
}

function pairingOf({ data }: Effect): Pairing {
  return {
    id: String(data['pairing_id']),
    key: String(data['public_key'] ?? data['jkt']),
    admin: data['permissions'] === 1,
  };
}

function message(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 300);
}
