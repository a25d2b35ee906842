/**
 * Pair verify (HAP §5.7): both sides prove their long-term keys and agree on the keys of a session. One function per message.
 */
import { type Items, malformed, required, shownId, unproven } from './answers.ts';
import {
  agree,
  hkdf,
  type Identity,
  KEY_BYTES,
  newAgreement,
  open,
  SIGNATURE_BYTES,
  seal,
  sign,
  verifySignature,
} from './keys.ts';
import { ID_MAX_BYTES } from './pair-setup.ts';
import { decodeTlv, encodeTlv, METHOD, TLV, type TlvItem } from './tlv8.ts';

/** A pairing as its controller keeps it. */
export interface Paired {
  /** The accessory's identifier and its long-term public key, 32 bytes. */
  readonly accessoryId: string;
  readonly accessoryLtpk: Uint8Array;
  /** Ours. */
  readonly identity: Identity;
}

/** Our short-lived X25519 pair. */
export type Agreement = ReturnType<typeof newAgreement>;

/** What M2 proved: the accessory's short-lived key, and the secret that both now share. */
export interface Shared {
  readonly accessoryKey: Buffer;
  readonly secret: Buffer;
}

/** HAP §5.7.1 M1: our short-lived key. */
export function verifyM1(): { readonly items: Items; readonly agreement: Agreement } {
  const agreement = newAgreement();
  return {
    agreement,
    items: [
      [TLV.state, 1],
      [TLV.method, METHOD.pairVerify],
      [TLV.publicKey, agreement.publicKey],
    ],
  };
}

/** HAP §5.7.2 M2: its short-lived key, and who it is, signed. @throws HapError when it is not the accessory of this pairing */
export function readVerifyM2(items: readonly TlvItem[], agreement: Agreement, paired: Paired): Shared {
  const step = 'pair-verify M2';
  const accessoryKey = required(items, TLV.publicKey, 'public key', step, [KEY_BYTES, KEY_BYTES]);
  const sealed = required(items, TLV.encryptedData, 'encrypted data', step);
  const secret = agree(agreement.privateKey, accessoryKey);
  if (secret === undefined) throw unproven(step, 'public-key', 'expected a key of X25519, got a point of low order');
  const plain = open(encryptionKey(secret), 'PV-Msg02', sealed);
  if (plain === undefined) throw unproven(step, 'tag', 'the encrypted data cannot be opened with the key just agreed');
  const inner = decodeTlv(plain);
  if (!inner.ok) throw malformed(step, 'tlv', inner.fault);
  const id = required(inner.items, TLV.identifier, 'identifier', step, [1, ID_MAX_BYTES]);
  const signature = required(inner.items, TLV.signature, 'signature', step, [SIGNATURE_BYTES, SIGNATURE_BYTES]);
  if (id.toString().toUpperCase() !== paired.accessoryId.toUpperCase()) {
    const message = 'another accessory answers at this address; look for its present one by mDNS';
    throw unproven(step, 'accessory-id', message, paired.accessoryId, shownId(id));
  }
  const signed = Buffer.concat([accessoryKey, id, agreement.publicKey]);
  if (!verifySignature(paired.accessoryLtpk, signed, signature)) {
    const message = 'the signature does not hold under the key of this pairing: reset since, or somebody else';
    throw unproven(step, 'signature', message, paired.accessoryLtpk);
  }
  return { accessoryKey, secret };
}

/** HAP §5.7.3 M3: who we are, signed. */
export function verifyM3({ accessoryKey, secret }: Shared, agreement: Agreement, { identity }: Paired): Items {
  const id = Buffer.from(identity.id);
  const signed = Buffer.concat([agreement.publicKey, id, accessoryKey]);
  const inner = encodeTlv([
    [TLV.identifier, id],
    [TLV.signature, sign(identity.privateKey, signed)],
  ]);
  return [
    [TLV.state, 3],
    [TLV.encryptedData, seal(encryptionKey(secret), 'PV-Msg03', inner)],
  ];
}

/** HAP §5.7.4 M4, §6.5.2: an answer without an error is all it says; these are the keys of the session, as the controller uses them. */
export function sessionKeys(secret: Uint8Array): { readonly read: Buffer; readonly write: Buffer } {
  return {
    read: hkdf(secret, 'Control-Salt', 'Control-Read-Encryption-Key'),
    write: hkdf(secret, 'Control-Salt', 'Control-Write-Encryption-Key'),
  };
}

function encryptionKey(secret: Uint8Array): Buffer {
  return hkdf(secret, 'Pair-Verify-Encrypt-Salt', 'Pair-Verify-Encrypt-Info');
}
