import { describe, expect, it } from 'vitest';
import { confidential, confidentialCase, tokenCase, without } from '../../../../test/support/oauth-case.ts';
import { clientSecret } from './client-secret.ts';

describe('oauth.client-secret', () => {
  it('passes the right secret', () => {
    expect(clientSecret.check(confidentialCase())).toEqual({ outcome: 'pass' });
  });

  it('refuses as `mismatch`, and shows neither secret', () => {
    const found = clientSecret.check(confidentialCase({ auth: { method: 'client_secret_basic', secret: 'mismatch' } }));
    expect(found).toEqual({ outcome: 'fail', cause: 'mismatch' });
  });

  it.each(['absent', 'unchecked'] as const)(
    'refuses as `mismatch` what came the registered way and was not compared (%s)',
    (secret) => {
      const found = clientSecret.check(confidentialCase({ auth: { method: 'client_secret_basic', secret } }));
      expect(found).toEqual({ outcome: 'fail', cause: 'mismatch' });
    },
  );

  it('counts against the code', () => {
    expect(clientSecret.counts).toEqual(['mismatch']);
  });

  it('skips a public application, an unknown one, and a secret that came another way', () => {
    const other = { method: 'client_secret_post', secret: 'unchecked' } as const;
    for (const c of [tokenCase(), without(tokenCase(), 'client'), tokenCase({ client: confidential(), auth: other })]) {
      expect(clientSecret.check(c).outcome).toBe('skip');
    }
  });
});
