/**
 * The audit trail: what makes an altered, removed or invented verdict show. Each process that writes has a chain of its
 * own; every committed batch that writes verdicts adds one link, in the same transaction. A link names each row by the
 * digest of all its columns, and its hash covers the link before it. From time to time the newest hash of a chain is
 * signed (a checkpoint): whoever can write to the database but has not the key cannot make the chain anew.
 *
 * A link's body is lines, one an entry, fields apart by one blank:
 *
 *     kept vd_… TIMES DIGEST      a row was written, or has grown to TIMES attempts
 *     erased vd_… TIMES DIGEST    its payload was pruned; this is what is left
 *     swept BEFORE                verdicts last seen before this time, and links as old, may be gone
 *     restored GENERATION         everything before was replaced by a backup
 *     after CHAIN SEQ HASH        first in a chain: the newest link of another chain that its process saw
 *
 * Not here: storing (each adapter), checking (`trail.ts`), and the key (`server/keys.ts`).
 */
import { hash, randomBytes } from 'node:crypto';
import type { VerdictRow } from './rows.ts';

/** A row of `audit`. `at` is the time of the batch, in milliseconds; hashes are SHA-256 in hexadecimal. */
export interface Link {
  readonly chain: string;
  /** 1, 2, 3 … without a gap. */
  readonly seq: number;
  readonly at: number;
  readonly prev: string;
  readonly hash: string;
  readonly body: string;
}

/** A signed link. `signature` is whatever the signer made of `checkpointText`. */
export interface Checkpoint {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
  readonly at: number;
  readonly signature: string;
}

/** The hash before the first link of a chain. */
export const NO_HASH: string = '0'.repeat(64);

/** The digest of a verdict's row: SHA-256 over all columns, base64url. */
export function digestOf(row: VerdictRow): string {
  const { id, at, last_at, subject, decisive, cause, grant_id, code_id, coalesce_key, times, consequence } = row;
  const columns = [id, at, last_at, subject, decisive, cause, grant_id, code_id, coalesce_key, times, consequence];
  return hash('sha256', `${JSON.stringify(columns)}\n${row.body}`, 'base64url');
}

/** The entry of a row that was written or has grown. */
export function keptEntry(row: VerdictRow): string {
  return `kept ${row.id} ${row.times} ${digestOf(row)}`;
}

/** The entry of a row whose payload was pruned. */
export function erasedEntry(row: VerdictRow): string {
  return `erased ${row.id} ${row.times} ${digestOf(row)}`;
}

/** The entry of a sweep. */
export function sweptEntry(before: number): string {
  return `swept ${before}`;
}

/** The entry of a restored backup. */
export function restoredEntry(generation: number): string {
  return `restored ${generation}`;
}

/** What a link's hash is taken of. */
export function linkText({ chain, seq, at, prev, body }: Omit<Link, 'hash'>): string {
  return `counterfoil link\n${chain}\n${seq}\n${at}\n${prev}\n${body}`;
}

/** What a checkpoint's signature is taken of. */
export function checkpointText({ chain, seq, hash: linkHash, at }: Omit<Checkpoint, 'signature'>): string {
  return `counterfoil checkpoint\n${chain}\n${seq}\n${at}\n${linkHash}`;
}

/** Where a chain stands. */
export interface Head {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
}

/**
 * The chain of one process. Entries are noted while a batch is applied; `link` makes the row to write with them; only
 * `committed` moves the head, so that a batch that was rolled back leaves no trace.
 */
export interface Chain {
  note(entry: string): void;
  /** How many entries are noted; `forget` goes back to such a number. */
  readonly noted: number;
  forget(noted: number): void;
  /** The row to write, or undefined when nothing was noted. `newest` is asked once, for the first link of the chain. */
  link(at: number, newest: () => Head | undefined): Link | undefined;
  committed(): void;
  /** Has the newest committed link signed, where no checkpoint covers it yet. */
  sign(at: number, signer: (text: string) => string): Checkpoint | undefined;
  /** Begins again under another name: the links so far were replaced by a backup. */
  restart(): void;
}

/** Starts a chain under a fresh name. */
export function startChain(): Chain {
  let chain = freshName();
  let signedSeq = 0;
  let entries: string[] = [];
  let head: Head | undefined;
  let next: Head | undefined;
  return {
    note(entry) {
      entries.push(entry);
    },
    get noted() {
      return entries.length;
    },
    forget(noted) {
      entries.length = noted;
    },
    link(at, newest) {
      if (entries.length === 0) return undefined;
      const before = head ? undefined : newest();
      const lines = before ? [`after ${before.chain} ${before.seq} ${before.hash}`, ...entries] : entries;
      const unhashed = { chain, seq: (head?.seq ?? 0) + 1, at, prev: head?.hash ?? NO_HASH, body: lines.join('\n') };
      const link = { ...unhashed, hash: hash('sha256', linkText(unhashed), 'hex') };
      next = link;
      return link;
    },
    committed() {
      if (!next) return;
      head = { chain: next.chain, seq: next.seq, hash: next.hash };
      next = undefined;
      entries = [];
    },
    sign(at, signer) {
      if (!head || head.seq <= signedSeq) return undefined;
      const unsigned = { ...head, at };
      signedSeq = head.seq;
      return { ...unsigned, signature: signer(checkpointText(unsigned)) };
    },
    restart() {
      chain = freshName();
      signedSeq = 0;
      entries = [];
      head = undefined;
    },
  };
}

function freshName(): string {
  return randomBytes(9).toString('base64url');
}
