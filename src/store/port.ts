/**
 * What every store must do, in atomic methods named for their intent. A CRUD port invites races: here the
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
  /**
   * Grows with every record of the registry that is saved or removed, passing ones (sessions, links) aside: while it is
   * equal, no application, user or setting has changed.
   */
  readonly records: number;
  readonly codes: ReadonlyMap<string, Code>;
  readonly grants: ReadonlyMap<string, Grant>;
  readonly holds: ReadonlyMap<string, Hold>;
  readonly once: ReadonlySet<string>;
}

/**
 * A decision and the codes handed out for it. Either part may be empty (a code for an existing grant). A code of a
 * grant that is not kept, or an id that is kept already, is a fault: the promise rejects and nothing was written.
 */
export interface Minting {
  readonly grant?: Grant;
  readonly codes: readonly Code[];
  /**
   * A live code (its grant active, a use left, this generation) that the first of `codes` takes the place of; it
   * becomes `superseded` and names it.
   */
  readonly supersedes?: { readonly code: string; readonly rev: number };
  readonly verdict?: Verdict;
}

/** A hold as it was read (`rev` null: there was none), and what it becomes where the redemption changes it. */
export interface HoldRead {
  readonly key: string;
  readonly rev: number | null;
  /** Its new `until`, after which it may be swept, and its new `data`. */
  readonly set?: { readonly until: number; readonly data: string };
}

/** A success: everything it read is asserted, everything it does happens at once. */
export interface Redemption {
  readonly now: number;
  /** The grant that was read; it must still be active at this `rev`. */
  readonly grant: { readonly id: string; readonly rev: number };
  /**
   * The code to use once more, with its successor where it has one. It must belong to that grant and be live at this
   * `rev`, with a use left, in the store's generation. Whether it has expired was decided at `now`, by the caller.
   */
  readonly spend?: { readonly code: string; readonly rev: number; readonly next?: string };
  /** Other codes and holds that were read and must not have changed. */
  readonly unchanged?: readonly { readonly code: string; readonly rev: number }[];
  readonly holds?: readonly HoldRead[];
  readonly issue: readonly Code[];
  /** Single-use keys to take; one that is taken already, and not yet swept, makes the redemption stale. */
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
  /**
   * Verdicts with an equal key are one row whose `times` grows (unknown handles: source, cause and minute). Its id and
   * `at` stay those of the first attempt; `subject`, `policy`, `snapshot` and `checks` become those of the newest, so
   * that whoever changes something within the minute finds what came last under the same reference. Of its
   * `consequence`, what died adds up and the rest is the newest. All else is taken to be equal, and stays. The caller
   * lets no key last longer than `GROWS_MS` (`bounds.ts`), or `Query.touchedSince` does not find the row any more.
   */
  readonly coalesce?: string;
  /**
   * The budget this failure counts against, at this refusal's `now`; each limit counts a key on its own. On tripping,
   * `burn` burns `code` if it is live and unspent; `holdMs` sets the hold of `key`, unless one is in force: that one is
   * neither extended nor changed.
   */
  readonly strike?: { readonly key: string; readonly limit: Limit; readonly code?: string };
  /** A replay by a proven client: the grant and all that was issued for it die. */
  readonly revokes?: { readonly grant: string; readonly cause: string };
}

/** What a refusal came to: the id of the row that keeps it (an older one when coalesced), and what it did. */
export interface Refused {
  readonly verdict: string;
  readonly consequence: Consequence;
}

/**
 * Ends a grant with everything below it (its codes, its effects, the grants that name it as `parent`), or one code.
 * Ending what is ended already (denied, expired, used up) changes nothing, and then the verdict is not kept either.
 */
export interface Revocation {
  readonly target: { readonly grant: string } | { readonly code: string };
  readonly cause: string;
  readonly verdict?: Verdict;
}

/**
 * `found` is false when there is no such grant or code; the counts are what this call changed. A code counts when it
 * was live, unexpired (`until` after the store's now) and had a use left.
 */
export interface Revoked {
  readonly found: boolean;
  readonly revokedCodes: number;
  readonly undoing: number;
}

/**
 * Lists for the person in charge, newest first: verdicts by `at`, ties as they were written; the others as they were
 * written; tallies by bucket. `id` is a prefix. Times in milliseconds. A filter that says nothing of a kind is without
 * effect there.
 */
