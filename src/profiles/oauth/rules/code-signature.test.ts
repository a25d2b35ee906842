import { describe, expect, it } from 'vitest';
import { code, NOW, signedHandle, tokenCase, without } from '../../../../test/support/oauth-case.ts';
import { codeSignature } from './code-signature.ts';

const unknown = (overrides = {}) => without(tokenCase({ handle: signedHandle(), ...overrides }), 'code', 'grant');

describe('oauth.code-signature', () => {
  it('passes a code that a key of this hub has signed', () => {
    expect(codeSignature.check(tokenCase({ handle: signedHandle() }))).toEqual({
      outcome: 'pass',
      presented: 'key AAECAwQFBgc',
    });
  });

  it.each([
    'white-space',
    'percent-encoded',
    'hex',
    'character',
    'base64url',
    'double-encoded',
    'foreign',
    'version',
    'truncated',
    'length',
    'padding',
    'unknown-key',
    'wrong-key',
    'bad-signature',
  ] as const)(
    'refuses as white-space, percent-encoded, hex, character, base64url, double-encoded, foreign, version, truncated, length, padding, unknown-key, wrong-key or bad-signature what reads so: %s',
    (cause) => {
      const handle = { read: 'signed', cause, expected: 'base64', presented: 'another', detail: 'where' } as const;
      expect(codeSignature.check(unknown({ handle }))).toEqual({
        outcome: 'fail',
        cause,
        expected: 'base64',
        presented: 'another',
        detail: 'where',
      });
    },
  );

  it('refuses as expired a code past its signed time that is kept no more, and leaves one that is kept to its row', () => {
    const now = NOW + 300_001;
    expect(codeSignature.check(unknown({ now }))).toMatchObject({ outcome: 'fail', cause: 'expired' });
    const kept = tokenCase({ handle: signedHandle(), code: code({ used: 1 }), now });
    expect(codeSignature.check(kept)).toMatchObject({ outcome: 'pass' });
  });

  it('skips what is no signed code, and what it has no keys for', () => {
    expect(codeSignature.check(without(tokenCase(), 'handle')).outcome).toBe('skip');
    expect(codeSignature.check(tokenCase()).outcome).toBe('skip');
    expect(codeSignature.check(tokenCase({ handle: { read: 'length', detail: 'x' } })).outcome).toBe('skip');
    const handle = { read: 'signed', cause: 'unknown-key', expected: 'a', presented: 'b' } as const;
    expect(codeSignature.check(unknown({ handle, offline: true })).outcome).toBe('skip');
  });
});
