import { describe, expect, it } from 'vitest';
import {
  agree,
  equalSecrets,
  fingerprint,
  hkdf,
  identityFrom,
  newAgreement,
  newIdentity,
  open,
  privateKeyFrom,
  rawPublicKey,
  seal,
  sign,
  verifySignature,
} from './keys.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

describe('keys', () => {
  it('make of a seed the public key and signature of RFC 8032 §7.1, test 2', () => {
    const identity = identityFrom('x', hex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb'));
    expect(identity.publicKey.toString('hex')).toBe('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
    const signature = sign(identity.privateKey, hex('72'));
    expect(signature.toString('hex')).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    );
    expect(verifySignature(identity.publicKey, hex('72'), signature)).toBe(true);
    expect(verifySignature(identity.publicKey, hex('73'), signature)).toBe(false);
    expect(verifySignature(newIdentity().publicKey, hex('72'), signature)).toBe(false);
  });

  it('agree as RFC 7748 §6.1 says, and on nothing with a point of low order', () => {
    const alice = privateKeyFrom('x25519', hex('77076d0a7318a57d3c16c17251b26645c6e1b6d0a1b5e3a6a1d9b3e0c5d0f2aa'));
    const bob = newAgreement();
    expect(agree(alice, bob.publicKey)).toEqual(agree(bob.privateKey, rawPublicKey(alice)));
    expect(agree(alice, Buffer.alloc(32))).toBeUndefined();
    expect(agree(alice, Buffer.concat([Buffer.of(1), Buffer.alloc(31)]))).toBeUndefined();
    expect(agree(alice, bob.publicKey.subarray(1))).toBeUndefined();
  });

  it('take any 32 bytes for a public key, and find no signature good under a bad one', () => {
    for (const byte of [0, 1, 2, 255])
      expect(verifySignature(Buffer.alloc(32, byte), hex('72'), Buffer.alloc(64, byte === 0 ? 9 : byte))).toBe(false);
    expect(verifySignature(Buffer.alloc(31), hex('72'), Buffer.alloc(64))).toBe(false);
    expect(verifySignature(newIdentity().publicKey, hex('72'), Buffer.alloc(63))).toBe(false);
  });

  it('seal under a nonce of four zero bytes and the label or count', () => {
    const key = hkdf(Buffer.alloc(64, 1), 'Pair-Setup-Encrypt-Salt', 'Pair-Setup-Encrypt-Info');
    const sealed = seal(key, 'PS-Msg05', Buffer.from('text'));
    expect(open(key, 'PS-Msg05', sealed)?.toString()).toBe('text');
    expect(open(key, 'PS-Msg06', sealed)).toBeUndefined();
    expect(open(key, 'PS-Msg05', sealed, Buffer.of(1))).toBeUndefined();
    expect(open(key, 'PS-Msg05', Buffer.alloc(15))).toBeUndefined();
    expect(open(key, 2 ** 32, seal(key, 2 ** 32, Buffer.from('text')))?.toString()).toBe('text');
    expect(open(key, 0, seal(key, 2 ** 32, Buffer.from('text')))).toBeUndefined();
  });

  it('are compared whole, and shown only as a fingerprint', () => {
    expect([
      equalSecrets(hex('0102'), hex('0102')),
      equalSecrets(hex('0102'), hex('0103')),
      equalSecrets(hex('01'), hex('0100')),
    ]).toEqual([true, false, false]);
    expect(fingerprint(Buffer.alloc(32))).toMatch(/^[0-9a-f]{16}$/);
    expect(newIdentity().id).toMatch(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
  });
});
