import { describe, expect, it } from 'vitest';
import { keyedCase, NOW, proof, tokenCase, without } from '../../../../test/support/oauth-case.ts';
import { dpopFresh } from './dpop-fresh.ts';

describe('oauth.dpop-fresh', () => {
  const made = (agoSeconds: number) => keyedCase({ dpop: proof({ iat: NOW / 1000 - agoSeconds }) });

  it.each([0, 60, -10])('passes a proof made %i s ago', (ago) => {
    expect(dpopFresh.check(made(ago))).toEqual({ outcome: 'pass' });
  });

  it('refuses as `old` a proof made 61 s ago', () => {
    expect(dpopFresh.check(made(61))).toEqual({
      outcome: 'fail',
      cause: 'old',
      expected: 'at most 60 s old',
      presented: '61 s old',
    });
  });

  it('refuses as `ahead` a proof of 11 s from now', () => {
    expect(dpopFresh.check(made(-11))).toEqual({
      outcome: 'fail',
      cause: 'ahead',
      expected: 'at most 10 s ahead',
      presented: '11 s ahead',
    });
  });

  it.each([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])('refuses the time %i, `ahead` or `old`', (iat) => {
    const found = dpopFresh.check(keyedCase({ dpop: proof({ iat }) }));
    expect(found).toMatchObject({ outcome: 'fail', cause: iat > 0 ? 'ahead' : 'old' });
  });

  it('skips a request without a proof, and a proof without a time', () => {
    expect(dpopFresh.check(tokenCase()).outcome).toBe('skip');
    expect(dpopFresh.check(keyedCase({ dpop: without(proof(), 'iat') })).outcome).toBe('skip');
  });
});