export interface Query {
  readonly id?: string;
  /** Of this grant; in a list of grants, the grant itself and those right below it. */
  readonly grant?: string;
  /** A verdict's `subject`; otherwise whom the grant is for (`to`). Of a list any one; an empty list finds nothing. */
  readonly client?: string | readonly string[];
  /** A verdict's own, a grant's own, the grant's of a code or effect. */
  readonly profile?: string;
  /** Verdicts and tallies only: whether the attempt was accepted. */
  readonly ok?: boolean;
  /** Verdicts and tallies only: a cause id or a rule id. */
  readonly cause?: string;
  /** Codes, grants and effects only: as it is written in the row; a code that is used up or too old stays `live`. */
  readonly state?: string | readonly string[];
  /**
   * Codes and grants only: what may still be used at this time. A code is live, of this generation, has a use left and
   * ends then or later; a grant is active and ends then, later or never. Of a code, its grant is not looked at.
   */
  readonly liveAt?: number;
  /** Both ends included, of a verdict's `at`, of `from` of a code or grant, of the time an effect was written. */
  readonly since?: number;
  readonly until?: number;
  /**
   * Verdicts and tallies only: rows whose newest attempt was then or later. A row that has grown keeps its `at`, so
   * `since` does not find it again; this does. Rows whose `at` is more than `GROWS_MS` before are not looked at.
   */
  readonly touchedSince?: number;
  /**
   * Goes on after this row of the same list: only rows that come strictly later in its order, so that pages neither lose
   * nor repeat a row. Of verdicts `at` and `id` are the row's own. Of codes, grants and effects only `id` counts. When
   * that row has been swept meanwhile, verdicts go on with those of an older `at`, the other lists end. Not of tallies.
   */
  readonly before?: { readonly at: number; readonly id: string };
  /** At most 1,000; 100 unless told. Tallies are all of them, `TALLIES_MAX` at most, the newest. */
  readonly limit?: number;
  /**
   * Tallies only, and required there with `since` and `until`: a bucket's length, a whole number of milliseconds.
   * Otherwise, or with more than `BUCKETS_MAX` buckets from `since` to `until`: a RangeError.
   */
  readonly bucketMs?: number;
}

/**
 * Attempts of one bucket that ended alike: verdicts counted as often as they happened (`times`), in the bucket of their
 * `at`. Listed by `at`, newest first, then accepted before refused, then by `cause`, null first. No bucket is empty.
 */
export interface Tally {
  /** When the bucket begins: a whole multiple of `bucketMs`. */
  readonly at: number;
  readonly ok: boolean;
  /** The cause id; null for what was accepted. */
  readonly cause: string | null;
  readonly count: number;
}

/** What can be listed. */
export interface Listing {
  readonly verdicts: Verdict;
  readonly codes: Code;
  readonly grants: Grant;
  readonly effects: Effect;
  /** Verdicts, counted for a chart. */
  readonly tallies: Tally;
}

/** What is kept as rows; tallies are counted. */
export type Kept = Exclude<keyof Listing, 'tallies'>;

/**
 * How an effect went: verified, or to be tried again at `nextAt` (at once unless told). Only what is due can be done,
 * only what is undoing can be undone. `error` becomes `lastError`, its absence takes an older one away.
 */
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
  /**
   * Leases effects that are due or undoing and whose time has come, the longest waiting first: no other worker gets
   * them for `leaseMs`. The answer carries the raised `rev` and `attempts`; the grant's revocation ends a lease.
   */
  claim(ask: { readonly limit: number; readonly leaseMs: number }): Promise<Effect[]>;
  /** Settles a leased effect; false when the lease was lost (another `rev`). */
  settle(settlement: Settlement): Promise<boolean>;
  /**
   * Forgets what is past keeping: single-use keys past their own `until`, and codes whose `until` and verdicts whose
   * (last) time is before `before`. A used, burned or revoked code stays until then, so that its cause can be told.
   * Grants and effects stay. Returns how many rows went, in bounded steps.
   */
  sweep(ask: { readonly before: number }): Promise<number>;
  /** Finishes what is queued and lets go of the file or connections. */
  close(): Promise<void>;
}
