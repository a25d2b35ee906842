import { describe, expect, it } from 'vitest';
import { code, refreshToken, tokenCase, without } from '../../../../test/support/oauth-case.ts';
import { codeUnexpired } from './code-unexpired.ts';

describe('oauth.code-unexpired', () => {
  const minted = code();

  it.each([
    ['its first millisecond', minted.from],
    ['its last millisecond', minted.until],
  ])('passes in %s', (_, now) => {
    expect(codeUnexpired.check(tokenCase({ now })).outcome).toBe('pass');
  });

  it('shows how old the code was when it passes', () => {
    const found = codeUnexpired.check(tokenCase({ now: minted.from + 12_400 }));
    expect(found).toEqual({ outcome: 'pass', because: '12 s of 300 s old' });
  });

  it('refuses as `expired` in the next millisecond, and says how late', () => {
    expect(codeUnexpired.check(tokenCase({ now: minted.until + 1 }))).toEqual({
      outcome: 'fail',
      cause: 'expired',
      expected: 'at most 300 s old',
      presented: '300 s of 300 s old',
      detail: '1 s too late',
    });
  });

  it('refuses as `token-expired` a token, which has another remedy', () => {
    const found = codeUnexpired.check(tokenCase({ code: refreshToken(), now: minted.until + 12_000 }));
    expect(found).toMatchObject({ outcome: 'fail', cause: 'token-expired', detail: '12 s too late' });
  });

  it('refuses as `early` before its first millisecond', () => {
    expect(codeUnexpired.check(tokenCase({ now: minted.from - 1 }))).toMatchObject({ outcome: 'fail', cause: 'early' });
  });

  it('skips an unknown code', () => {
    expect(codeUnexpired.check(without(tokenCase(), 'code')).outcome).toBe('skip');
  });
});
