/**
 * Challenges of passkeys (WebAuthn §13.4.3): random, good for five minutes, once, and only for the visitor they were made
 * for. They are signed rather than kept, so that asking for one costs strangers nothing and the hub no record; what is kept
 * is that one was answered rightly, until it is too old anyway.
 */
import { createHmac, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Registry } from '../store/registry.ts';
import { tidyRecords } from './records.ts';
import { SESSION_LIMITS } from './session.ts';

/** How long a challenge may be answered. */
export const CHALLENGE_MS = 300_000;

/** What challenges need. */
export interface ChallengeOptions {
  readonly registry: Registry;
  /** Milliseconds since the epoch, of this node. */
  readonly clock: () => number;
  /** HMAC key, the same on every node. */
  readonly key: KeyObject;
}

/** The challenges. `bound` names a visitor and what they are doing. */
export interface Challenges {
  /** Base64url. */
  make(bound: string): string;
  /** Is it one of ours, for this visitor, and not too old? */
  holds(challenge: string, bound: string): boolean;
  /** Uses it up, for all nodes: true for the first one who does. */
  spend(challenge: string): Promise<boolean>;
}

const NONCE_BYTES = 16;
const TIME_BYTES = 8;
const CHALLENGE = /^[\w-]{75}$/;

/** Makes them. */
export function createChallenges({ registry, clock, key }: ChallengeOptions): Challenges {
  const mac = (bound: string, head: Buffer): Buffer =>
    createHmac('sha256', key)
      .update(JSON.stringify(['passkey-challenge', bound, head.toString('base64url')]))
      .digest();
  return {
    make(bound) {
      const head = Buffer.concat([randomBytes(NONCE_BYTES), Buffer.alloc(TIME_BYTES)]);
      head.writeBigUInt64BE(BigInt(clock() + CHALLENGE_MS), NONCE_BYTES);
      return Buffer.concat([head, mac(bound, head)]).toString('base64url');
    },
    holds(challenge, bound) {
      if (!CHALLENGE.test(challenge)) return false;
      const bytes = Buffer.from(challenge, 'base64url');
      const head = bytes.subarray(0, NONCE_BYTES + TIME_BYTES);
      return timingSafeEqual(mac(bound, head), bytes.subarray(head.length)) && clock() < untilOf(bytes);
    },
    async spend(challenge) {
      const bytes = Buffer.from(challenge, 'base64url');
      // The nonce names it: one challenge cannot be written in two ways that count as two.
      const name = `challenge:${bytes.toString('base64url', 0, NONCE_BYTES)}`;
      const first = await registry.save<{ readonly until: number }>('link', name, 0, { until: untilOf(bytes) });
      await tidyRecords<{ readonly until: number }>(registry, 'link', {
        over: (body) => body.until <= clock(),
        age: (body) => body.until,
        limit: SESSION_LIMITS.links,
      });
      return first;
    },
  };
}

function untilOf(bytes: Buffer): number {
  return Number(bytes.readBigUInt64BE(NONCE_BYTES));
}
