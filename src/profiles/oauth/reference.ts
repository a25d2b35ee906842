/**
 * The reference of a verdict, as strangers hear it: the beginning of its id and a nonce, sealed in one AES block.
 * Each answer gets another one, so that no two references can be compared: whether attempts were kept in one row, and so
 * whether this hub ever minted a string, does not show. Only the hub can open it, and only for whoever is signed in.
 */
import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { fromCrockford, toCrockford } from '../../protocols/typed-code/typed-code.ts';

const CIPHER = 'aes-256-ecb';
const BLOCK_BYTES = 16;
/** 80 bits of the id are enough to find the row: sixteen characters. */
const ID_BYTES = 10;
const PREFIX = 'vd_';

/** 26 characters of Crockford base32. One block under ECB is the bare permutation: the nonce makes it unlike any other. */
export function sealReference(key: KeyObject, verdict: string): string {
  const id = fromCrockford(verdict.slice(PREFIX.length)).subarray(0, ID_BYTES);
  const block = Buffer.concat([id, randomBytes(BLOCK_BYTES - ID_BYTES)]);
  return toCrockford(createCipheriv(CIPHER, key, null).setAutoPadding(false).update(block));
}

/** The beginning of the verdict's id, or undefined for what is no reference by its shape. A forged one finds nothing. */
export function openReference(key: KeyObject, reference: string): string | undefined {
  if (!/^[0-9A-HJKMNP-TV-Z]{26}$/.test(reference)) return undefined;
  const block = fromCrockford(reference).subarray(0, BLOCK_BYTES);
  const opened = createDecipheriv(CIPHER, key, null).setAutoPadding(false).update(block);
  return PREFIX + toCrockford(opened.subarray(0, ID_BYTES));
}
