/** Pairings of an accessory, over a verified session of an admin (HAP §5.10 to §5.12). One function per message. */
import { type Items, malformed, required } from './answers.ts';
import { KEY_BYTES } from './keys.ts';
import { ID_MAX_BYTES } from './pair-setup.ts';
import { firstInteger, METHOD, splitAt, TLV, type TlvItem } from './tlv8.ts';

/** Permissions: bit 0 (HAP §5.15 table 5-6). There is nothing between a user, who may everything but this page, and an admin. */
const ADMIN = 1;

/** A controller as the accessory knows it. */
export interface Pairing {
  readonly id: string;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly admin: boolean;
}

/** @throws HapError `malformed` for an identifier or key that no accessory could keep */
export function checkPairing({ id, publicKey }: Pairing): void {
  const bytes = Buffer.byteLength(id);
  if (bytes === 0 || bytes > ID_MAX_BYTES)
    throw malformed(
      'add-pairing',
      'length',
      `expected a pairing identifier of 1 to ${ID_MAX_BYTES} bytes, got ${bytes}`,
    );
  if (publicKey.length !== KEY_BYTES)
    throw malformed('add-pairing', 'length', `expected a public key of ${KEY_BYTES} bytes, got ${publicKey.length}`);
}

/** HAP §5.10 M1: adds a controller, or changes what a present one with the same key may do. */
export function addPairingM1({ id, publicKey, admin }: Pairing): Items {
  return [
    [TLV.state, 1],
    [TLV.method, METHOD.addPairing],
    [TLV.identifier, Buffer.from(id)],
    [TLV.publicKey, publicKey],
    [TLV.permissions, admin ? ADMIN : 0],
  ];
}

/** HAP §5.11 M1: removes a controller. Without the last admin the accessory forgets all of them. */
export function removePairingM1(id: string): Items {
  return [
    [TLV.state, 1],
    [TLV.method, METHOD.removePairing],
    [TLV.identifier, Buffer.from(id)],
  ];
}

/** HAP §5.12 M1: asks for all of them. */
export function listPairingsM1(): Items {
  return [
    [TLV.state, 1],
    [TLV.method, METHOD.listPairings],
  ];
}

/** HAP §5.12 M2: all of them. A second identifier begins another one even where the separator is missing. @throws HapError */
export function readListPairingsM2(items: readonly TlvItem[]): readonly Pairing[] {
  const step = 'list-pairings';
  const lists = splitAt(items).flatMap(splitAtIdentifiers);
  return lists.map((list) => {
    const id = required(list, TLV.identifier, 'identifier', step, [1, ID_MAX_BYTES]);
    const publicKey = required(list, TLV.publicKey, 'public key', step, [KEY_BYTES, KEY_BYTES]);
    const permissions = firstInteger(list, TLV.permissions);
    if (permissions === undefined) throw malformed(step, 'missing', 'expected permissions, got none');
    return { id: id.toString(), publicKey, admin: (permissions & ADMIN) === ADMIN };
  });
}

/** Leaves out what stands before the first identifier: the state. */
function splitAtIdentifiers(items: readonly TlvItem[]): readonly (readonly TlvItem[])[] {
  const lists: TlvItem[][] = [];
  for (const item of items) {
    if (item.type === TLV.identifier) lists.push([]);
    lists.at(-1)?.push(item);
  }
  return lists;
}
