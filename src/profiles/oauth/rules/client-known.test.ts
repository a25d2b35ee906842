import { describe, expect, it } from 'vitest';
import { CLIENT, tokenCase, without } from '../../../../test/support/oauth-case.ts';
import { clientKnown } from './client-known.ts';

describe('oauth.client-known', () => {
  it('passes a registered client', () => {
    expect(clientKnown.check(tokenCase())).toEqual({ outcome: 'pass', presented: CLIENT });
  });

  it('refuses as `missing`: the request names nobody', () => {
    const found = clientKnown.check(without(tokenCase(), 'client', 'clientId'));
    expect(found).toEqual({ outcome: 'fail', cause: 'missing', expected: 'client_id', presented: 'nothing' });
  });

  it('refuses as `unknown`, and says where the id differs from the one that the code was issued to', () => {
    const found = clientKnown.check({ ...without(tokenCase(), 'client'), clientId: `${CLIENT} ` });
    expect(found).toEqual({
      outcome: 'fail',
      cause: 'unknown',
      expected: CLIENT,
      presented: `${CLIENT} `,
      detail: expect.stringContaining('blank'),
    });
  });

  it('refuses as `unknown` without naming any client when no code tells which was meant', () => {
    const found = clientKnown.check({ ...without(tokenCase(), 'client', 'code'), clientId: 'constructor' });
    expect(found).toEqual({
      outcome: 'fail',
      cause: 'unknown',
      expected: 'a registered client_id',
      presented: 'constructor',
    });
  });

  it('skips offline, where no application is at hand', () => {
    expect(clientKnown.check({ ...without(tokenCase(), 'client', 'code'), offline: true }).outcome).toBe('skip');
  });
});
