/**
 * Checking the audit trail while the hub runs: all of it, but only so much, and one check at a time. What is checked, and
 * what that can and cannot see, is in `store/trail.ts`.
 */
import type { checkTrail as CheckTrail } from '../store/trail.ts';
import type { Chunk, Dump, Upkeep } from '../store/upkeep.ts';
import type { AuditKey } from './audit.ts';
import type { AuditChecked } from './audit-shapes.ts';

/** Rows of all tables together that a check reads: some seconds, and some 60 MB if all of them are verdicts. */
const ROWS_MAX = 200_000;

/** What a hub knows of its audit trail. */
export interface AuditSource {
  readonly upkeep: Pick<Upkeep, 'dump' | 'sign'>;
  readonly key: AuditKey;
  /** Of the store: the composition root hands it in. */
  readonly check: typeof CheckTrail;
  /** Where the master key is kept, in words. */
  readonly master: string;
}

/** Makes the check. Whoever asks while one is under way gets its answer. */
export function createAuditCheck(
  { upkeep, key, check }: AuditSource,
  now: () => Promise<number>,
  rowsMax: number = ROWS_MAX,
): () => Promise<AuditChecked> {
  let running: Promise<AuditChecked> | undefined;
  const once = async (): Promise<AuditChecked> => {
    const begun = performance.now();
    // What was written a moment ago is signed first, so that all of it is covered.
    await upkeep.sign(key.sign);
    const at = await now();
    const seen: Seen = { rows: 0 };
    const dump = await upkeep.dump();
    try {
      const report = await check({ ...dump, chunks: watched(dump.chunks, seen, rowsMax) }, { holds: key.holds });
      const { rows, ...times } = seen;
      return { outcome: 'checked', at, report, ...times, tookMs: Math.round(performance.now() - begun) };
    } catch (error) {
      if (error !== TOO_LARGE) throw error;
      return { outcome: 'too-large', at, rowsMax };
    }
  };
  return () => {
    running ??= once().finally(() => {
      running = undefined;
    });
    return running;
  };
}

const TOO_LARGE = new Error('more rows than a check reads');

interface Seen {
  rows: number;
  signedAt?: number;
  firstAt?: number;
  lastAt?: number;
}

/** Counts what goes by, and notes its times. @throws TOO_LARGE */
async function* watched(chunks: Dump['chunks'], seen: Seen, rowsMax: number): AsyncGenerator<Chunk> {
  for await (const chunk of chunks) {
    seen.rows += chunk.rows.length;
    if (seen.rows > rowsMax) throw TOO_LARGE;
    if (chunk.table === 'audit')
      for (const { at } of chunk.rows) {
        seen.firstAt = Math.min(at, seen.firstAt ?? at);
        seen.lastAt = Math.max(at, seen.lastAt ?? at);
      }
    if (chunk.table === 'checkpoints')
      for (const { at } of chunk.rows) seen.signedAt = Math.max(at, seen.signedAt ?? at);
    yield chunk;
  }
}
