/**
 * One master key, from which every other key is derived by HKDF (RFC 5869), each for one purpose. Nothing derived is
 * stored. The master key is a file of its own beside the database, mode 0600, or comes from the environment.
 */
import { createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import type { OAuthKeys, SealingKeys } from '../profiles/oauth/deps.ts';
import { privateKeyOf, type SealingKey, sealingKey } from '../protocols/sealed/key.ts';
import { type SigningKey, signingKey } from '../protocols/signed-code/signed-code.ts';
import type { Registry } from '../store/registry.ts';
import { OperationError } from './operations.ts';
import { changeRecord } from './records.ts';

/** Environment variable with a master key: 64 hexadecimal digits. Needed where several machines share a database. */
const KEY_VARIABLE = 'COUNTERFOIL_KEY';

/** All keys of a hub. */
export interface HubKeys extends OAuthKeys {
  /** CSRF tokens of sign-in sessions. */
  readonly session: KeyObject;
  readonly codes: SigningKey;
  readonly sealing: SealingKeys;
  /** Seed of the hub's long-term Ed25519 key: its bridge's, and what signs the statement of the sealing key. */
  readonly ltpk: Uint8Array;
  /** 32 bytes that the hub's HAP identity as a controller is made of. */
  readonly controller: Uint8Array;
  /** 32 bytes that seal what accessories of the hub's own keep secret. */
  readonly devices: Uint8Array;
  /** The 32 bytes of a key for card fingerprints, by its name. */
  readonly cards: (id: string) => Uint8Array;
  /** Signs the receipts of shared refusals. */
  readonly receipts: SigningKey;
}

/** So many bytes for one purpose, by HKDF-SHA-256 (RFC 5869) from the 32 bytes of the master key. */
export function derived(master: Uint8Array, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', master, 'counterfoil', purpose, bytes));
}

/** A sealing key is for 30 days. */
const SEALING_MS = 30 * 86_400_000;
/** It is good for a day on either side of them. */
export const SPARE_MS = 86_400_000;
/** Keys before the one in force that are still known by name. */
const OLDER = 3;

/** The sealing keys at a time: each month has its own, the same on every node. Made when they are first asked for. */
function sealingKeys(master: Uint8Array): SealingKeys['keysAt'] {
  const made = new Map<number, SealingKey>();
  const keyOf = (month: number): SealingKey => {
    const start = month * SEALING_MS;
    const times = { notBefore: start - SPARE_MS, notAfter: start + SEALING_MS + SPARE_MS };
    const key = made.get(month) ?? sealingKey(derived(master, `sealing:${month}`, 32), times);
    made.set(month, key);
    for (const old of made.keys()) if (made.size > 2 * OLDER) made.delete(old);
    return key;
  };
  return (now) => {
    const month = Math.floor(now / SEALING_MS);
    return [keyOf(month), ...Array.from({ length: OLDER }, (_, i) => keyOf(month - 1 - i))];
  };
}

/** Derives the keys of a hub from 32 bytes. */
export function deriveKeys(master: Uint8Array): HubKeys {
  const ltpk = derived(master, 'hub-ltpk', 32);
  const derive = (purpose: string): KeyObject => createSecretKey(derived(master, purpose, 32));
  return {
    successor: derive('refresh-successor'),
    nonce: derive('dpop-nonce'),
    reference: derive('verdict-reference'),
    apiNonce: createSecretKey(randomBytes(32)),
    session: derive('session'),
    controller: derived(master, 'hap-controller', 32),
    devices: derived(master, 'hap-devices', 32),
    ltpk,
    cards: (id) => derived(master, `card-fingerprint:${id}`, 32),
    receipts: signingKey(privateKeyOf('Ed25519', derived(master, 'receipt', 32))),
    codes: signingKey(privateKeyOf('Ed25519', derived(master, 'signed-code', 32))),
    sealing: { ltsk: privateKeyOf('Ed25519', ltpk), keysAt: sealingKeys(master) },
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

/** Where `masterKey` takes it from, in words. */
export function masterPlace(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const given = environment[KEY_VARIABLE];
  return file === undefined || (given !== undefined && given !== '') ? `the variable ${KEY_VARIABLE}` : file;
}

/**
 * Makes sure that everybody who shares this data has the same master key: the first to come leaves a mark of it. With two
 * keys, one node would refuse the refresh tokens, proofs and forms of another.
 *
 * @throws OperationError when the mark is another key's
 */
export async function expectSameKey(registry: Registry, master: Uint8Array): Promise<void> {
  const mark = derived(master, 'key-mark', 16).toString('hex');
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
