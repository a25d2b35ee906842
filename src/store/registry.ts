/**
 * Registries: the slow-moving records a hub knows (Trusted Applications, users, settings). Not on the race path, so a
 * plain keep-and-get port is enough; a save asserts the `rev` it read.
 */

/** A record: `body` belongs to whoever keeps it, as plain JSON. */
export interface Registered<T = unknown> {
  readonly id: string;
  readonly rev: number;
  readonly body: T;
}

/**
 * The kinds of record. `session`, `link` (who is signed in, one-time sign-in links), `lease` (which node does what) and
 * `share` (refusals that were shared) come and go.
 */
export type Registrable = 'app' | 'user' | 'setting' | 'accessory' | 'session' | 'link' | 'lease' | 'share';

/** Kinds whose changes `Loaded.records` does not count: nobody who reads a case remembers these. */
export const PASSING: ReadonlySet<string> = new Set<Registrable>(['session', 'link', 'lease', 'share']);

/** The registry port; the same file or database as the store. */
export interface Registry {
  get<T>(kind: Registrable, id: string): Promise<Registered<T> | undefined>;
  list<T>(kind: Registrable): Promise<Registered<T>[]>;
  /** `rev` 0 creates. False when the record is not at `rev` (somebody else saved it). */
  save<T>(kind: Registrable, id: string, rev: number, body: T): Promise<boolean>;
  /** False when there was none. */
  remove(kind: Registrable, id: string): Promise<boolean>;
}
