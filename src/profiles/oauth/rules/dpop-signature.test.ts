import { describe, expect, it } from 'vitest';
import { JKT, keyedCase, proof, tokenCase } from '../../../../test/support/oauth-case.ts';
import { dpopSignature } from './dpop-signature.ts';

describe('oauth.dpop-signature', () => {
  it('passes a good signature, and shows whose', () => {
    expect(dpopSignature.check(keyedCase())).toEqual({ outcome: 'pass', presented: `key ${JKT}` });
  });

  it('refuses as `invalid`', () => {
    const found = dpopSignature.check(keyedCase({ dpop: proof({ signature: 'invalid' }) }));
    expect(found).toEqual({ outcome: 'fail', cause: 'invalid' });
  });

  it('skips no proof, and one that cannot be read', () => {
    expect(dpopSignature.check(tokenCase()).outcome).toBe('skip');
    expect(dpopSignature.check(keyedCase({ dpop: proof({ signature: 'unchecked' }) })).outcome).toBe('skip');
  });
});
