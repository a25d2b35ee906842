import { describe, expect, it } from 'vitest';
import { exchangeRequest, tokenCase } from '../../../../test/support/oauth-case.ts';
import { parametersOnce } from './parameters-once.ts';

describe('oauth.parameters-once', () => {
  it('passes when every parameter came once', () => {
    expect(parametersOnce.check(tokenCase())).toEqual({ outcome: 'pass' });
  });

  it('refuses as `duplicate`, and names which', () => {
    const found = parametersOnce.check(
      tokenCase({ request: exchangeRequest({}, { duplicates: ['code', 'client_id'] }) }),
    );
    expect(found).toEqual({
      outcome: 'fail',
      cause: 'duplicate',
      expected: 'each parameter once',
      presented: ['code', 'client_id'],
    });
  });
});
