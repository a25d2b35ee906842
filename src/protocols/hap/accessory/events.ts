/**
 * Events to one controller (HAP §6.8): what it asked for, what has changed since it last heard, and when it hears of it: at once
 * when it has been quiet long enough, and together with everything else that changes meanwhile otherwise.
 */
import type { Key } from './attributes.ts';
import type { Subscriptions } from './host.ts';
import type { Value } from './values.ts';

/** What an event tells: an impulse as it was, everything else as it is when the event goes out. */
export interface Change {
  readonly key: Key;
  readonly impulse?: Value;
}

/** The registrations of a session, and what waits to be told. */
export interface EventQueue extends Subscriptions {
  /** Something changed. An impulse is never held back, and never merged with another one. */
  note(key: Key, impulse?: Value): void;
  /** The controller knows it already: it has just written the value itself. */
  forget(key: Key): void;
  /** The session is over. */
  stop(): void;
}

/** Most registrations of one session: beyond all characteristics of the largest bridge that is sensible. */
const KEYS_MAX = 10_000;

/** `send` gets what changed, never nothing. */
export function createEventQueue(coalesceMs: number, send: (changes: readonly Change[]) => void): EventQueue {
  const wanted = new Set<Key>();
  const changed = new Set<Key>();
  let timer: NodeJS.Timeout | undefined;
  let sentMs = Number.NEGATIVE_INFINITY;
  const flush = (): void => {
    timer = undefined;
    const changes = [...changed].map((key) => ({ key }));
    changed.clear();
    if (changes.length === 0) return;
    sentMs = performance.now();
    send(changes);
  };
  return {
    has: (key) => wanted.has(key),
    set(key, on) {
      if (on && wanted.size < KEYS_MAX) wanted.add(key);
      else if (!on) {
        wanted.delete(key);
        changed.delete(key);
      }
    },
    note(key, impulse) {
      if (!wanted.has(key)) return;
      if (impulse !== undefined) return send([{ key, impulse }]);
      changed.add(key);
      // never before the changes of this turn are all there: they make one event
      timer ??= setTimeout(flush, Math.max(0, sentMs + coalesceMs - performance.now()));
    },
    forget(key) {
      changed.delete(key);
    },
    stop() {
      clearTimeout(timer);
      wanted.clear();
      changed.clear();
    },
  };
}
