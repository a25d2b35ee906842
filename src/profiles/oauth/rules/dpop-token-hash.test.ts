import { describe, expect, it } from 'vitest';
import { keyedResourceCase, proof, resourceCase, without } from '../../../../test/support/oauth-case.ts';
import { dpopTokenHash } from './dpop-token-hash.ts';

describe('oauth.dpop-token-hash', () => {
  it('passes a proof that names the token', () => {
    expect(dpopTokenHash.check(keyedResourceCase())).toEqual({ outcome: 'pass' });
  });

  it.each(['absent', 'mismatch'] as const)('refuses as `absent` or `mismatch`: %s', (ath) => {
    expect(dpopTokenHash.check(keyedResourceCase({ dpop: proof({ ath }) }))).toEqual({ outcome: 'fail', cause: ath });
  });

  it('skips no proof, and one that cannot be read', () => {
    expect(dpopTokenHash.check(resourceCase()).outcome).toBe('skip');
    expect(dpopTokenHash.check(keyedResourceCase({ dpop: without(proof(), 'ath') })).outcome).toBe('skip');
  });
});
