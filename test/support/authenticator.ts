/** A passkey without a browser: makes and signs what a browser's `toJSON()` would say, and says it wrongly where a test asks. */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';

/** What an answer says; each may be made wrong. */
export interface Said {
  readonly challenge: string;
  readonly origin: string;
  readonly rpId: string;
  /** Signatures so far. */
  readonly counter?: number;
  /** Authenticator flags: user present (1) and verified (4), unless told. */
  readonly flags?: number;
  readonly type?: string;
  readonly crossOrigin?: boolean;
}

/** One passkey. */
export interface Authenticator {
  readonly id: string;
  /** Answers `navigator.credentials.create`. */
  created(said: Said): string;
  /** Answers `navigator.credentials.get`; `id` and `userHandle` are its own unless told. */
  asserted(said: Said, as?: { readonly id?: string; readonly userHandle?: string }): string;
  /** As the options of its creation named the user. */
  userHandle: string;
}

/** Makes one, with a key of P-256. */
export function authenticator(): Authenticator {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const rawId = randomBytes(16);
  const made: Authenticator = {
    id: rawId.toString('base64url'),
    userHandle: '',
    created(said) {
      const cose = isoCBOR.encode(
        new Map<number, number | Uint8Array<ArrayBuffer>>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, new Uint8Array(Buffer.from(x, 'base64url'))],
          [-3, new Uint8Array(Buffer.from(y, 'base64url'))],
        ]),
      );
      const length = Buffer.alloc(2);
      length.writeUInt16BE(rawId.length);
      const attested = Buffer.concat([Buffer.alloc(16), length, rawId, cose]);
      const authData = new Uint8Array(Buffer.concat([headOf(said, 0x40), attested]));
      const attestationObject = isoCBOR.encode(
        new Map<string, string | Map<string, string> | Uint8Array<ArrayBuffer>>([
          ['fmt', 'none'],
          ['attStmt', new Map()],
          ['authData', authData],
        ]),
      );
      const response = {
        clientDataJSON: clientData(said, 'webauthn.create').toString('base64url'),
        attestationObject: Buffer.from(attestationObject).toString('base64url'),
        transports: ['internal'],
      };
      return JSON.stringify({ id: made.id, rawId: made.id, type: 'public-key', response, clientExtensionResults: {} });
    },
    asserted(said, { id = made.id, userHandle = made.userHandle } = {}) {
      const data = clientData(said, 'webauthn.get');
      const head = headOf(said, 0);
      const signed = Buffer.concat([head, createHash('sha256').update(data).digest()]);
      const response = {
        clientDataJSON: data.toString('base64url'),
        authenticatorData: head.toString('base64url'),
        signature: sign('sha256', signed, privateKey).toString('base64url'),
        userHandle,
      };
      return JSON.stringify({ id, rawId: id, type: 'public-key', response, clientExtensionResults: {} });
    },
  };
  return made;
}

/** WebAuthn §6.1: RP ID hash, flags, counter. */
function headOf({ rpId, flags = 0x05, counter = 0 }: Said, more: number): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(counter);
  return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.from([flags | more]), count]);
}

function clientData({ challenge, origin, crossOrigin = false, type }: Said, unless: string): Buffer {
  return Buffer.from(JSON.stringify({ type: type ?? unless, challenge, origin, crossOrigin }));
}
