/**
 * One master key, from which every other key is derived by HKDF (RFC 5869), each for one purpose. Nothing derived is
 * stored. The master key is a file of its own beside the database, mode 0600, or comes from the environment.
 */
import { createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import type { OAuthKeys } from '../profiles/oauth/deps.ts';
import { OperationError } from './operations.ts';

/** Environment variable with a master key: 64 hexadecimal digits. Needed where several nodes share a database. */
const KEY_VARIABLE = 'COUNTERFOIL_KEY';

/** All keys of a hub. */
export interface HubKeys extends OAuthKeys {
  /** CSRF tokens of sign-in sessions. */
  readonly session: KeyObject;
}

/** Derives the keys of a hub from 32 bytes. */
export function deriveKeys(master: Uint8Array): HubKeys {
  const derive = (purpose: string): KeyObject =>
    createSecretKey(Buffer.from(hkdfSync('sha256', master, 'counterfoil', purpose, 32)));
  return {
    successor: derive('refresh-successor'),
    nonce: derive('dpop-nonce'),
    reference: derive('verdict-reference'),
    apiNonce: createSecretKey(randomBytes(32)),
    session: derive('session'),
  };
}

/**
 * The master key: from the environment, else from `file`, which is made when it is missing.
 *
 * @throws OperationError when what is there is no key, or a file that somebody else made or may read
 */
export function masterKey(file: string, environment: NodeJS.ProcessEnv = process.env): Uint8Array {
  const given = environment[KEY_VARIABLE];
  if (given !== undefined && given !== '') return parseKey(given, `the variable ${KEY_VARIABLE}`);
  try {
    // `wx` fails when the file is there, so that two hubs that start at once agree on one key.
    writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const opened = openSync(file, 'r');
  try {
    expectPrivate(fstatSync(opened), file);
    return parseKey(readFileSync(opened, 'utf8'), file);
  } finally {
    closeSync(opened);
  }
}

/** In a folder that others may write to, the file could be theirs: then they know every key. Windows has no modes. */
function expectPrivate({ uid, mode }: { readonly uid: number; readonly mode: number }, file: string): void {
  const me = process.getuid?.();
  if (me === undefined) return;
  if (uid !== me && uid !== 0)
    throw new OperationError(
      `${file} should be a file of yours or of root, but it belongs to user ${uid}: move it away, and never use it`,
    );
  if ((mode & 0o077) !== 0)
    throw new OperationError(
      `${file} should be for its owner only, but its mode is ${(mode & 0o777).toString(8)}: chmod 600 it, or replace it if others may have read it`,
    );
}

function parseKey(text: string, where: string): Uint8Array {
  const hex = text.trim();
  if (/^[0-9a-fA-F]{64}$/.test(hex)) return Buffer.from(hex, 'hex');
  throw new OperationError(
    `${where} holds no master key: expected 64 hexadecimal digits, got ${hex.length} characters; restore it from your backup`,
  );
}
