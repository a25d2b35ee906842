import { describe, expect, it } from 'vitest';
import { refreshCase, request, tokenCase } from '../../../../test/support/oauth-case.ts';
import { parametersPresent } from './parameters-present.ts';

describe('oauth.parameters-present', () => {
  const named = (...names: string[]) => ({ request: request({}, { names }) });

  it('passes what the grant type needs', () => {
    expect(parametersPresent.check(tokenCase())).toEqual({ outcome: 'pass' });
    expect(parametersPresent.check(refreshCase())).toEqual({ outcome: 'pass' });
  });

  it('refuses as `grant-type` before anything else', () => {
    const found = parametersPresent.check(tokenCase(named('code')));
    expect(found).toEqual({ outcome: 'fail', cause: 'grant-type', expected: 'grant_type', presented: 'nothing' });
  });

  it('refuses as `code` or as `refresh-token` what is missing', () => {
    const codeless = parametersPresent.check(tokenCase(named('grant_type', 'refresh_token')));
    expect(codeless).toEqual({ outcome: 'fail', cause: 'code', expected: 'code', presented: 'nothing' });
    const tokenless = parametersPresent.check(refreshCase(named('grant_type', 'code')));
    expect(tokenless).toEqual({
      outcome: 'fail',
      cause: 'refresh-token',
      expected: 'refresh_token',
      presented: 'nothing',
    });
  });
});
