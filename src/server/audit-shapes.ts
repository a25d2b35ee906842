/** What the person in charge is told of the hub's keys and of its audit trail. Plain JSON; never a secret. */
import type { TrailReport } from '../store/trail.ts';
import type { AccountEvent } from './account-events.ts';

/** A key pair of the hub, by its public half. */
export interface KeyView {
  /** What it is for, in a word; the sealing keys of several months share one. */
  readonly use: 'audit' | 'receipts' | 'codes' | 'sealing' | 'hub' | 'controller';
  readonly algorithm: 'Ed25519' | 'X25519';
  /** As others name it: a `kid`, a HAP pairing id; some have none. */
  readonly id?: string;
  /** SHA-256 of the 32 bytes of the public key, hexadecimal. */
  readonly fingerprint: string;
  /** Those bytes, base64url. */
  readonly publicKey: string;
  /** Milliseconds since the epoch; a key without times does not change while the master key is the same. */
  readonly from?: number;
  readonly until?: number;
}

/** All of them, and where the secret is that they are made of. */
export interface KeyList {
  readonly master: string;
  readonly keys: readonly KeyView[];
}

/** What a check of the audit trail came to. Times in milliseconds since the epoch. */
export type AuditChecked = { readonly at: number } & (
  | {
      readonly outcome: 'checked';
      readonly report: TrailReport;
      /** Of the newest signature, the oldest link, the newest link. */
      readonly signedAt?: number;
      readonly firstAt?: number;
      readonly lastAt?: number;
      readonly tookMs: number;
    }
  /** More rows than a hub that has other things to do reads at once: the command line does it beside it. */
  | { readonly outcome: 'too-large'; readonly rowsMax: number }
);

/** What can be asked. */
export interface AuditOperations {
  /** Needs a running hub. */
  keys(): Promise<KeyList>;
  /** Checks all verdicts against the signed audit trail, one check at a time. Needs a running hub. */
  checkAudit(): Promise<AuditChecked>;
  /** The last check of this process; null when there was none. */
  auditChecked(): Promise<AuditChecked | null>;
  /** Who signed in, newest first, as far back as it is kept. */
  accountEvents(): Promise<readonly AccountEvent[]>;
}
