import { describe, expect, it } from 'vitest';
import { authorizeCase, request } from '../../../../test/support/oauth-case.ts';
import { responseType } from './response-type.ts';

describe('oauth.response-type', () => {
  it('passes code', () => {
    expect(responseType.check(authorizeCase())).toEqual({ outcome: 'pass' });
  });

  it('refuses as `missing`', () => {
    const found = responseType.check(authorizeCase({ request: request({}) }));
    expect(found).toEqual({ outcome: 'fail', cause: 'missing', expected: 'code', presented: 'nothing' });
  });

  it.each(['token', 'code token', 'Code', ' code'])('refuses as `unsupported`: %j', (presented) => {
    const found = responseType.check(authorizeCase({}, { response_type: presented }));
    expect(found).toEqual({
      outcome: 'fail',
      cause: 'unsupported',
      expected: 'code',
      presented,
      detail: expect.any(String),
    });
  });
});
