/**
 * One master key, from which every other key is derived by HKDF (RFC 5869), each for one purpose. Nothing derived is
 * stored. The master key is a file of its own beside the database, mode 0600, or comes from the environment.
 */
import { createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import type { OAuthKeys } from '../profiles/oauth/deps.ts';
import type { Registry } from '../store/registry.ts';
import { OperationError } from './operations.ts';
import { changeRecord } from './records.ts';

/** Environment variable with a master key: 64 hexadecimal digits. Needed where several machines share a database. */
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
 * The master key: from the environment, else from `file`, which is made when it is missing. Without a file it must be in
 * the environment.
 *
 * @throws OperationError when what is there is no key, or a file that somebody else made or may read
 */
export function masterKey(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Uint8Array {
  const given = environment[KEY_VARIABLE];
  if (given !== undefined && given !== '') return parseKey(given, `the variable ${KEY_VARIABLE}`);
  if (file === undefined)
    throw new OperationError(
      `expected the variable ${KEY_VARIABLE} with the master key that all nodes of this database share, got none: make one with "openssl rand -hex 32" and keep it as you keep a password`,
    );
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

/**
 * Makes sure that everybody who shares this data has the same master key: the first to come leaves a mark of it. With two
 * keys, one node would refuse the refresh tokens, proofs and forms of another.
 *
 * @throws OperationError when the mark is another key's
 */
export async function expectSameKey(registry: Registry, master: Uint8Array): Promise<void> {
  const mark = Buffer.from(hkdfSync('sha256', master, 'counterfoil', 'key-mark', 16)).toString('hex');
  const kept = await changeRecord<{ readonly mark: string }>(registry, 'setting', 'key-mark', (now) => now ?? { mark });
  if (kept.mark !== mark)
    throw new OperationError(
      `expected the ${KEY_VARIABLE} that this database was first used with, got another one: give every node and every command the same`,
    );
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
