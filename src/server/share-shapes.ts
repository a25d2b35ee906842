/** What sharing a refusal is made of: its parts, the document that is shared, and the operations on shares. */
import type { Fix, Verdict } from '../core/verdict.ts';

/** What may be added to what is shared: facts of open rules, the application's id, the exact time. */
export const SHARE_PARTS = ['values', 'app', 'time'] as const;

/** One of them. */
export type SharePart = (typeof SHARE_PARTS)[number];

/** A share's life, in milliseconds: seven days. */
export const SHARE_MS = 604_800_000;

/** One check that failed or warned. What it compared is there only with `values`, and only of an open rule. */
export interface SharedCheck {
  readonly rule: string;
  readonly outcome: 'fail' | 'warn';
  readonly say: string;
  readonly detail?: string;
  readonly expected?: string;
  readonly presented?: string;
}

/** All that somebody with the link is shown. Values are safe to show, as they are in a verdict. */
export interface SharedRefusal {
  /** Profile and action: `oauth token`. */
  readonly asked: string;
  /** What the application heard. */
  readonly heard?: string;
  /** Why, in one sentence: the cause that decided. */
  readonly why: string;
  /** `2026-11-21`, with `time` also the time of day (RFC 3339, UTC). */
  readonly when: string;
  readonly app?: string;
  readonly failed: number;
  /** Checks that were made. */
  readonly of: number;
  readonly checks: readonly SharedCheck[];
  readonly todo: readonly (Fix & { readonly rule: string })[];
}

/** A share as it is listed: never its link. Times in milliseconds since the epoch, store clock. */
export interface ShareView {
  /** `sh_` plus 26 characters; it cannot be turned back into the link. */
  readonly id: string;
  readonly verdict: string;
  /** Who shared it. */
  readonly by: string;
  readonly at: number;
  readonly until: number;
  readonly with: readonly SharePart[];
}

/** A fresh share. `path` holds the token and is told this once. */
export interface Shared extends ShareView {
  readonly path: string;
  readonly link: string;
  readonly refusal: SharedRefusal;
}

/** A preview. `seal` names exactly this document. */
export interface SharePreview {
  readonly verdict: Verdict;
  readonly refusal: SharedRefusal;
  readonly seal: string;
}

/** What stands behind a link. `gone`: it ended, by itself or because somebody ended it. */
export type OpenedShare =
  | { readonly state: 'live'; readonly refusal: SharedRefusal; readonly receipt: string; readonly until: number }
  | { readonly state: 'gone' };

/** A public key that receipts are verified with. */
export interface ReceiptKeys {
  readonly pem: string;
  /** RFC 7517 */
  readonly jwks: { readonly keys: readonly Readonly<Record<string, string>>[] };
}

/** What the person in charge can do with shares. */
export interface ShareOperations {
  /** Exactly what would be shared. */
  previewShare(verdict: string, parts: readonly SharePart[]): Promise<SharePreview>;
  /** Makes a link for seven days. With `seal`, only what that preview showed; undefined when it has changed since. */
  share(verdict: string, parts: readonly SharePart[], by?: string, seal?: string): Promise<Shared | undefined>;
  /** Live shares, newest first; of one verdict (its whole id) or all. */
  shares(verdict?: string): Promise<readonly ShareView[]>;
  /** Ends a share at once, by its id or a unique beginning of it. */
  revokeShare(id: string): Promise<{ readonly id: string; readonly verdict: string }>;
  /** What a link shows. @throws NotFoundError for a token that was never given out, or is long forgotten */
  openShare(token: string): Promise<OpenedShare>;
  receiptKeys(): Promise<ReceiptKeys>;
}
