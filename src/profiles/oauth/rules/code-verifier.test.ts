import { describe, expect, it } from 'vitest';
import {
  CHALLENGE,
  client,
  codeBound,
  confidential,
  confidentialCase,
  JKT,
  refreshCase,
  tokenCase,
  without,
} from '../../../../test/support/oauth-case.ts';
import { codeVerifier } from './code-verifier.ts';

describe('oauth.code-verifier', () => {
  const unchallenged = codeBound({ code_challenge: undefined });

  it('passes a proof that matches', () => {
    expect(codeVerifier.check(tokenCase())).toEqual({ outcome: 'pass', presented: 'S256 proof' });
  });

  it('refuses as `missing` a code with a challenge and no verifier', () => {
    const missing = { outcome: 'fail', cause: 'missing', expected: 'S256 proof', presented: 'nothing' };
    const found = codeVerifier.check(tokenCase({ pkce: 'absent' }));
    expect(found).toEqual({ ...missing, detail: 'public app: send the code_verifier' });
    expect(codeVerifier.check(confidentialCase({ pkce: 'absent' }))).toEqual({
      ...missing,
      detail: 'send the code_verifier',
    });
  });

  it('refuses as `malformed`', () => {
    expect(codeVerifier.check(tokenCase({ pkce: 'malformed' }))).toEqual({ outcome: 'fail', cause: 'malformed' });
  });

  it('refuses as `mismatch`, counts it, and does not show the challenge', () => {
    const found = codeVerifier.check(tokenCase({ pkce: 'mismatch', code: codeBound({ code_challenge: CHALLENGE }) }));
    expect(found).toEqual({ outcome: 'fail', cause: 'mismatch' });
    expect(codeVerifier.counts).toEqual(['mismatch']);
  });

  it.each(['unasked', 'malformed'] as const)(
    'refuses as `unasked` any verifier for a code without a challenge (%s)',
    (pkce) => {
      for (const c of [tokenCase({ code: unchallenged, pkce }), confidentialCase({ code: unchallenged, pkce })]) {
        expect(codeVerifier.check(c)).toEqual({ outcome: 'fail', cause: 'unasked' });
      }
    },
  );

  it.each([client(), confidential({ authMethod: 'none' }), client({ authMethod: 'client_secret_basic' })])(
    'refuses as `required` from a client that has no secret to keep',
    (app) => {
      const found = codeVerifier.check(tokenCase({ code: unchallenged, client: app, pkce: 'absent' }));
      expect(found).toEqual({ outcome: 'fail', cause: 'required' });
    },
  );

  it('skips a code that needs none: confidential client, bound key, logged exception', () => {
    for (const c of [
      confidentialCase({ code: unchallenged, pkce: 'absent' }),
      tokenCase({ code: codeBound({ code_challenge: undefined, jkt: JKT }), pkce: 'absent' }),
      tokenCase({ code: unchallenged, client: client({ withoutPkce: true }), pkce: 'absent' }),
    ]) {
      expect(codeVerifier.check(c).outcome).toBe('skip');
    }
  });

  it('skips a refresh request, and an unknown code, offline too', () => {
    const unknown = without(tokenCase(), 'code');
    for (const c of [refreshCase(), unknown, { ...unknown, pkce: 'absent', offline: true } as const]) {
      expect(codeVerifier.check(c).outcome).toBe('skip');
    }
  });
});
