/** The accessory's part of a proof: its id and a signature, sealed (HAP §5.6.6, §5.7.2), or one that was forged on request. */
import { type Identity, newIdentity, seal, sign } from '../keys.ts';
import { encodeTlv, TLV } from '../tlv8.ts';
import type { Forgery } from './faults.ts';
import { newDeviceId } from './state.ts';

/** Makes the sealed part of a message. `withKey` sends the long-term public key along, as M6 of pair-setup does. */
export function sealedProof({
  identity: own,
  key,
  label,
  signed,
  withKey,
  forgery,
}: {
  readonly identity: Identity;
  readonly key: Buffer;
  readonly label: string;
  /** What is signed, around the id and, with it, the key. */
  readonly signed: (id: Buffer, publicKey: Buffer) => Uint8Array;
  readonly withKey: boolean;
  readonly forgery: Forgery | undefined;
}): Buffer {
  const identity = forgery === 'wrong-key' ? newIdentity(own.id) : own;
  const id = Buffer.from(forgery === 'wrong-id' ? newDeviceId() : identity.id);
  const signature = sign(identity.privateKey, signed(id, identity.publicKey));
  if (forgery === 'wrong-signature') signature.writeUInt8(signature.readUInt8(0) ^ 1, 0);
  const publicKey = withKey ? [[TLV.publicKey, identity.publicKey] as const] : [];
  return seal(key, label, encodeTlv([[TLV.identifier, id], ...publicKey, [TLV.signature, signature]]));
}
