/** What is judged of a call of the gate before anything of it is read: the key that it came with, and whose that is. */
import type { Code, Grant } from '../../core/model.ts';
import { codeId, readCode } from '../../protocols/typed-code/typed-code.ts';

/** Whose key it is, as far as that is known. Times are milliseconds since the epoch, the store's clock. */
export interface AccessCase {
  readonly now: number;
  /** `absent`: the call named none. */
  readonly key: 'absent' | 'malformed' | 'read';
  /** Of a malformed one: what is wrong with its form. */
  readonly detail?: string;
  readonly code?: Pick<Code, 'id' | 'state' | 'until' | 'generation'>;
  readonly merchant?: Pick<Grant, 'id' | 'to' | 'state' | 'until'>;
  /** Of the store: a restored backup raises it. */
  readonly generation: number;
}

/** A key as it came: its fingerprint, or what is wrong with it. */
export type PresentedKey =
  | { readonly key: 'absent' }
  | { readonly key: 'malformed'; readonly detail: string }
  | { readonly key: 'read'; readonly id: string };

/** Longest `Authorization` field that is looked at, in characters. */
const FIELD_MAX = 1_024;

/** Reads `Authorization: Bearer cfp_…` (RFC 6750 §2.1). */
export function readKey(authorization: string | undefined): PresentedKey {
  if (authorization === undefined || authorization === '') return { key: 'absent' };
  const found = authorization.length > FIELD_MAX ? null : /^bearer +(\S+)$/i.exec(authorization.trim());
  if (!found) return { key: 'malformed', detail: 'expected one header Authorization: Bearer and a key behind it' };
  const read = readCode('payments_key', found[1] ?? '');
  return read.ok ? { key: 'read', id: codeId('payments_key', read.body) } : { key: 'malformed', detail: read.detail };
}
