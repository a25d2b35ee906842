import { describe, expect, it } from 'vitest';
import { mistreated, SOUND } from '../../../../test/support/signed-code-case.ts';
import { codeEncoding } from './code-encoding.ts';

describe('signed-code.code-encoding', () => {
  it('passes a sound code', () => {
    expect(codeEncoding.check(SOUND)).toEqual({ outcome: 'pass' });
  });

  it('refuses as hex what reads so', () => {
    expect(codeEncoding.check(mistreated('hex'))).toMatchObject({ outcome: 'fail', cause: 'hex' });
  });

  it('refuses as base64url what reads so', () => {
    expect(codeEncoding.check(mistreated('base64url'))).toMatchObject({ outcome: 'fail', cause: 'base64url' });
  });

  it('refuses as double-encoded what reads so', () => {
    expect(codeEncoding.check(mistreated('double-encoded'))).toMatchObject({
      outcome: 'fail',
      cause: 'double-encoded',
    });
  });

  it('refuses as foreign what reads so', () => {
    expect(codeEncoding.check(mistreated('foreign'))).toMatchObject({ outcome: 'fail', cause: 'foreign' });
  });

  it('refuses as version what reads so', () => {
    expect(codeEncoding.check(mistreated('version'))).toMatchObject({ outcome: 'fail', cause: 'version' });
  });

  it('passes where only something later is wrong', () => {
    expect(codeEncoding.check(mistreated('truncated'))).toEqual({ outcome: 'pass' });
  });

  it('skips without a code', () => {
    expect(codeEncoding.check({ keys: ['AAECAwQFBgc'], complaint: true }).outcome).toBe('skip');
  });
});
