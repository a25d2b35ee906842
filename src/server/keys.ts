/**
 * One master key, from which every other key is derived by HKDF (RFC 5869), each for one purpose. Nothing derived is
 * stored. The master key is a file of its own beside the database, mode 0600, or comes from the environment.
 */
import { createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
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
    apiNonce: createSecretKey(randomBytes(32)),
    session: derive('session'),
  };
}

/**
 * The master key: from the environment, else from `file`, which is made when it is missing.
 *
 * @throws OperationError when what is there is no key
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
  return parseKey(readFileSync(file, 'utf8'), file);
}

function parseKey(text: string, where: string): Uint8Array {
  const hex = text.trim();
  if (/^[0-9a-fA-F]{64}$/.test(hex)) return Buffer.from(hex, 'hex');
  throw new OperationError(
    `${where} holds no master key: expected 64 hexadecimal digits, got ${hex.length} characters; restore it from your backup`,
  );
}
