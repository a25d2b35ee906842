import { describe, expect, it } from 'vitest';
import { mistreated, SOUND } from '../../../../test/support/signed-code-case.ts';
import { codeText } from './code-text.ts';

describe('signed-code.code-text', () => {
  it('passes a sound code', () => {
    expect(codeText.check(SOUND)).toEqual({ outcome: 'pass' });
  });

  it('refuses as white-space what reads so', () => {
    expect(codeText.check(mistreated('white-space'))).toMatchObject({ outcome: 'fail', cause: 'white-space' });
  });

  it('refuses as percent-encoded what reads so', () => {
    expect(codeText.check(mistreated('percent-encoded'))).toMatchObject({ outcome: 'fail', cause: 'percent-encoded' });
  });

  it('refuses as character what reads so', () => {
    expect(codeText.check(mistreated('character'))).toMatchObject({ outcome: 'fail', cause: 'character' });
  });

  it('passes where only something later is wrong', () => {
    expect(codeText.check(mistreated('hex'))).toEqual({ outcome: 'pass' });
  });

  it('skips without a code', () => {
    expect(codeText.check({ keys: ['AAECAwQFBgc'], complaint: true }).outcome).toBe('skip');
  });
});
