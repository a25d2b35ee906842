/**
 * An accessory as the hub uses it: over HAP, by the hub's own pairing, which is an administrator's. The hub's worker adds
 * and removes pairings here and believes only what it reads back; the protected API reads, writes and listens.
 */
import type {
  CharacteristicId,
  CharacteristicRead,
  CharacteristicWrite,
  ListedAccessory,
} from '../../protocols/hap/characteristics.ts';
import type { Address } from '../../protocols/hap/options.ts';

/** A controller that an accessory lists: its id, its long-term public key (32 bytes, base64url), its rights. */
export interface Pairing {
  readonly id: string;
  readonly key: string;
  readonly admin: boolean;
}

/** Versions that an accessory names: FirmwareRevision (HAP §9.40), and Version of its protocol information (§8.17). */
export interface Versions {
  readonly firmware?: string;
  readonly pv?: string;
}

/** Hears changes, in their order. After a lost connection the current values come once more. */
export type Listener = (changes: readonly CharacteristicRead[]) => void;

/** The accessory. Every method but `subscribe` may reject with a `HapError`; a refusal leaves the next call working. */
export interface Accessory {
  /** The hub's name for it, as scopes have it. */
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  /** Where it listens now. */
  address(): Promise<Address>;
  /** Its own id and long-term public key (base64url), as the hub learned them in pairing. */
  identity(): Promise<{ readonly id: string; readonly key: string }>;
  /** Everything it has, as last read; read anew when it says that it has changed, or after a lost connection. */
  accessories(): Promise<readonly ListedAccessory[]>;
  /** What it said of itself when its database was last read, if it ever was: firmware, and version of the protocol. */
  versions(): Versions;
  /** The types of its services at that time, as HAP spells them; undefined when it was never read. */
  serviceTypes(): readonly string[] | undefined;
  read(ids: readonly CharacteristicId[]): Promise<readonly CharacteristicRead[]>;
  /** Writes; with `timedMs` by a timed write that is good for so long (HAP §6.7.2.4). */
  write(writes: readonly CharacteristicWrite[], timedMs?: number): Promise<void>;
  /** Calls back on every change of what can notify; the answer ends that. An accessory that is away is looked for. */
  subscribe(listener: Listener): () => void;
  listPairings(): Promise<readonly Pairing[]>;
  /** Adds a controller, or changes the rights of one that is there with the same key. HAP §5.10. */
  addPairing(pairing: Pairing): Promise<void>;
  /** Removing what is not there is a success. HAP §5.11. */
  removePairing(id: string): Promise<void>;
  /** Ends the session. The next call opens another one. */
  close(): void;
}
