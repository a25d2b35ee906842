import { describe, expect, it } from 'vitest';
import { authorizeCase, client, request, tokenCase, without } from '../../../../test/support/oauth-case.ts';
import { scopeIncluded } from './scope-included.ts';

describe('oauth.scope-included', () => {
  it('passes listed scopes, and falls back on all that are switched on', () => {
    expect(scopeIncluded.check(authorizeCase())).toEqual({ outcome: 'pass', presented: ['lamp:read'] });
    const unsaid = scopeIncluded.check(authorizeCase({ request: request({}) }));
    expect(unsaid).toEqual({ outcome: 'pass', presented: ['lamp:read', 'lamp:write'] });
  });

  it.each(['lamp:read admin', '__proto__', 'lamp:read ', ' '])('refuses as `not-included`: %j', (scope) => {
    const found = scopeIncluded.check(authorizeCase({}, { scope }));
    expect(found).toMatchObject({ outcome: 'fail', cause: 'not-included', expected: ['lamp:read', 'lamp:write'] });
  });

  it('names only what is not listed', () => {
    expect(scopeIncluded.check(authorizeCase({}, { scope: 'lamp:read admin' }))).toMatchObject({
      presented: ['admin'],
    });
  });

  it('refuses as `empty` when there is nothing to fall back on', () => {
    const c = authorizeCase({
      request: request({}),
      client: client({ scopes: [{ name: 'lamp:read', enabled: false }] }),
    });
    expect(scopeIncluded.check(c)).toEqual({ outcome: 'fail', cause: 'empty' });
  });

  it('skips an unknown client', () => {
    expect(scopeIncluded.check(without(tokenCase(), 'client')).outcome).toBe('skip');
  });
});
