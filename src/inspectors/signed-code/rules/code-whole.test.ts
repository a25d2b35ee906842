import { describe, expect, it } from 'vitest';
import { mistreated, SOUND } from '../../../../test/support/signed-code-case.ts';
import { codeWhole } from './code-whole.ts';

describe('signed-code.code-whole', () => {
  it('passes a sound code', () => {
    expect(codeWhole.check(SOUND)).toEqual({ outcome: 'pass' });
  });

  it('refuses as truncated what reads so', () => {
    expect(codeWhole.check(mistreated('truncated'))).toMatchObject({ outcome: 'fail', cause: 'truncated' });
  });

  it('refuses as length what reads so', () => {
    expect(codeWhole.check(mistreated('length'))).toMatchObject({ outcome: 'fail', cause: 'length' });
  });

  it('refuses as padding what reads so', () => {
    expect(codeWhole.check(mistreated('padding'))).toMatchObject({ outcome: 'fail', cause: 'padding' });
  });

  it('passes where only something later is wrong', () => {
    expect(codeWhole.check(mistreated('unknown-key'))).toEqual({ outcome: 'pass' });
  });

  it('skips what is hidden behind an earlier fault', () => {
    expect(codeWhole.check(mistreated('version')).outcome).toBe('skip');
  });

  it('skips without a code', () => {
    expect(codeWhole.check({ keys: ['AAECAwQFBgc'], complaint: true }).outcome).toBe('skip');
  });
});
