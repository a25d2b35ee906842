import { describe, expect, it } from 'vitest';
import { accessToken, JKT, keyedResourceCase, resourceCase, without } from '../../../../test/support/oauth-case.ts';
import { tokenScheme } from './token-scheme.ts';

describe('oauth.token-scheme', () => {
  it('passes a bearer token as Bearer, and a key-bound one as DPoP', () => {
    expect(tokenScheme.check(resourceCase())).toEqual({ outcome: 'pass', presented: 'bearer' });
    expect(tokenScheme.check(keyedResourceCase())).toEqual({ outcome: 'pass', presented: 'dpop' });
  });

  it('refuses as `missing`', () => {
    const bare = without(resourceCase({ scheme: 'none' }), 'code', 'handle');
    expect(tokenScheme.check(bare)).toEqual({ outcome: 'fail', cause: 'missing' });
  });

  it('refuses as `other` a scheme that is none of the two', () => {
    expect(tokenScheme.check(resourceCase({ scheme: 'other' }))).toEqual({
      outcome: 'fail',
      cause: 'other',
      expected: 'Bearer or DPoP',
    });
  });

  it('refuses as `downgraded` a key-bound token sent as Bearer', () => {
    const found = tokenScheme.check(resourceCase({ code: accessToken({ jkt: JKT }) }));
    expect(found).toEqual({ outcome: 'fail', cause: 'downgraded', expected: 'DPoP', presented: 'bearer' });
  });

  it('refuses as `unbound` a bearer token sent as DPoP', () => {
    const found = tokenScheme.check(keyedResourceCase({ code: accessToken() }));
    expect(found).toEqual({ outcome: 'fail', cause: 'unbound', expected: 'Bearer', presented: 'dpop' });
  });

  it('skips an unknown token', () => {
    expect(tokenScheme.check(without(resourceCase(), 'code')).outcome).toBe('skip');
  });
});
