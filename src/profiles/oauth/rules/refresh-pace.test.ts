import { describe, expect, it } from 'vitest';
import { refreshCase, tokenCase } from '../../../../test/support/oauth-case.ts';
import { refreshPace } from './refresh-pace.ts';

describe('oauth.refresh-pace', () => {
  it('passes a grant that need not wait', () => {
    expect(refreshPace.check(refreshCase())).toEqual({ outcome: 'pass' });
  });

  it('refuses as `too-often`, and says how long to wait', () => {
    expect(refreshPace.check(refreshCase({ pace: { waitSeconds: 10 } }))).toEqual({
      outcome: 'fail',
      cause: 'too-often',
      expected: 'a refresh now and then',
      presented: 'one more in 10 s',
    });
  });

  it('skips what is no refresh', () => {
    expect(refreshPace.check(tokenCase()).outcome).toBe('skip');
  });
});
