import { describe, expect, it } from 'vitest';
import { authorizeCase, client, exchangeRequest, tokenCase, without } from '../../../../test/support/oauth-case.ts';
import { scopeEnabled } from './scope-enabled.ts';

describe('oauth.scope-enabled', () => {
  const app = client({
    scopes: [
      { name: 'lamp:read', enabled: true },
      { name: 'lamp:write', enabled: false },
    ],
  });

  it('passes scopes that are switched on, and does not mind others that are off', () => {
    expect(scopeEnabled.check(authorizeCase({ client: app }, { scope: 'lamp:read' }))).toEqual({ outcome: 'pass' });
  });

  it('refuses as `disabled`, and names which', () => {
    const refused = { outcome: 'fail', cause: 'disabled', expected: 'enabled', presented: ['lamp:write'] };
    expect(scopeEnabled.check(authorizeCase({ client: app }, { scope: 'lamp:read lamp:write' }))).toEqual(refused);
    // Switched off after the code was minted: what the code carries counts, unless the request names a part of it.
    expect(scopeEnabled.check(tokenCase({ client: app }))).toEqual(refused);
    expect(
      scopeEnabled.check(tokenCase({ client: app, request: exchangeRequest({ scope: 'lamp:read' }) })).outcome,
    ).toBe('pass');
  });

  it('skips an unknown client', () => {
    expect(scopeEnabled.check(without(tokenCase(), 'client')).outcome).toBe('skip');
  });
});
