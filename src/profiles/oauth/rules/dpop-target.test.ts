import { describe, expect, it } from 'vitest';
import { ISSUER, keyedCase, proof, tokenCase, without } from '../../../../test/support/oauth-case.ts';
import { dpopTarget } from './dpop-target.ts';

describe('oauth.dpop-target', () => {
  it('passes the method and any address of the hub', () => {
    expect(dpopTarget.check(keyedCase())).toEqual({ outcome: 'pass' });
    const target = { method: 'POST', uris: ['http://other/token', `${ISSUER}/token`] };
    expect(dpopTarget.check(keyedCase({ target }))).toEqual({ outcome: 'pass' });
  });

  it('refuses as `method` a proof for another method', () => {
    const found = dpopTarget.check(keyedCase({ dpop: proof({ htm: 'post' }) }));
    expect(found).toEqual({ outcome: 'fail', cause: 'method', expected: 'POST', presented: 'post' });
  });

  it.each(['http://evil.test/token', `${ISSUER}/token?x=1`, `${ISSUER}/token/`])(
    'refuses as `uri` a proof for %s',
    (htu) => {
      const found = dpopTarget.check(keyedCase({ dpop: proof({ htu }) }));
      expect(found).toEqual({
        outcome: 'fail',
        cause: 'uri',
        expected: `${ISSUER}/token`,
        presented: htu,
        detail: expect.any(String),
      });
    },
  );

  it('skips what is masked: no proof, one with a bad signature', () => {
    expect(dpopTarget.check(tokenCase()).outcome).toBe('skip');
    const invalid = without(proof({ signature: 'invalid' }), 'htm', 'htu');
    expect(dpopTarget.check(keyedCase({ dpop: invalid })).outcome).toBe('skip');
  });
});
