import { describe, expect, it } from 'vitest';
import { code, tokenCase, without } from '../../../../test/support/oauth-case.ts';
import { codeStanding } from './code-standing.ts';

describe('oauth.code-standing', () => {
  it('passes a live code of an active grant', () => {
    expect(codeStanding.check(tokenCase())).toEqual({ outcome: 'pass' });
  });

  it.each(['burned', 'revoked', 'superseded'] as const)(
    'refuses a code that is `burned`, `revoked` or `superseded`: %s',
    (state) => {
      expect(codeStanding.check(tokenCase({ code: code({ state }) }))).toEqual({ outcome: 'fail', cause: state });
    },
  );

  it('names the successor of a `superseded` code by its fingerprint', () => {
    const found = codeStanding.check(
      tokenCase({ code: code({ state: 'superseded', next: 'cd_NEWER00000000000000' }) }),
    );
    expect(found).toMatchObject({ cause: 'superseded', detail: 'its successor is cd_NEWER00000' });
  });

  it('refuses as `grant-ended`, and says by what', () => {
    const ended = tokenCase({ grant: { id: 'gr_1', state: 'revoked', endedBy: 'replayed', rev: 2 } });
    expect(codeStanding.check(ended)).toEqual({
      outcome: 'fail',
      cause: 'grant-ended',
      expected: 'active',
      presented: 'replayed',
    });
    const pending = tokenCase({ grant: { id: 'gr_1', state: 'pending', rev: 1 } });
    expect(codeStanding.check(pending)).toMatchObject({ cause: 'grant-ended', presented: 'pending' });
    expect(codeStanding.check(without(tokenCase(), 'grant'))).toMatchObject({
      cause: 'grant-ended',
      presented: 'no grant',
    });
  });

  it('refuses as `restored` a code of another generation, older or newer', () => {
    for (const generation of [0, 2]) {
      expect(codeStanding.check(tokenCase({ generation }))).toEqual({ outcome: 'fail', cause: 'restored' });
    }
  });

  it('skips an unknown code', () => {
    expect(codeStanding.check(without(tokenCase(), 'code')).outcome).toBe('skip');
  });
});
