/**
 * Pair setup (HAP §5.6): proving the setup code by SRP, then exchanging long-term keys. One function per message; what one needs
 * of the ones before is passed on. The dialogue that runs them is in `controller.ts`.
 */
import { type Items, malformed, required, shownId, unproven } from './answers.ts';
import { hkdf, type Identity, KEY_BYTES, open, SIGNATURE_BYTES, seal, sign, verifySignature } from './keys.ts';
import { answerChallenge, type Challenge, type ChallengeAnswer } from './srp.ts';
import { GROUP_BYTES } from './srp-group.ts';
import { decodeTlv, encodeTlv, METHOD, TLV, type TlvItem } from './tlv8.ts';
import { FEATURE } from './txt.ts';

/** Longest pairing identifier that is taken. HAP says 36 characters; nothing depends on it. */
export const ID_MAX_BYTES = 64;
const SALT_MAX_BYTES = 64;

/** The method to ask for: with authentication when the accessory has Apple's chip or certificate (`ff` in its TXT record). */
export function setupMethod(featureFlags: number = 0): number {
  const either = FEATURE.hardwareAuthentication | FEATURE.softwareAuthentication;
  return (featureFlags & either) === 0 ? METHOD.pairSetup : METHOD.pairSetupWithAuth;
}

/** HAP §5.6.1 M1: asks to start. */
export function setupM1(method: number): Items {
  return [
    [TLV.state, 1],
    [TLV.method, method],
  ];
}

/** HAP §5.6.2 M2: the salt and B. @throws HapError */
export function readSetupM2(items: readonly TlvItem[]): Challenge {
  return {
    salt: required(items, TLV.salt, 'salt', 'pair-setup M2', [1, SALT_MAX_BYTES]),
    serverKey: required(items, TLV.publicKey, 'public key', 'pair-setup M2', [1, GROUP_BYTES]),
  };
}

/** HAP §5.6.3 M3: A and the proof that we know the code. @throws HapError when B is no public key */
export function setupM3(
  challenge: Challenge,
  setupCode: string,
): { readonly items: Items; readonly answer: ChallengeAnswer } {
  const answer = answerChallenge(challenge, setupCode);
  if (answer === undefined)
    throw unproven('pair-setup M2', 'public-key', 'expected a public key of SRP, got a number that is none');
  return {
    answer,
    items: [
      [TLV.state, 3],
      [TLV.publicKey, answer.publicKey],
      [TLV.proof, answer.proof],
    ],
  };
}

/**
 * HAP §5.6.4 M4: the proof that the accessory knows the code. What else is there, a certificate under Apple's keys, is not looked
 * at. @throws HapError
 */
export function readSetupM4(items: readonly TlvItem[], answer: ChallengeAnswer): void {
  const proof = required(items, TLV.proof, 'proof', 'pair-setup M4', [1, 64]);
  if (!answer.provenBy(proof))
    throw unproven(
      'pair-setup M4',
      'srp-proof',
      'the accessory took the setup code, but does not prove that it knows it',
    );
}

/** HAP §5.6.5 M5: our identifier and long-term key, signed, under the session key. */
export function setupM5(identity: Identity, sessionKey: Uint8Array): Items {
  const id = Buffer.from(identity.id);
  const x = hkdf(sessionKey, 'Pair-Setup-Controller-Sign-Salt', 'Pair-Setup-Controller-Sign-Info');
  const inner = encodeTlv([
    [TLV.identifier, id],
    [TLV.publicKey, identity.publicKey],
    [TLV.signature, sign(identity.privateKey, Buffer.concat([x, id, identity.publicKey]))],
  ]);
  return [
    [TLV.state, 5],
    [TLV.encryptedData, seal(encryptionKey(sessionKey), 'PS-Msg05', inner)],
  ];
}

/** The accessory's side of a new pairing. */
export interface AccessoryIdentity {
  readonly accessoryId: string;
  readonly accessoryLtpk: Buffer;
}

/**
 * HAP §5.6.6 M6: the accessory's identifier and long-term key, signed. From here on it holds our pairing, whatever we think of
 * the message. @throws HapError
 */
export function readSetupM6(items: readonly TlvItem[], sessionKey: Uint8Array, expectedId?: string): AccessoryIdentity {
  const step = 'pair-setup M6';
  const sealed = required(items, TLV.encryptedData, 'encrypted data', step);
  const plain = open(encryptionKey(sessionKey), 'PS-Msg06', sealed);
  if (plain === undefined) throw unproven(step, 'tag', 'the encrypted data cannot be opened with the key just agreed');
  const inner = decodeTlv(plain);
  if (!inner.ok) throw malformed(step, 'tlv', inner.fault);
  const id = required(inner.items, TLV.identifier, 'identifier', step, [1, ID_MAX_BYTES]);
  const ltpk = required(inner.items, TLV.publicKey, 'public key', step, [KEY_BYTES, KEY_BYTES]);
  const signature = required(inner.items, TLV.signature, 'signature', step, [SIGNATURE_BYTES, SIGNATURE_BYTES]);
  const x = hkdf(sessionKey, 'Pair-Setup-Accessory-Sign-Salt', 'Pair-Setup-Accessory-Sign-Info');
  if (!verifySignature(ltpk, Buffer.concat([x, id, ltpk]), signature))
    throw unproven(step, 'signature', 'the signature does not hold under the key that came with it', undefined, ltpk);
  if (expectedId !== undefined && expectedId.toUpperCase() !== id.toString().toUpperCase()) {
    const message = 'another accessory answered at this address; it now holds a pairing of ours';
    throw unproven(step, 'accessory-id', message, expectedId, shownId(id));
  }
  return { accessoryId: id.toString(), accessoryLtpk: ltpk };
}

function encryptionKey(sessionKey: Uint8Array): Buffer {
  return hkdf(sessionKey, 'Pair-Setup-Encrypt-Salt', 'Pair-Setup-Encrypt-Info');
}
