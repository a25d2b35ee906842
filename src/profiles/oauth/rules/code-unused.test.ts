import { describe, expect, it } from 'vitest';
import {
  client,
  code,
  codeBound,
  confidential,
  confidentialCase,
  JKT,
  keyedCase,
  NOW,
  proof,
  refreshCase,
  refreshToken,
  tokenCase,
  without,
} from '../../../../test/support/oauth-case.ts';
import { codeUnused } from './code-unused.ts';

describe('oauth.code-unused', () => {
  const usedCode = (agoMs: number) => code({ used: 1, usedAt: NOW - agoMs });
  const usedRefresh = (agoMs: number, nextUsed?: number) =>
    refreshCase({
      code: refreshToken({ used: 1, usedAt: NOW - agoMs, next: 'cd_NEXT' }),
      ...(nextUsed !== undefined && { next: { used: nextUsed } }),
    });

  it('passes an unused code, and one without limit', () => {
    expect(codeUnused.check(tokenCase())).toEqual({ outcome: 'pass' });
    expect(codeUnused.check(tokenCase({ code: code({ total: null, used: 9 }) }))).toEqual({ outcome: 'pass' });
  });

  it.each([0, 13, 2_000])('refuses as `lost-race` what the proven client sends again after %i ms', (ago) => {
    expect(codeUnused.check(tokenCase({ code: usedCode(ago) }))).toMatchObject({ outcome: 'fail', cause: 'lost-race' });
  });

  it('refuses as `replay` what the proven client sends again after 2,001 ms, and says when it was used', () => {
    expect(codeUnused.check(tokenCase({ code: usedCode(2_001) }))).toEqual({
      outcome: 'fail',
      cause: 'replay',
      expected: 'never used',
      presented: 'used 2.0 s ago',
    });
  });

  it('proves a confidential client by its secret and the verifier, both', () => {
    const used = usedCode(60_000);
    expect(codeUnused.check(confidentialCase({ code: used }))).toMatchObject({ cause: 'replay' });
    const wrong = { method: 'client_secret_basic', secret: 'mismatch' } as const;
    expect(codeUnused.check(confidentialCase({ code: used, auth: wrong }))).toMatchObject({ cause: 'replay-unproven' });
    expect(codeUnused.check(confidentialCase({ code: used, pkce: 'mismatch' }))).toMatchObject({
      cause: 'replay-unproven',
    });
  });

  it('refuses as `replay-unproven` whoever cannot make every proof the code was issued under', () => {
    const keyed = { ...codeBound({ jkt: JKT }), used: 1, usedAt: NOW - 60_000 };
    const unchallenged = { ...codeBound({ code_challenge: undefined }), used: 1, usedAt: NOW - 60_000 };
    for (const c of [
      tokenCase({ code: usedCode(60_000), pkce: 'mismatch' }),
      tokenCase({ code: usedCode(60_000), pkce: 'absent' }),
      tokenCase({ code: usedCode(1_000), pkce: 'absent' }),
      without(tokenCase({ code: usedCode(60_000) }), 'client'),
      tokenCase({ code: usedCode(60_000), client: client({ id: 'other' }), clientId: 'other' }),
      keyedCase({ code: keyed, dpop: proof({ replayed: true }) }),
      keyedCase({ code: keyed, dpop: proof({ nonce: 'other' }) }),
      without(keyedCase({ code: keyed }), 'dpop'),
      tokenCase({ code: unchallenged, pkce: 'absent', client: client({ withoutPkce: true }) }),
    ]) {
      expect(codeUnused.check(c)).toMatchObject({ outcome: 'fail', cause: 'replay-unproven' });
    }
    expect(codeUnused.check(keyedCase({ code: keyed }))).toMatchObject({ cause: 'replay' });
  });

  it.each([0, 10_000])('passes a refresh token used %i ms ago whose successor nobody has used', (ago) => {
    expect(codeUnused.check(usedRefresh(ago, 0))).toMatchObject({
      outcome: 'pass',
      because: expect.stringContaining('successor'),
    });
  });

  it.each([
    ['10,001 ms after its use', usedRefresh(10_001, 0)],
    ['once its successor has been used', usedRefresh(5_000, 1)],
    ['once its successor is dead or forgotten', usedRefresh(5_000)],
  ])('refuses as `refresh-reused` a used refresh token %s', (_, c) => {
    expect(codeUnused.check(c)).toMatchObject({ outcome: 'fail', cause: 'refresh-reused' });
  });

  it('refuses as `lost-race` a refresh that was overtaken by the use of its successor within 2 s', () => {
    expect(codeUnused.check(usedRefresh(2_000, 1))).toMatchObject({ outcome: 'fail', cause: 'lost-race' });
    expect(codeUnused.check(usedRefresh(2_001, 1))).toMatchObject({ outcome: 'fail', cause: 'refresh-reused' });
  });

  it('passes, however late, what comes with its secret or key while the successor was never used', () => {
    const secret = { client: confidential(), auth: { method: 'client_secret_basic', secret: 'match' } } as const;
    const bearer = usedRefresh(3_600_000, 0);
    expect(codeUnused.check({ ...bearer, ...secret })).toMatchObject({
      outcome: 'pass',
      because: expect.stringContaining('never was'),
    });
    expect(codeUnused.check({ ...usedRefresh(10_000, 1), ...secret })).toMatchObject({ cause: 'lost-race' });
    expect(codeUnused.check({ ...usedRefresh(10_001, 1), ...secret })).toMatchObject({ cause: 'refresh-reused' });
    expect(codeUnused.check({ ...usedRefresh(3_600_000), ...secret })).toMatchObject({ cause: 'refresh-reused' });
    expect(codeUnused.check(bearer)).toMatchObject({ cause: 'refresh-reused' });
  });

  it('refuses as `replay-unproven` a used refresh token of a confidential client without its secret', () => {
    const auth = { method: 'client_secret_basic', secret: 'mismatch' } as const;
    expect(codeUnused.check({ ...usedRefresh(60_000, 0), client: confidential(), auth })).toMatchObject({
      cause: 'replay-unproven',
    });
  });

  it('skips an unknown code', () => {
    expect(codeUnused.check(without(tokenCase(), 'code')).outcome).toBe('skip');
  });
});
