/**
 * What an accessory must not forget: its identity, who is paired, how often a setup code was wrong (HAP §5.6.2, §5.11). It is
 * plain JSON, kept wherever the caller likes; `seed` is a secret.
 */

import { randomBytes } from 'node:crypto';
import { type Identity, identityFrom, newIdentity } from '../keys.ts';
import type { Pairing } from './pairing-table.ts';

/** Everything that survives a power cut. */
export interface AccessoryState {
  /** Pairing id of the accessory, `XX:XX:XX:XX:XX:XX`. */
  readonly id: string;
  /** Seed of its long-term key, base64. */
  readonly seed: string;
  readonly pairings: readonly Pairing[];
  /** Setup codes that were not proven, since the last one that was. */
  readonly failures: number;
  /** `c#`, from 1. */
  readonly configuration: number;
  /** What `configuration` stands for: `shapeOf` the database. */
  readonly shape: string;
}

/**
 * Where a state is kept. Nothing is acknowledged before `write` has settled; one that rejects leaves the state as it was,
 * and the controller hears that it did not work.
 */
export interface PersistPort {
  read(): Promise<AccessoryState | undefined> | AccessoryState | undefined;
  write(state: AccessoryState): Promise<void> | void;
}

/** A `PersistPort` that forgets with the process. */
export interface MemoryState extends PersistPort {
  write(state: AccessoryState): void;
  current(): AccessoryState | undefined;
}

/** A state in memory, for a virtual device; `first` presets it. */
export function memoryState(first?: AccessoryState): MemoryState {
  let kept = first;
  return {
    read: () => kept,
    write(state) {
      kept = state;
    },
    current: () => kept,
  };
}

/** The state in use. Changes wait for each other, and count once they are written. */
export interface Keeper {
  current(): AccessoryState;
  identity(): Identity;
  /** Answers the state that was written. `next` sees the newest one; the same object back means that nothing changes. */
  change(next: (state: AccessoryState) => AccessoryState): Promise<AccessoryState>;
}

/**
 * Reads the state, or begins one with this identity (a new one unless given). `arrange` brings it up to date before anything
 * else sees it; `onChange` hears of each change after that, once it is kept.
 *
 * @throws what the port throws
 */
export async function openKeeper(
  port: PersistPort,
  first: Identity | undefined,
  arrange: (state: AccessoryState) => AccessoryState,
  onChange: (before: AccessoryState, now: AccessoryState) => void,
): Promise<Keeper> {
  const read = await port.read();
  let state = arrange(read ?? freshState(first ?? newIdentity(newDeviceId())));
  // nobody may learn an identity that a restart would change
  if (state !== read) await port.write(state);
  let identity = identityFrom(state.id, Buffer.from(state.seed, 'base64'));
  let queue: Promise<unknown> = Promise.resolve();
  const apply = async (next: (state: AccessoryState) => AccessoryState): Promise<AccessoryState> => {
    const changed = next(state);
    if (changed === state) return state;
    await port.write(changed);
    if (changed.seed !== state.seed || changed.id !== state.id)
      identity = identityFrom(changed.id, Buffer.from(changed.seed, 'base64'));
    const before = state;
    state = changed;
    onChange(before, state);
    return state;
  };
  return {
    current: () => state,
    identity: () => identity,
    change(next) {
      const done = queue.then(() => apply(next));
      queue = done.catch(() => undefined);
      return done;
    },
  };
}

/** A state nobody has paired with yet. */
export function freshState({ id, seed }: Pick<Identity, 'id' | 'seed'>): AccessoryState {
  return { id, seed: seed.toString('base64'), pairings: [], failures: 0, configuration: 1, shape: '' };
}

/** A random device id (HAP §5.4): a new one at each factory reset. */
export function newDeviceId(): string {
  return [...randomBytes(6)].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');
}
