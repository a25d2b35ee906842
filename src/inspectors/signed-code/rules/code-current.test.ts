import { describe, expect, it } from 'vitest';
import { mistreated, SOUND } from '../../../../test/support/signed-code-case.ts';
import { codeCurrent } from './code-current.ts';

describe('signed-code.code-current', () => {
  it('passes a sound code', () => {
    expect(codeCurrent.check(SOUND)).toEqual({ outcome: 'pass' });
  });

  it('refuses as expired what reads so', () => {
    expect(codeCurrent.check(mistreated('expired'))).toMatchObject({ outcome: 'fail', cause: 'expired' });
  });

  it('skips what is hidden behind an earlier fault', () => {
    expect(codeCurrent.check(mistreated('bad-signature')).outcome).toBe('skip');
  });

  it('skips without a code or a key', () => {
    expect(codeCurrent.check({ keys: ['AAECAwQFBgc'], complaint: true }).outcome).toBe('skip');
    expect(codeCurrent.check({ ...SOUND, keys: [] }).outcome).toBe('skip');
  });
});
