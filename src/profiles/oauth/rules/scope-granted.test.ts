import { describe, expect, it } from 'vitest';
import {
  codeBound,
  exchangeRequest,
  refreshCase,
  request,
  tokenCase,
  without,
} from '../../../../test/support/oauth-case.ts';
import { scopeGranted } from './scope-granted.ts';

describe('oauth.scope-granted', () => {
  const asking = (scope: string) => refreshCase({ request: request({ grant_type: 'refresh_token', scope }) });

  it('passes nothing named, all that was granted, and a part of it', () => {
    expect(scopeGranted.check(refreshCase())).toEqual({ outcome: 'pass' });
    for (const scope of ['lamp:read', 'lamp:write lamp:read']) {
      expect(scopeGranted.check(asking(scope))).toEqual({ outcome: 'pass', presented: scope.split(' ') });
    }
  });

  it.each(['lamp:read admin', 'LAMP:READ', 'lamp:read  lamp:write', 'constructor'])(
    'refuses as `wider`: %j',
    (scope) => {
      expect(scopeGranted.check(asking(scope))).toEqual({
        outcome: 'fail',
        cause: 'wider',
        expected: ['lamp:read', 'lamp:write'],
        presented: scope.split(' '),
      });
    },
  );

  it('refuses as `wider` any scope for a code that carries none', () => {
    const c = tokenCase({ code: codeBound({ scope: undefined }), request: exchangeRequest({ scope: 'lamp:read' }) });
    expect(scopeGranted.check(c)).toMatchObject({ outcome: 'fail', cause: 'wider', expected: [] });
  });

  it('skips an unknown code', () => {
    expect(scopeGranted.check(without(asking('lamp:read'), 'code')).outcome).toBe('skip');
  });
});
