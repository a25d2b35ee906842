/** The key that signs the audit trail's checkpoints, and when they are made. The trail itself is the stores'. */
import { createPublicKey, sign, verify } from 'node:crypto';
import { privateKeyOf } from '../protocols/sealed/key.ts';
import type { Upkeep } from '../store/upkeep.ts';
import { derived } from './keys.ts';

/** Time between checkpoints: what somebody alters later than this after it was written, shows. */
const SIGN_EVERY_MS = 60_000;

/** Signs and checks texts. */
export interface AuditKey {
  /** Ed25519 signature (RFC 8032), base64url. */
  readonly sign: (text: string) => string;
  readonly holds: (text: string, signature: string) => boolean;
  /** The public half as PEM: enough to check a trail elsewhere. */
  readonly publicPem: string;
}

/** Derives the key from the 32 bytes of the master key. */
export function auditKey(master: Uint8Array): AuditKey {
  const key = privateKeyOf('Ed25519', derived(master, 'audit', 32));
  const publicKey = createPublicKey(key);
  return {
    sign: (text) => sign(null, Buffer.from(text), key).toString('base64url'),
    holds: (text, signature) => verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'base64url')),
    publicPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  };
}

/** Checks with the public half alone. @throws Error when it is no Ed25519 public key */
export function auditVerifier(pem: string): AuditKey['holds'] {
  const key = createPublicKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('expected an Ed25519 public key');
  return (text, signature) => verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'));
}

/** Signs once a minute what was written since, and once more when it is stopped. */
export function startSigning(
  upkeep: Upkeep,
  key: AuditKey,
  onFault: (error: unknown) => void,
): { stop(): Promise<void> } {
  const once = async (): Promise<void> => {
    await upkeep.sign(key.sign).catch(onFault);
  };
  const timer = setInterval(once, SIGN_EVERY_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await once();
    },
  };
}
