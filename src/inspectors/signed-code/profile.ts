/**
 * The table of the inspector, in the order in which a code is read: its text, its encoding, its length, then the key, the
 * signature and the time. The first rule that fails is the one to act on.
 */
import { createHash } from 'node:crypto';
import type { Phase } from '../../core/rule.ts';
import type { SignedCodeCase } from './case.ts';
import { codeCurrent } from './rules/code-current.ts';
import { codeEncoding } from './rules/code-encoding.ts';
import { codeText } from './rules/code-text.ts';
import { codeWhole } from './rules/code-whole.ts';
import { keyKnown } from './rules/key-known.ts';
import { keyLength } from './rules/key-length.ts';
import { signatureValid } from './rules/signature-valid.ts';

const code: readonly Phase<SignedCodeCase>[] = [
  { id: 'code', rules: [codeText, codeEncoding, codeWhole] },
  { id: 'key', rules: [keyLength, keyKnown] },
  { id: 'signature', rules: [signatureValid, codeCurrent] },
];

/** The one table, by action. */
export const tables: { readonly code: readonly Phase<SignedCodeCase>[] } = { code };

/** Names this table: equal policy and snapshot give an equal tree. */
export const policy: string = createHash('sha256')
  .update(JSON.stringify([tables, 'signed-code-1']))
  .digest('base64url')
  .slice(0, 12);
