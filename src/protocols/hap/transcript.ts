/**
 * What a controller did and what it got, step by step, without a secret: no setup code, no key but as a fingerprint, no
 * characteristic value. It is what the doctor reads, and what a user may send to somebody who helps.
 */

/** Where in a dialogue something happened. `M1` … `M6` are the messages of HAP §5.6 and §5.7. */
export type Step =
  | 'discover'
  | 'connect'
  | 'identify'
  | 'pair-setup M1'
  | 'pair-setup M2'
  | 'pair-setup M3'
  | 'pair-setup M4'
  | 'pair-setup M5'
  | 'pair-setup M6'
  | 'pair-verify M1'
  | 'pair-verify M2'
  | 'pair-verify M3'
  | 'pair-verify M4'
  | 'session'
  | 'accessories'
  | 'read'
  | 'write'
  | 'prepare'
  | 'timed-write'
  | 'subscribe'
  | 'event'
  | 'list-pairings'
  | 'add-pairing'
  | 'remove-pairing';

/**
 * What happened. `known`: something the controller knew before (a record of its own, a TXT field, the form of the code it
 * was given); `sent` and `received`: a message; `timeout`: the deadline passed; `closed`: the other side closed;
 * `failed`: a look at what came ended the dialogue; `done`: the operation succeeded.
 */
export type Event = 'known' | 'sent' | 'received' | 'timeout' | 'closed' | 'failed' | 'done';

/**
 * One line. Names of facts, where they apply:
 * `address`, `port`, `errno` (a Node code), `connect_ms`, `waited_ms`, `deadline_ms`, `bytes`, `http_status`, `content_type`,
 * `state` (TLV), `error` (TLV error number), `retry_delay_s`, `hap_status`, `aid`, `iid`, `ttl_ms`, `late_ms`, `frame` (number in its
 * direction), `check` (what did not hold: `srp-proof`, `signature`, `accessory-id`, `tag`, `state`, `public-key`, `length` …),
 * `by` (`caller`: whoever asked for it stopped it), `expected` and `presented` (fingerprints or plain names), `fault` (how bytes were malformed), TXT fields as `txt_id`,
 * `txt_sf`, `txt_pv`, `txt_c`, `txt_s`, `txt_ff`, `txt_md`, `txt_ci`; of our own records `paired_here` (we hold a pairing), `admin`,
 * `accessory_id` (the one that is meant), `ltpk_bytes` (length of its key as we keep it), `own_failures` (wrong codes that we
 * have sent), `code_form` (`ok`, `trivial`, `length`, `characters`), `last_address`,
 * `last_port`, `firmware`, `policy`.
 */
export interface Entry {
  /** Milliseconds since the transcript began. */
  readonly atMs: number;
  readonly step: Step;
  readonly event: Event;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

/** Takes entries as they happen. */
export type Recorder = (step: Step, event: Event, facts?: Entry['facts']) => void;

/** Most entries that are kept: the first ones, and of an endless session the newest. */
const HEAD = 200;
const TAIL = 200;

/** A transcript that grows, bounded; `clock` in milliseconds. */
export function createTranscript(clock: () => number = () => performance.now()): {
  readonly record: Recorder;
  entries(): readonly Entry[];
} {
  const began = clock();
  const head: Entry[] = [];
  let tail: Entry[] = [];
  return {
    record(step, event, facts = {}) {
      const entry: Entry = { atMs: Math.round(clock() - began), step, event, facts };
      if (head.length < HEAD) head.push(entry);
      else tail.push(entry);
      if (tail.length > 2 * TAIL) tail = tail.slice(-TAIL);
    },
    entries: () => [...head, ...tail.slice(-TAIL)],
  };
}
