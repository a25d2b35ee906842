import { describe, expect, it } from 'vitest';
import { authorizeCase, client, refreshCase, tokenCase, without } from '../../../../test/support/oauth-case.ts';
import { grantTypeEnabled } from './grant-type-enabled.ts';

describe('oauth.grant-type-enabled', () => {
  it('passes a grant type of the application, at every endpoint', () => {
    for (const c of [tokenCase(), refreshCase(), authorizeCase()]) {
      expect(grantTypeEnabled.check(c)).toEqual({ outcome: 'pass' });
    }
  });

  it('refuses as `disabled`, and names what is enabled', () => {
    const app = client({ grantTypes: ['authorization_code'] });
    expect(grantTypeEnabled.check(refreshCase({ client: app }))).toEqual({
      outcome: 'fail',
      cause: 'disabled',
      expected: ['authorization_code'],
      presented: 'refresh_token',
    });
    const none = client({ grantTypes: [] });
    expect(grantTypeEnabled.check(authorizeCase({ client: none }))).toMatchObject({
      cause: 'disabled',
      presented: 'authorization_code',
    });
  });

  it('skips an unknown client', () => {
    expect(grantTypeEnabled.check(without(tokenCase(), 'client')).outcome).toBe('skip');
  });
});
