import { describe, expect, it } from 'vitest';
import { keyedCase, proof, tokenCase } from '../../../../test/support/oauth-case.ts';
import { dpopNonce } from './dpop-nonce.ts';

describe('oauth.dpop-nonce', () => {
  it('passes the current nonce', () => {
    expect(dpopNonce.check(keyedCase())).toEqual({ outcome: 'pass' });
  });

  it('refuses as `missing` a proof without one', () => {
    expect(dpopNonce.check(keyedCase({ dpop: proof({ nonce: 'absent' }) }))).toEqual({
      outcome: 'fail',
      cause: 'missing',
    });
  });

  it('refuses as `other` a nonce that is not current', () => {
    expect(dpopNonce.check(keyedCase({ dpop: proof({ nonce: 'other' }) }))).toEqual({
      outcome: 'fail',
      cause: 'other',
    });
  });

  it('skips what is masked: no proof, an unreadable one, one with a bad signature', () => {
    const invalid = { signature: 'invalid', nonce: 'absent', replayed: false } as const;
    for (const c of [
      tokenCase(),
      keyedCase({ dpop: invalid }),
      keyedCase({ dpop: { ...invalid, signature: 'unchecked' } }),
    ]) {
      expect(dpopNonce.check(c).outcome).toBe('skip');
    }
  });
});
