/**
 * Password hashes: argon2id with OWASP's parameters, at most two at a time, and a short queue.
 *
 * Passwords are normalised to Unicode NFC first, so that the same keys give the same password on every system (macOS
 * and Windows compose accents differently). Not here: who may try how often, see `users.ts`.
 */
import { hash, parseOptions, verify } from '@node-rs/argon2';

/** 19 MiB, two passes, one lane; argon2id is the library's default algorithm (OWASP Password Storage Cheat Sheet). */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** PHC string of a random password nobody knows; verifying against it costs what verifying a real one costs. */
export const DUMMY_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$YGnezIfteOBfP0GGnzwApw$LRaXVGRtnJ7x8ijVYAz0sdnyD1YWvdFko1uo6IAttNk';

/** How much hashing runs and waits at once: two hashes hold 38 MiB and two of libuv's threads. */
const HASHING = { concurrent: 2, queued: 32 } as const;

/** Slow work on passwords. `busy` means that the queue was full and nothing was done. */
export interface Hasher {
  hash(password: string): Promise<string | 'busy'>;
  /** False as well for a hash that cannot be read. */
  verify(passwordHash: string, password: string): Promise<boolean | 'busy'>;
  /** True when the hash was made with other parameters than today's, and should be made again. */
  stale(passwordHash: string): boolean;
}

/** The hasher of one hub; share it, the bound is per hasher. */
export function createHasher(): Hasher {
  const inTurn = queue(HASHING.concurrent, HASHING.queued);
  return {
    hash: (password) => inTurn(() => hash(password.normalize('NFC'), PARAMETERS)),
    verify: (passwordHash, password) =>
      inTurn(() => verify(passwordHash, password.normalize('NFC')).catch(() => false)),
    stale(passwordHash) {
      const used = parseOptions(passwordHash);
      const { memoryCost, timeCost, parallelism } = PARAMETERS;
      return used.memoryCost !== memoryCost || used.timeCost !== timeCost || used.parallelism !== parallelism;
    },
  };
}

/** Runs at most `concurrent` jobs, keeps at most `queued` waiting, turns the rest away. */
function queue(concurrent: number, queued: number): <T>(job: () => Promise<T>) => Promise<T | 'busy'> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (job) => {
    if (running >= concurrent) {
      if (waiting.length >= queued) return 'busy';
      // The one that finishes hands its place on, so `running` stays as it is.
      await new Promise<void>((go) => waiting.push(go));
    } else {
      running++;
    }
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
