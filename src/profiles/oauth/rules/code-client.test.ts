import { describe, expect, it } from 'vitest';
import { CLIENT, client, codeBound, tokenCase, without } from '../../../../test/support/oauth-case.ts';
import { codeClient } from './code-client.ts';

describe('oauth.code-client', () => {
  it('passes the client that the code was issued to', () => {
    expect(codeClient.check(tokenCase())).toEqual({ outcome: 'pass' });
  });

  it('refuses as `other-app`: another application holds the code', () => {
    const found = codeClient.check(tokenCase({ clientId: 'my_app_124', client: client({ id: 'my_app_124' }) }));
    expect(found).toEqual({
      outcome: 'fail',
      cause: 'other-app',
      expected: CLIENT,
      presented: 'my_app_124',
      detail: expect.any(String),
    });
  });

  it('refuses as `other-app` a code that is bound to nobody, whatever the application is called', () => {
    const found = codeClient.check(tokenCase({ code: codeBound({ client_id: undefined }), clientId: 'no client' }));
    expect(found).toMatchObject({ outcome: 'fail', cause: 'other-app' });
  });

  it('counts against the code', () => {
    expect(codeClient.counts).toEqual(['other-app']);
  });

  it('skips an unknown code and an unknown client', () => {
    for (const key of ['code', 'client', 'clientId'] as const) {
      expect(codeClient.check(without(tokenCase(), key)).outcome).toBe('skip');
    }
  });
});
