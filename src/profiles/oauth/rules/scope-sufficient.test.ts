import { describe, expect, it } from 'vitest';
import { accessToken, resourceCase, without } from '../../../../test/support/oauth-case.ts';
import { scopeSufficient } from './scope-sufficient.ts';

describe('oauth.scope-sufficient', () => {
  it('passes a token that carries what the route needs', () => {
    expect(scopeSufficient.check(resourceCase())).toEqual({ outcome: 'pass', presented: ['lamp:read'] });
  });

  it('refuses as `insufficient`, beside what the token carries', () => {
    const found = scopeSufficient.check(
      resourceCase({ needs: ['lamp:write'], code: accessToken({ scope: ['lamp:read'] }) }),
    );
    expect(found).toEqual({
      outcome: 'fail',
      cause: 'insufficient',
      expected: ['lamp:write'],
      presented: ['lamp:read'],
    });
  });

  it('refuses as `switched-off`: granted once, switched off for the application since', () => {
    const found = scopeSufficient.check(resourceCase({ enabled: ['lamp:write'] }));
    expect(found).toEqual({
      outcome: 'fail',
      cause: 'switched-off',
      expected: ['lamp:read'],
      presented: ['lamp:write'],
    });
  });

  it('skips an unknown token', () => {
    expect(scopeSufficient.check(without(resourceCase(), 'code')).outcome).toBe('skip');
  });
});
