import { describe, expect, it } from 'vitest';
import { keyedCase, proof, tokenCase } from '../../../../test/support/oauth-case.ts';
import { dpopOnce } from './dpop-once.ts';

describe('oauth.dpop-once', () => {
  it('passes a proof that was not seen before', () => {
    expect(dpopOnce.check(keyedCase())).toEqual({ outcome: 'pass' });
  });

  it('refuses as `replayed` copied bytes', () => {
    expect(dpopOnce.check(keyedCase({ dpop: proof({ replayed: true }) }))).toEqual({
      outcome: 'fail',
      cause: 'replayed',
    });
  });

  it('skips what is masked: no proof, one with a bad signature', () => {
    const invalid = { signature: 'invalid', nonce: 'absent', replayed: false } as const;
    for (const c of [tokenCase(), keyedCase({ dpop: invalid })]) expect(dpopOnce.check(c).outcome).toBe('skip');
  });
});
