import { describe, expect, it } from 'vitest';
import {
  authorizeCase,
  client,
  exchangeRequest,
  REDIRECT,
  refreshCase,
  request,
  tokenCase,
  without,
} from '../../../../test/support/oauth-case.ts';
import { redirectUriRegistered } from './redirect-uri-registered.ts';

describe('oauth.redirect-uri-registered', () => {
  it('passes a registered URI, at both endpoints', () => {
    expect(redirectUriRegistered.check(authorizeCase())).toEqual({ outcome: 'pass', presented: REDIRECT });
    expect(redirectUriRegistered.check(tokenCase())).toEqual({ outcome: 'pass', presented: REDIRECT });
  });

  it('refuses as `missing` at the authorize endpoint', () => {
    const found = redirectUriRegistered.check(authorizeCase({ request: request({}) }));
    expect(found).toEqual({ outcome: 'fail', cause: 'missing', expected: [REDIRECT], presented: 'nothing' });
  });

  it('refuses as `unregistered`, beside the nearest registered one', () => {
    const app = client({ redirectUris: ['https://a.test/cb', REDIRECT] });
    const presented = 'com.myapp:/Callback';
    expect(redirectUriRegistered.check(authorizeCase({ client: app }, { redirect_uri: presented }))).toEqual({
      outcome: 'fail',
      cause: 'unregistered',
      expected: REDIRECT,
      presented,
      detail: expect.any(String),
    });
  });

  it('refuses as `unregistered` when nothing is registered', () => {
    const found = redirectUriRegistered.check(tokenCase({ client: client({ redirectUris: [] }) }));
    expect(found).toMatchObject({ cause: 'unregistered', expected: 'no redirect URI is registered' });
  });

  it('skips a refresh, an unknown client, and a token request that names none', () => {
    const bare = tokenCase({ request: request({}) });
    const odd = refreshCase({ request: exchangeRequest({ redirect_uri: 'https://evil.test/' }) });
    for (const c of [odd, without(tokenCase(), 'client'), bare]) {
      expect(redirectUriRegistered.check(c).outcome).toBe('skip');
    }
  });
});
