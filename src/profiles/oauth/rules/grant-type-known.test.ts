import { describe, expect, it } from 'vitest';
import { exchangeRequest, refreshCase, request, tokenCase } from '../../../../test/support/oauth-case.ts';
import { grantTypeKnown } from './grant-type-known.ts';

describe('oauth.grant-type-known', () => {
  it('passes both grant types', () => {
    expect(grantTypeKnown.check(tokenCase())).toEqual({ outcome: 'pass', presented: 'authorization_code' });
    expect(grantTypeKnown.check(refreshCase())).toEqual({ outcome: 'pass', presented: 'refresh_token' });
  });

  it.each([
    ['authorization_code ', 'blank at position 19'],
    ['Authorization_Code', expect.any(String)],
    ['password', expect.any(String)],
    ['__proto__', expect.any(String)],
  ])('refuses as `unsupported`: %j', (presented, detail) => {
    const found = grantTypeKnown.check(tokenCase({ request: exchangeRequest({ grant_type: presented }) }));
    expect(found).toEqual({ outcome: 'fail', cause: 'unsupported', expected: 'authorization_code', presented, detail });
  });

  it('skips when none came', () => {
    expect(grantTypeKnown.check(tokenCase({ request: request({}) })).outcome).toBe('skip');
  });
});
