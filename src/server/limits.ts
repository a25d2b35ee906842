/**
 * How much the hub takes on: places for requests in flight, given out by how long a request would wait, and paces, of
 * one grant or one source. Everything is arithmetic over counters: no timers, nothing kept per request. Why and how much:
 * `docs/decisions/0016-overload.md`. Not here: what failures cost (`core/limit.ts`, `attempts.ts`).
 */
import type { Pace } from '../profiles/oauth/deps.ts';

/** What a hub takes on. Every number but `drainMs` and `holdMs` may be `Number.POSITIVE_INFINITY`: that limit is off then. */
export interface Limits {
  /** Requests that may be in flight (between their last byte and their answer). */
  readonly inFlightMax: number;
  /** A request that would have to wait longer than this for its answer is turned away at once. */
  readonly waitMs: number;
  /** When the hub stops: how long requests in flight may take to finish. */
  readonly drainMs: number;
  /** Refreshes that one grant may make in a burst, and how often one more after it. */
  readonly refreshBurst: number;
  readonly refreshEveryMs: number;
  /** Attempts that one merchant may ask about or reserve in a burst, and how often one more. */
  readonly paymentsBurst: number;
  readonly paymentsEveryMs: number;
  /** Refusals that one source is told at once in a burst, and how often one more: the others are gathered for a moment. */
  readonly failureBurst: number;
  readonly failureEveryMs: number;
  /**
   * How long a refusal of a token or a call of the API takes at least, and half of what it takes at most (`steady.ts`); 0
   * answers as soon as can be.
   */
  readonly holdMs: number;
  /** Event streams that may be open for one grant. */
  readonly streamsPerGrant: number;
}

/** Places for requests. */
export interface Admission {
  /** Would a request from `source` get a place now? Asked before its body is read. */
  hasPlace(source: string): boolean;
  /** Takes a place; every `true` is given back by one `leave`. */
  enter(source: string): boolean;
  leave(source: string): void;
  readonly inFlight: number;
  /** Resolves when no request is in flight. */
  idle(): Promise<void>;
}

/** So few are always let in: what they need says nothing about how many could be served together. */
const ALWAYS = 64;
/** Busy time after which the rate is judged anew. */
const WINDOW_MS = 250;
/** A share of the places on top of the limit, for sources that have no request in flight. */
const RESERVE = 1 / 8;

/**
 * The places of one hub. How many there are follows from the rate at which answers were last given while many waited:
 * as many as are answered within `waitMs`. Sources share them: half full, a source keeps to an equal share, and one that
 * has nothing in flight gets in past the limit, so that no flood from one source keeps another one out.
 *
 * @param clock milliseconds, never backwards
 */
export function createAdmission(
  { inFlightMax, waitMs }: Pick<Limits, 'inFlightMax' | 'waitMs'>,
  clock: () => number = () => performance.now(),
): Admission {
  const held = new Map<string, number>();
  const waiting: (() => void)[] = [];
  let inFlight = 0;
  let limit = inFlightMax;
  // The window: its busy time so far, since when it has been busy again, answers given, the most in flight at once.
  let busyMs = 0;
  let at = clock();
  let answered = 0;
  let peak = 0;

  function elapse(): void {
    const now = clock();
    if (inFlight > 0) busyMs += now - at;
    // After a quiet time what was known of the rate is no longer so.
    else if (now - at > waitMs) limit = inFlightMax;
    at = now;
  }

  /**
   * Only when somebody asks for a place, and once there was an answer: a store answers many at once, and a window must
   * not end in the middle of that, or before it.
   */
  function measure(): void {
    if (busyMs < WINDOW_MS || (answered === 0 && busyMs < waitMs)) return;
    // Few requests in flight tell how long they took, and not how many could have been served.
    const known = peak >= ALWAYS && Number.isFinite(waitMs);
    limit = known ? Math.min(inFlightMax, Math.max(ALWAYS, (answered / busyMs) * waitMs)) : inFlightMax;
    busyMs = 0;
    answered = 0;
    peak = inFlight;
  }

  function hasPlace(source: string): boolean {
    elapse();
    measure();
    if (inFlight * 2 < limit) return true;
    const own = held.get(source) ?? 0;
    if (inFlight >= limit) return own === 0 && inFlight < limit * (1 + RESERVE);
    return own === 0 || own < limit / held.size;
  }

  return {
    hasPlace,
    enter(source) {
      if (!hasPlace(source)) return false;
      held.set(source, (held.get(source) ?? 0) + 1);
      inFlight += 1;
      if (inFlight > peak) peak = inFlight;
      return true;
    },
    leave(source) {
      elapse();
      const own = held.get(source) ?? 0;
      if (own > 1) held.set(source, own - 1);
      else held.delete(source);
      inFlight -= 1;
      answered += 1;
      if (inFlight === 0) for (const tell of waiting.splice(0)) tell();
    },
    get inFlight() {
      return inFlight;
    },
    idle: () => (inFlight === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}

/** Keys whose pace is remembered; those that were counted longest ago are forgotten first, a tenth at a time, and may have a burst again. */
const KEYS = 50_000;

/**
 * A pace for each key (a grant, a source): a burst, then one every so often. GCRA: of each key only the time is kept
 * until which what it was given is paid for.
 */
export function createPace(burst: number, everyMs: number): Pace {
  const paidUntil = new Map<string, number>();
  const aheadMs = (burst - 1) * everyMs;
  return {
    waitMs: (key, now) => Math.max(0, (paidUntil.get(key) ?? 0) - now - aheadMs),
    take(key, now) {
      const until = Math.max(paidUntil.get(key) ?? 0, now) + everyMs;
      paidUntil.delete(key);
      paidUntil.set(key, until);
      if (paidUntil.size <= KEYS) return;
      // Many at once: finding the first key of a map costs as much as there were deleted before it.
      let surplus = KEYS / 10;
      for (const oldest of paidUntil.keys()) {
        if (surplus-- === 0) break;
        paidUntil.delete(oldest);
      }
    },
  };
}
