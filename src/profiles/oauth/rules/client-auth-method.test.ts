import { describe, expect, it } from 'vitest';
import { client, confidential, tokenCase, without } from '../../../../test/support/oauth-case.ts';
import { clientAuthMethod } from './client-auth-method.ts';

describe('oauth.client-auth-method', () => {
  const auth = (method: 'none' | 'client_secret_basic' | 'client_secret_post' | 'several' | 'malformed') =>
    ({ method, secret: 'unchecked' }) as const;

  it.each([
    [client(), 'none'],
    [confidential(), 'client_secret_basic'],
    [confidential({ authMethod: 'client_secret_post' }), 'client_secret_post'],
  ] as const)('passes the registered method', (registered, method) => {
    const found = clientAuthMethod.check(tokenCase({ client: registered, auth: auth(method) }));
    expect(found).toEqual({ outcome: 'pass', presented: method });
  });

  it('refuses as `secret-from-public`: a public application sent a secret', () => {
    const found = clientAuthMethod.check(tokenCase({ auth: auth('client_secret_post') }));
    expect(found).toEqual({
      outcome: 'fail',
      cause: 'secret-from-public',
      expected: 'none',
      presented: 'client_secret_post',
    });
  });

  it('refuses as `secret-missing`: a confidential application sent none', () => {
    const found = clientAuthMethod.check(tokenCase({ client: confidential(), auth: auth('none') }));
    expect(found).toEqual({
      outcome: 'fail',
      cause: 'secret-missing',
      expected: 'client_secret_basic',
      presented: 'none',
    });
  });

  it('refuses as `method`: the other of the two ways', () => {
    const found = clientAuthMethod.check(tokenCase({ client: confidential(), auth: auth('client_secret_post') }));
    expect(found).toEqual({
      outcome: 'fail',
      cause: 'method',
      expected: 'client_secret_basic',
      presented: 'client_secret_post',
    });
  });

  it('refuses as `several` and as `malformed` whoever asks, known or not', () => {
    for (const method of ['several', 'malformed'] as const) {
      const unknown = without(tokenCase({ auth: auth(method) }), 'client');
      expect(clientAuthMethod.check(unknown)).toEqual({ outcome: 'fail', cause: method });
      expect(clientAuthMethod.check({ ...unknown, client: confidential() })).toEqual({
        outcome: 'fail',
        cause: method,
      });
    }
  });

  it('skips a client that is not known', () => {
    expect(clientAuthMethod.check(without(tokenCase(), 'client')).outcome).toBe('skip');
  });
});
