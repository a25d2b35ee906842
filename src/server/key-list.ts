/** The hub's key pairs by their public halves, for people who compare them. Secrets have no way into this. */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { rawPublicKey } from '../protocols/sealed/key.ts';
import type { KeyList, KeyView } from './audit-shapes.ts';
import type { HubKeys } from './keys.ts';

/** What the list is made of. */
export interface KeyListInput {
  readonly keys: Pick<HubKeys, 'codes' | 'receipts' | 'sealing'>;
  /** The public half of the audit key, PEM. */
  readonly audit: string;
  /** The hub as a controller of accessories. */
  readonly controller: { readonly id: string; readonly publicKey: Uint8Array };
  readonly master: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Makes it: what others check with first, then what changes by the month. */
export function keyList({ keys, audit, controller, master, now }: KeyListInput): KeyList {
  const [current, ...older] = keys.sealing.keysAt(now);
  const sealing = [current, ...older].flatMap((key) =>
    key && key.notAfter > now
      ? [{ ...view('sealing', 'X25519', key.publicKey, key.id), from: key.notBefore, until: key.notAfter }]
      : [],
  );
  return {
    master,
    keys: [
      ed25519('audit', createPublicKey(audit)),
      ed25519('receipts', keys.receipts.publicKey, keys.receipts.id),
      ed25519('codes', keys.codes.publicKey, keys.codes.id),
      ed25519('hub', keys.sealing.ltsk),
      view('controller', 'Ed25519', controller.publicKey, controller.id),
      ...sealing,
    ],
  };
}

function ed25519(use: KeyView['use'], key: KeyObject, id?: string): KeyView {
  return view(use, 'Ed25519', rawPublicKey(key), id);
}

function view(use: KeyView['use'], algorithm: KeyView['algorithm'], raw: Uint8Array, id?: string): KeyView {
  return {
    use,
    algorithm,
    ...(id !== undefined && { id }),
    fingerprint: createHash('sha256').update(raw).digest('hex'),
    publicKey: Buffer.from(raw).toString('base64url'),
  };
}
