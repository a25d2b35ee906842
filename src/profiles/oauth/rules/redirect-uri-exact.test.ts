import { describe, expect, it } from 'vitest';
import {
  codeBound,
  exchangeRequest,
  REDIRECT,
  refreshCase,
  request,
  tokenCase,
  without,
} from '../../../../test/support/oauth-case.ts';
import { redirectUriExact } from './redirect-uri-exact.ts';

describe('oauth.redirect-uri-exact', () => {
  it('passes the URI of the authorize request', () => {
    expect(redirectUriExact.check(tokenCase())).toEqual({ outcome: 'pass', presented: REDIRECT });
  });

  it.each([`${REDIRECT}/`, `${REDIRECT} `, REDIRECT.toUpperCase(), 'com.myapp://callback', 'https://evil.test/'])(
    'refuses as `differs`, and says how: %j',
    (presented) => {
      const found = redirectUriExact.check(tokenCase({ request: exchangeRequest({ redirect_uri: presented }) }));
      expect(found).toEqual({
        outcome: 'fail',
        cause: 'differs',
        expected: REDIRECT,
        presented,
        detail: expect.any(String),
      });
    },
  );

  it('does not forgive another port of a loopback address once the code is bound to one', () => {
    const c = tokenCase({
      code: codeBound({ redirect_uri: 'http://127.0.0.1:4711/cb' }),
      request: exchangeRequest({ redirect_uri: 'http://127.0.0.1:4712/cb' }),
    });
    expect(redirectUriExact.check(c)).toMatchObject({ outcome: 'fail', cause: 'differs' });
  });

  it('refuses as `missing` when the URI is not repeated; only `differs` counts against the code', () => {
    const found = redirectUriExact.check(tokenCase({ request: request({ grant_type: 'authorization_code' }) }));
    expect(found).toEqual({ outcome: 'fail', cause: 'missing', expected: REDIRECT, presented: 'nothing' });
    expect(redirectUriExact.counts).toEqual(['differs']);
  });

  it('skips a refresh, an unknown code, and a code minted without a URI', () => {
    const minted = tokenCase({ code: codeBound({ redirect_uri: undefined }) });
    for (const c of [refreshCase(), without(tokenCase(), 'code'), minted]) {
      expect(redirectUriExact.check(c).outcome).toBe('skip');
    }
  });
});
