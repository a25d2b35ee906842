import { describe, expect, it } from 'vitest';
import { keyedCase, proof, tokenCase } from '../../../../test/support/oauth-case.ts';
import { dpopWellformed } from './dpop-wellformed.ts';

describe('oauth.dpop-wellformed', () => {
  it('passes one readable proof', () => {
    expect(dpopWellformed.check(keyedCase())).toEqual({ outcome: 'pass' });
  });

  it.each(['several', 'malformed', 'algorithm'] as const)(
    'refuses as `several`, `malformed` or `algorithm`: %s',
    (kind) => {
      const dpop = proof({ fault: { kind, detail: 'what was wrong' }, signature: 'unchecked' });
      expect(dpopWellformed.check(keyedCase({ dpop }))).toEqual({
        outcome: 'fail',
        cause: kind,
        detail: 'what was wrong',
      });
    },
  );

  it('skips when no proof came', () => {
    expect(dpopWellformed.check(tokenCase()).outcome).toBe('skip');
  });
});
