/**
 * What every store must do, in nine atomic methods named for their intent. A CRUD port invites races: here the
 * caller says what it read (`rev`), and the store either does all of it, verdict row included, or nothing.
 *
 * Every adapter passes `test/contract/`. Time is the store's clock, in milliseconds, and never goes backwards.
 */
import type { Code, Effect, Grant, Hold, Limit } from '../core/model.ts';
import type { Consequence, Verdict } from '../core/verdict.ts';

/** What to read for one attempt. Ids and keys that do not exist are simply missing from the answer. */
export interface Ask {
  readonly codes?: readonly string[];
  readonly grants?: readonly string[];
  readonly holds?: readonly string[];
  /** Single-use keys (DPoP `jti`) to look up. */
  readonly once?: readonly string[];
}

/** One consistent reading. For each code asked for, its grant and its successor (`next`) are there too. */
export interface Loaded {
  readonly now: number;
  readonly generation: number;
  readonly codes: ReadonlyMap<string, Code>;
  readonly grants: ReadonlyMap<string, Grant>;
  readonly holds: ReadonlyMap<string, Hold>;
  readonly once: ReadonlySet<string>;
}

/** A decision and the codes handed out for it. Either part may be empty (a code for an existing grant). */
export interface Minting {
  readonly grant?: Grant;
  readonly codes: readonly Code[];
  /** A live code that the first of `codes` takes the place of; it becomes `superseded` and names it. */
  readonly supersedes?: { readonly code: string; readonly rev: number };
  readonly verdict?: Verdict;
}

/** A success: everything it read is asserted, everything it does happens at once. */
export interface Redemption {
  readonly now: number;
  /** The grant that was read; it must still be active at this `rev`. */
  readonly grant: { readonly id: string; readonly rev: number };
  /** The code to use once more, with its successor where it has one. It must be live at this `rev`, with a use left. */
  readonly spend?: { readonly code: string; readonly rev: number; readonly next?: string };
  /** Other codes and holds that were read and must not have changed. */
  readonly unchanged?: readonly { readonly code: string; readonly rev: number }[];
  readonly holds?: readonly { readonly key: string; readonly rev: number | null }[];
  readonly issue: readonly Code[];
  /** Single-use keys to take; one that is taken already makes the redemption stale. */
  readonly once?: readonly { readonly key: string; readonly until: number }[];
  readonly effects?: readonly Effect[];
  readonly verdict?: Verdict;
}

/** `stale`: something that was read has changed; read again and decide again. Nothing was written. */
export type Won = 'done' | 'stale';

/** A refusal. Failures are appended and counted from the append, so that no attacker can stall a rightful holder. */
export interface Refusal {
  readonly now: number;
  readonly verdict: Verdict;
  /** Verdicts with an equal key are one row whose `times` grows (unknown handles: source, cause and minute). */
  readonly coalesce?: string;
  /** The budget this failure counts against. On tripping, `burn` burns `code` if it is live and unspent. */
  readonly strike?: { readonly key: string; readonly limit: Limit; readonly code?: string };
  /** A replay by a proven client: the grant and all that was issued for it die. */
  readonly revokes?: { readonly grant: string; readonly cause: string };
}

/** What a refusal came to: the id of the row that keeps it (an older one when coalesced), and what it did. */
export interface Refused {
  readonly verdict: string;
  readonly consequence: Consequence;
}

/** Ends a grant with everything below it, or one code. Ending what is ended already changes nothing. */
export interface Revocation {
  readonly target: { readonly grant: string } | { readonly code: string };
  readonly cause: string;
  readonly verdict?: Verdict;
}

/** `found` is false when there is no such grant or code; the counts are what this call changed. */
export interface Revoked {
  readonly found: boolean;
  readonly revokedCodes: number;
  readonly undoing: number;
}

/** Lists for the person in charge, newest first. `id` is a prefix. Times in milliseconds. */
export interface Query {
  readonly id?: string;
  readonly grant?: string;
  readonly client?: string;
  /** Verdicts only: a cause id or a rule id. */
  readonly cause?: string;
  readonly since?: number;
  readonly until?: number;
  /** At most 1,000; 100 unless told. */
  readonly limit?: number;
}

/** What can be listed. */
export interface Listing {
  readonly verdicts: Verdict;
  readonly codes: Code;
  readonly grants: Grant;
  readonly effects: Effect;
}

/** How an effect went: verified, or to be tried again at `nextAt`. */
export interface Settlement {
  readonly effect: string;
  readonly rev: number;
  readonly state: 'done' | 'undone' | 'retry';
  readonly nextAt?: number;
  readonly error?: string;
}

/** The port. */
export interface Store {
  /** Reads one attempt's case, and the clock. */
  load(ask: Ask): Promise<Loaded>;
  /** Writes a decision and its codes; `stale` only with `supersedes`. */
  mint(minting: Minting): Promise<Won>;
  /** Uses a code, issues what follows from it, keeps the verdict. At most one of any number of racers wins a use. */
  redeem(redemption: Redemption): Promise<Won>;
  /** Keeps a refusal and counts it. Never conflicts. */
  refuse(refusal: Refusal): Promise<Refused>;
  /** Ends a grant or a code. */
  revoke(revocation: Revocation): Promise<Revoked>;
  /** Lists for people; never on the way of a redemption. */
  find<K extends keyof Listing>(kind: K, query: Query): Promise<Listing[K][]>;
  /** Leases effects that are due or undoing and whose time has come: no other worker gets them for `leaseMs`. */
  claim(ask: { readonly limit: number; readonly leaseMs: number }): Promise<Effect[]>;
  /** Settles a leased effect; false when the lease was lost (another `rev`). */
  settle(settlement: Settlement): Promise<boolean>;
  /** Forgets what is past keeping: used single-use keys, dead codes and verdicts older than `before`. Returns rows. */
  sweep(ask: { readonly before: number }): Promise<number>;
  /** Finishes what is queued and lets go of the file or connections. */
  close(): Promise<void>;
}
