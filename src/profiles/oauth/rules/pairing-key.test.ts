import { describe, expect, it } from 'vitest';
import {
  ISSUER,
  JKT,
  keyedCase,
  keyedResourceCase,
  NOW,
  OTHER_JKT,
  proof,
  tokenCase,
  without,
} from '../../../../test/support/oauth-case.ts';
import { pairingKey } from './pairing-key.ts';

describe('oauth.pairing-key', () => {
  it('passes a proof by the bound key, at the token endpoint and at the API', () => {
    expect(pairingKey.check(keyedCase())).toEqual({ outcome: 'pass' });
    expect(pairingKey.check(keyedResourceCase())).toEqual({ outcome: 'pass' });
  });

  it('refuses as `missing` without a proof', () => {
    const found = pairingKey.check(without(keyedCase(), 'dpop'));
    expect(found).toEqual({
      outcome: 'fail',
      cause: 'missing',
      expected: `proof by key ${JKT.slice(0, 8)}…`,
      presented: 'nothing',
      detail: "sign with the app's pairing key",
    });
  });

  it('refuses as `other-key` a sound proof by another key, and counts it', () => {
    const found = pairingKey.check(keyedCase({ dpop: proof({ jkt: OTHER_JKT }) }));
    expect(found).toEqual({ outcome: 'fail', cause: 'other-key', expected: JKT, presented: OTHER_JKT });
    expect(pairingKey.counts).toEqual(['other-key']);
  });

  it.each([
    ['a bad signature', { signature: 'invalid' }],
    ['another method', { htm: 'GET' }],
    ['another address', { htu: `${ISSUER}/other` }],
    ['too old', { iat: NOW / 1000 - 61 }],
    ['too early', { iat: NOW / 1000 + 11 }],
    ['no nonce', { nonce: 'absent' }],
    ['spent', { replayed: true }],
    ['another token', { ath: 'mismatch' }],
  ] as const)('skips a proof that does not hold, so that nobody is charged for a copy: %s', (_, spoiled) => {
    expect(pairingKey.check(keyedCase({ dpop: proof({ jkt: OTHER_JKT, ...spoiled }) })).outcome).toBe('skip');
  });

  it('skips an unknown code, and one bound to no key', () => {
    expect(pairingKey.check(without(keyedCase(), 'code')).outcome).toBe('skip');
    expect(pairingKey.check(tokenCase({ dpop: proof() })).outcome).toBe('skip');
  });
});
