/**
 * A thing in the house that pairings open. The hub's worker adds and removes pairings here and believes only what it
 * reads back; the protected API reads and switches it. The simulated lamp and, later, real HAP accessories stand behind
 * this one interface.
 */

/** What anybody with `lamp:read` may see. */
export interface AccessoryState {
  readonly id: string;
  readonly name: string;
  readonly on: boolean;
  /** The pairing that switched it last. */
  readonly by?: string;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
}

/** A controller the accessory knows: its id and long-term public key. */
export interface Pairing {
  readonly id: string;
  readonly key: string;
}

/** Switching was refused by the accessory itself. */
export type Switched = 'done' | 'not-paired';

/** What came of a removal. */
export type Removed = 'gone' | 'held';

/** The accessory. Every method may reject when it cannot be reached. */
export interface Accessory {
  readonly id: string;
  state(): Promise<AccessoryState>;
  /**
   * Switches it, as the pairing named; `not-paired` when the accessory does not know that pairing, or when `holder` is
   * given and is none of those the pairing was added for.
   */
  set(on: boolean, pairing: string, holder?: string): Promise<Switched>;
  /**
   * Adds it for a holder (a grant). The same pairing may have several holders. Rejects for an id that is known with
   * another key, as HAP §5.10 has it, and for the hub's own: nobody takes over a pairing by naming it.
   */
  addPairing(pairing: Pairing, holder: string): Promise<void>;
  /** Removes it for a holder: `held` when it stays for another one. Removing what is not there is a success. */
  removePairing(pairing: Pairing, holder: string): Promise<Removed>;
  listPairings(): Promise<readonly Pairing[]>;
  /** Calls back on every change; the answer unsubscribes. */
  subscribe(listener: (state: AccessoryState) => void): () => void;
}

/** The hub's own pairing, which every accessory has from the start. */
export const HUB_PAIRING = 'hub';
